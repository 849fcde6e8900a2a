/*
 * test_explore.c - the schedule explorer, on programs whose defects are known
 * (fixtures/schedules; each says in its first lines what is to be found).
 *
 * A seed is a schedule, so nothing here is left to chance: what these many schedules
 * showed once, they show each time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "corpus.h"

TestSuite(explore, .init = make_tmp, .fini = remove_tmp, .timeout = 120);

ParameterizedTestParameters(explore, finds_in_programs_of_gcc) {
    return each(FIXTURES "*.c");
}
ParameterizedTest(path_param *path, explore, finds_in_programs_of_gcc) {
    finds_what_is_expected("gcc", "-std=c11 -O0", *path, 0);
}

ParameterizedTestParameters(explore, finds_in_programs_of_gxx) {
    return each(FIXTURES "*.cc");
}
ParameterizedTest(path_param *path, explore, finds_in_programs_of_gxx) {
    if (sh(10, "command -v g++").status)
        cr_skip_test("no g++ here");
    finds_what_is_expected("g++", "-std=c++17 -O0", *path, 0);
}

/* What waits in the kernel's way is in the library for one compiler, in the program for another. */
ParameterizedTestParameters(explore, finds_in_programs_of_clangxx) {
    return each(FIXTURES "cxx_20_*.cc");
}
ParameterizedTest(path_param *path, explore, finds_in_programs_of_clangxx) {
    if (sh(10, "command -v clang++").status)
        cr_skip_test("no clang++ here");
    finds_what_is_expected("clang++", "-O1", *path, 0);
}

/* --- the same seed is the same schedule --------------------------------------------- */

static void same_hashes(const char *const *sources) {
    for (size_t i = 0; sources[i]; i++) {
        char source[200];
        snprintf(source, sizeof source, FIXTURES "%s.c", sources[i]);
        const char *program = made("gcc", "-O0", source);
        char *hash = hash_of("--reset snapshot", program);
        static const char *const others[] = {"--reset snapshot --jobs 1", "--reset fork --jobs 2",
                                             "--randomized", "--kernel-threads"};
        for (size_t k = 0; k < sizeof others / sizeof *others; k++)
            cr_assert_str_eq(hash_of(others[k], program), hash, "%s: %s", sources[i], others[k]);
    }
}

Test(explore, has_the_same_hashes_however_it_is_reset) {
    static const char *const sources[] = {"mutex_racy", "order_deadlock",  "cond_lost",
                                          "free_early", "barrier_correct", "atomic_two_steps",
                                          NULL};
    same_hashes(sources);
}

/* More threads than stacks to begin with need no child for each schedule. */
Test(explore, takes_snapshots_of_programs_of_many_threads) {
    const char *program = made("gcc", "-O0", FIXTURES "threads_40_correct.c");
    struct outcome o = sh(60, EXPLORE "--json --schedules 100 -- %s", program);
    exited(o, 0);
    cr_assert(strstr(o.out, "\"reset\": \"snapshot\""), "%s", o.out);
    static const char *const sources[] = {"threads_40_correct", NULL};
    same_hashes(sources);
}

Test(explore, has_the_same_hashes_when_threads_wait_for_the_system) {
    static const char *const sources[] = {"futex_lock_lost",   "eventfd_racy",         "epoll_racy",
                                          "stdio_pipe_racy",   "unix_socket_racy",     "mq_racy",
                                          "pipe_full_correct", "poll_timeout_correct", NULL};
    same_hashes(sources);
}

Test(explore, has_the_same_hashes_with_signals_and_timers) {
    static const char *const sources[] = {"signal_between_assertion",
                                          "signal_eintr_correct",
                                          "setitimer_correct",
                                          "alarm_correct",
                                          "timerfd_correct",
                                          "cancel_read_correct",
                                          "sigwait_racy",
                                          "chance_correct",
                                          NULL};
    same_hashes(sources);
}

Test(explore, says_by_name_what_it_does_not_cover) {
    const char *program = made("gcc", "-O0", FIXTURES "signalfd_deadlock.c");
    struct outcome o = sh(60, EXPLORE "-- %s", program);
    exited(o, 1);
    cr_assert(strstr(o.out, "not covered: signalfd\n"), "%s", o.out);
}

