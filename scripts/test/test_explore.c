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

#include "support.h"

TestSuite(explore, .init = make_tmp, .fini = remove_tmp, .timeout = 120);

#define EXPLORE "build/bin/explore "
#define FIXTURES "scripts/test/fixtures/schedules/"

/* Compiled with that compiler and level; the program is tmp/NAME. */
static const char *made(const char *compiler, const char *level, const char *source) {
    static char program[200];
    const char *name = strrchr(source, '/') + 1;
    snprintf(program, sizeof program, "%s/%.*s", tmp, (int)strcspn(name, "."), name);
    exited(sh(60, "scripts/explore/cc.sh --cc %s -std=c11 -D_GNU_SOURCE -g %s %s -o %s", compiler,
              level, source, program),
           0);
    return program;
}

/* The lines after "expect:". Is "KIND PAIR" one of them? */
static bool expected(const char *source, const char *found) {
    char line[400];
    snprintf(line, sizeof line, " * expect: %s\n", found);
    return strstr(slurp("%s", source), line) != NULL;
}

static void finds_what_is_expected(const char *compiler, const char *level, const char *source) {
    const char *program = made(compiler, level, source);
    bool correct = expected(source, "none");
    struct outcome o =
        sh(60, EXPLORE "--format list --schedules %d -- %s", correct ? 20000 : 5000, program);
    int found = 0;
    for (char *line = strtok(o.out, "\n"); line; line = strtok(NULL, "\n"), found++) {
        char kind[100], pair[200], both[320];
        cr_assert_eq(sscanf(line, "%99[^\t]\t%199[^\t]", kind, pair), 2, "%s: %s", source, line);
        snprintf(both, sizeof both, "%s %s", kind, pair);
        cr_assert(expected(source, both), "%s: found %s", source, both);
    }
    cr_assert(found || correct, "%s: nothing found: %s", source, o.err);
    cr_assert_eq(o.status, found ? 1 : 0, "%s: status %d", source, o.status);
}

ParameterizedTestParameters(explore, finds_in_programs_of_gcc) {
    return each(FIXTURES "*.c");
}
ParameterizedTest(path_param *path, explore, finds_in_programs_of_gcc) {
    make_tmp();
    finds_what_is_expected("gcc", "-O0", *path);
    finds_what_is_expected("gcc", "-O2", *path);
    remove_tmp();
}

/* --- the same seed is the same schedule --------------------------------------------- */

static char *hash_of(const char *options, const char *program) {
    struct outcome o =
        sh(60, EXPLORE "--json --until end --schedules 600 %s -- %s", options, program);
    char *hash = strstr(o.out, "\"hash\": ");
    cr_assert(hash, "%s: %s", options, o.err);
    hash[26] = 0;
    return hash;
}

Test(explore, has_the_same_hashes_however_it_is_reset) {
    static const char *const sources[] = {"mutex_racy", "order_deadlock",  "cond_lost",
                                          "free_early", "barrier_correct", "atomic_two_steps"};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
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