/* A page that a snapshot protects is one that the kernel does not write to. */
Test(explore, distrusts_snapshots_where_only_they_fail) {
    const char *program = made("gcc", "-O0", FIXTURES "kernel_writes_correct.c");
    struct outcome o = sh(60, EXPLORE "--schedules 200 -- %s", program);
    exited(o, 0);
    cr_assert(strstr(o.out, "no failure in 200 schedules"), "%s", o.out);
    cr_assert(strstr(o.out, "reset by fork"), "%s", o.out);
}

Test(explore, replays_what_it_saved) {
    const char *program = made("gcc", "-O0", FIXTURES "mutex_per_step.c");
    exited(sh(60, EXPLORE "--save %s/s -- %s", tmp, program), 1);
    for (int i = 0; i < 20; i++) {
        struct outcome o = sh(60, EXPLORE "--format list --replay %s/s", tmp);
        exited(o, 1);
        cr_assert_str_eq(o.out, "exit\t1\t\n");
    }
    exited(sh(60, "head -c 300 %s/s >%s/cut", tmp, tmp), 0);
    refused(sh(60, EXPLORE "--replay %s/cut", tmp), 2, "cut off");
    refused(sh(60, EXPLORE "--replay Makefile"), 2, "it is no schedule");
}

/* Where there is a failure, it is what --save keeps; races came first here. */
Test(explore, keeps_a_failure_rather_than_a_race_and_replays_either) {
    const char *lab = "build/explore/labs/02-read-during-write/lab";
    exited(sh(60, EXPLORE "--save %s/s -- %s", tmp, lab), 1);
    struct outcome o = sh(60, EXPLORE "--format list --replay %s/s", tmp);
    exited(o, 1);
    cr_assert(strncmp(o.out, "abort\thmap_next\t", 16) == 0, "%s", o.out);

    const char *program = made("gcc", "-O0", FIXTURES "array_racy.c");
    exited(sh(60, EXPLORE "--until race --save %s/r -- %s", tmp, program), 1);
    o = sh(60, EXPLORE "--format list --replay %s/r", tmp);
    exited(o, 1);
    cr_assert(strncmp(o.out, "race\t", 5) == 0, "%s", o.out);
}

/* The preemption lets both look; what crosses, crosses while one of them waits. */
Test(explore, tells_what_crossed_during_a_wait) {
    struct outcome o =
        sh(60, EXPLORE "-- build/explore/solutions/08-load-then-store/wrong/read-write-lock/lab");
    exited(o, 1);
    must_say(o.out,
             " has to wait for pool#1.lock in map_connect, between `struct\n"
             "  connection *c = load(p, host);` (read-write-lock.c:57) and `return c ? c :\n"
             "  open_and_store(p, host);` (line 58):\n");
}

/* Whatever bytes are in a source and in what a program says: the terminal keeps its colours,
 * and JSON is JSON. */
Test(explore, tells_any_bytes) {
    const char *program = made("gcc", "-O0", "scripts/test/fixtures/names/bytes.c");
    struct outcome o = sh(60, EXPLORE "-- %s", program);
    exited(o, 1);
    must_say(o.out, "    ? red ?[31m and no UTF-8: ?\n");
    must_say(o.out, "/* gr\xc3\xbc\xc3\x9f \xe5\x9c\xb0\xe5\x9b\xbe, ? */");
    cr_assert_not(strpbrk(o.out, "\033\377"));
    must_say(sh(60, EXPLORE "--json -- %s", program).out,
             "\"output\": \"\\u0007 red \\u001B[31m and no UTF-8: \xef\xbf\xbd\\n\"");
}

/* Each failing schedule is found again in a fresh process, whichever thread was woken before
 * which: 40 seeds, each by itself. */
Test(explore, confirms_every_failure) {
    const char *lab = "build/explore/solutions/08-load-then-store/wrong/stores-later/lab";
    int failed = 0;
    for (int seed = 1; seed <= 40; seed++) {
        struct outcome o = sh(60, EXPLORE "--seed %d --schedules 1 -- %s", seed, lab);
        cr_assert_not(strstr(o.out, "not confirmed"), "seed %d: %s", seed, o.out);
        failed += o.status == 1;
    }
    cr_assert_geq(failed, 10, "%d of 40", failed); /* 19 of 40 do; seeds are always the same */
}

Test(explore, shrinks_to_one_or_two_preemptions) {
    const char *program = made("gcc", "-O0", FIXTURES "mutex_per_step.c");
    struct outcome o = sh(60, EXPLORE "--json -- %s", program);
    exited(o, 1);
    cr_assert(strstr(o.out, "\"preemptions\": 1,"), "%s", o.out);
    cr_assert(strstr(o.out, "\"confirmed\": 3,"), "%s", o.out);
}

/* --- the command ---------------------------------------------------------------------- */

Test(explore, tells_within_80_columns) {
    const char *program = made("gcc", "-O0", FIXTURES "order_deadlock.c");
    struct outcome o = sh(60, EXPLORE "-- %s", program);
    exited(o, 1);
    cr_assert(strstr(o.out, "deadlock: T"), "%s", o.out);
    cr_assert_not(strchr(o.out, '\033'));
    for (char *line = strtok(o.out, "\n"); line; line = strtok(NULL, "\n"))
        cr_assert_leq(strlen(line), 80, "%s", line);
}

/* Names, values and the moment of the switch, exactly. */
Test(explore, says_in_words_what_crossed) {
    const char *program = made("gcc", "-O0", FIXTURES "mutex_per_step.c");
    struct outcome o = sh(60, EXPLORE "--width 120 --no-races -- %s", program);
    const char *lines[] = {"is preempted in the middle of `set(get() + 1);` (add, ",
                           " reads counter = 0 (get, ", " writes counter = 1 (set, "};
    exited(o, 1);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_assert(strstr(o.out, lines[i]), "no '%s' in %s", lines[i], o.out);
}

Test(explore, names_the_locks_of_a_deadlock_and_who_holds_them) {
    const char *program = made("gcc", "-O0", FIXTURES "order_deadlock.c");
    struct outcome o = sh(60, EXPLORE "--width 120 -- %s", program);
    exited(o, 1);
    cr_assert(strstr(o.out, "T1 waits for two, which T2 holds, holding one ("), "%s", o.out);
    cr_assert(strstr(o.out, "T2 waits for one, which T1 holds, holding two ("), "%s", o.out);
}

Test(explore, makes_a_page_that_is_well_formed) {
    const char *program = made("gcc", "-O0", FIXTURES "order_deadlock.c");
    exited(sh(60, EXPLORE "--format html --output %s/page.html -- %s", tmp, program), 1);
    exited(sh(60, "xmllint --noout %s/page.html", tmp), 0);
    const char *page = slurp("%s/page.html", tmp);
    cr_assert(strstr(page, "<title>order_deadlock: racelab explore</title>"));
    cr_assert(strstr(page, "is preempted"));
    cr_assert(strstr(page, "T1 waits for two, which T2 holds"));
    cr_assert_not(strstr(page, "<script"));
}

Test(explore, refuses_what_it_cannot_use) {
    refused(sh(10, EXPLORE), 2, "which program?");
    refused(sh(10, EXPLORE "-- /bin/true"), 2, "is not made for exploring");
    refused(sh(10, EXPLORE "-- ./nowhere"), 2, "no such program");
    refused(sh(10, EXPLORE "--schedules many -- /bin/true"), 2, "takes a whole number");
    refused(sh(10, EXPLORE "--frob -- /bin/true"), 2, "unknown option");
}

Test(explore, ends_in_time_and_leaves_nobody) {
    const char *program = made("gcc", "-O0", FIXTURES "threads_100.c");
    struct outcome o = sh(10, EXPLORE "--seconds 1 --reset fork -- %s", program);
    exited(o, 0);
    o = sh(10, "pgrep -f '%s$'", program);
    cr_assert_str_eq(o.out, "");
}
