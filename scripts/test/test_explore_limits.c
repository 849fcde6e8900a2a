/*
 * test_explore_limits.c - what the schedule explorer promises whatever happens around it:
 * a seed is the same schedule under load, on one processor, with addresses at random; it
 * ends in time, leaves no process and no file. And what GDB shows of a schedule.
 *
 * Programs that hang in each way there is are fixtures/limits.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "corpus.h"

#define LIMITS "scripts/test/fixtures/limits/"
enum { LOOPS = 4 };

/* Busy loops beside the test: what is counted in real time comes later. */
static pid_t loops[LOOPS];
static void begin_load(void) {
    for (int i = 0; i < LOOPS; i++)
        if ((loops[i] = fork()) == 0) {
            alarm(200); /* should the test die */
            for (volatile unsigned long n = 0;; n++)
                ;
        }
}
static void end_load(void) {
    for (int i = 0; i < LOOPS; i++)
        if (loops[i] > 0) {
            kill(loops[i], SIGKILL);
            waitpid(loops[i], NULL, 0);
        }
}

static void end(void) {
    end_load();
    remove_tmp();
}
TestSuite(explore_limits, .init = make_tmp, .fini = end, .timeout = 200);

/* --- a seed is a schedule ------------------------------------------------------------- */

static char *hash_after(const char *before, const char *options, const char *program) {
    return hash_in(sh(100, "%s " EXPLORE "--json --until end --schedules 300 %s -- %s", before,
                      options, program));
}

static void same_under_load(const char *source) {
    const char *program = made("gcc", "-O0", source);
    char *hash = hash_after("", "--jobs 1", program);
    static const char *const ways[][2] = {
        {"", "--jobs 2 --reset snapshot"}, {"", "--jobs 2 --reset fork"},
        {"taskset -c 0", "--jobs 1"},      {"taskset -c 0", "--jobs 2 --reset fork"},
        {"", "--jobs 1 --randomized"},     {"nice -n 19", "--jobs 2 --randomized --reset fork"},
        {"", "--jobs 3 --kernel-threads"},
    };
    begin_load();
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        cr_assert_str_eq(hash_after(ways[i][0], ways[i][1], program), hash, "%s: %s %s", source,
                         ways[i][0], ways[i][1]);
    end_load();
}

/* One of each kind of waiting: locks, conditions, the system, signals, time, chance. */
Test(explore_limits, a_seed_is_the_same_schedule_under_load) {
    static const char *const sources[] = {
        "order_deadlock",           "cond_lost",       "futex_lock_lost", "unix_socket_racy",
        "signal_between_assertion", "timerfd_correct", "chance_correct",  "free_early"};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        char source[200];
        snprintf(source, sizeof source, FIXTURES "%s.c", sources[i]);
        same_under_load(source);
    }
}

Test(explore_limits, a_schedule_fails_again_100_times_of_100_under_load) {
    const char *program = made("gcc", "-O0", FIXTURES "mutex_per_step.c");
    exited(sh(60, EXPLORE "--save %s/s -- %s", tmp, program), 1);
    begin_load();
    struct outcome o =
        sh(150,
           "for i in $(seq 100); do [ $((i %% 2)) = 0 ] && on='taskset -c 0' || on=; "
           "$on " EXPLORE "--format list --replay %s/s; done | sort | uniq -c",
           tmp);
    end_load();
    int times = 0;
    cr_assert_eq(sscanf(o.out, "%d exit 1", &times), 1, "%s%s", o.out, o.err);
    cr_assert_eq(times, 100, "failed again %d of 100 times: %s%s", times, o.out, o.err);
}

/* --- under GDB ----------------------------------------------------------------------- */

static struct outcome in_gdb(const char *commands) {
    return sh(60, "printf '%s' | HOME=%s " EXPLORE "--replay %s/s --gdb", commands, tmp, tmp);
}
static void nobody_runs(const char *program) {
    struct outcome o =
        sh(20, "for e in /proc/[0-9]*/exe; do readlink $e; done | grep -Fx %s", program);
    cr_assert_str_eq(o.out, "", "still there: %s", o.out);
}

/* The schedule's own segments say how many switches there are, and why. */
Test(explore_limits, gdb_stops_at_each_switch_and_at_the_end) {
    const char *program = made("gcc", "-O0", FIXTURES "mutex_per_step.c");
    exited(sh(60, EXPLORE "--save %s/s -- %s", tmp, program), 1);
    struct outcome o =
        in_gdb("continue\\ncontinue\\ncontinue\\ncontinue\\ncontinue\\ncontinue\\ncontinue\\n");
    exited(o, 0);
    int switches = 0, preempted = 0;
    for (const char *at = o.out; (at = strstr(at, "-- here T")); at++)
        switches++;
    for (const char *at = o.out; (at = strstr(at, " is preempted, ")); at++)
        preempted++;
    cr_assert_eq(preempted, 1, "%s", o.out);
    cr_assert(switches >= 3 && switches <= 6, "%d: %s", switches, o.out);
    const char *at = strstr(o.out, " is preempted, "), *end = strstr(o.out, "-- here the schedule");
    cr_assert(end && end > at, "%s", o.out);
    cr_assert(strstr(at, "in set (n=1)"), "not in the program's own frame: %s", at);
    cr_assert(strstr(o.out, "exited normally"), "%s", o.out);
    nobody_runs(program);
}

Test(explore_limits, gdb_leaves_nobody_when_it_is_left_in_the_middle) {
    const char *program = made("gcc", "-O0", FIXTURES "mutex_per_step.c");
    exited(sh(60, EXPLORE "--save %s/s -- %s", tmp, program), 1);
    in_gdb("continue\\n"); /* and the end of its input */
    nobody_runs(program);
}

/* --- time ------------------------------------------------------------------------------ */

static double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What there is in a directory, and when it was written last. */
static char *listing(const char *where) {
    return sh(20, "ls -A --time-style=full-iso -l %s | grep -v -e racelab-out- -e racelab-err-",
              where)
        .out;
}

/*
 * It ends within the limit and one second, which is what options.c promises. The promise
 * is kept by the explorer's own clock, which this looks at from outside: it may have to wait
 * for a processor, so one more second is allowed that is none of its doing.
 */
enum { PROMISED = 1, OF_OTHERS = 1 };

static struct outcome ends_in_time(const char *options, int limit, const char *program) {
    double begin = seconds_now();
    struct outcome o = sh(60, EXPLORE "%s --seconds %d -- %s", options, limit, program);
    double took = seconds_now() - begin;
    cr_assert_leq(took, limit + PROMISED + OF_OTHERS, "%s %s: %.2f s\n%s%s", options, program, took,
                  o.out, o.err);
    nobody_runs(program);
    return o;
}

/* No event comes any more. With time for it, that is a hang; without, nothing is known. */
ParameterizedTestParameters(explore_limits, ends_in_time) {
    return each(LIMITS "hangs_*.c");
}
ParameterizedTest(path_param *path, explore_limits, ends_in_time) {
    const char *program = made("gcc", "-O0", *path);
    struct outcome o = ends_in_time("", 1, program);
    exited(o, 124);
    cr_assert(strstr(o.out, "not one schedule has ended"), "%s", o.out);
    o = ends_in_time("--timeout 0.2", 3, program);
    exited(o, 1);
    cr_assert(strstr(o.out, "hang: no event any more"), "%s", o.out);
    cr_assert_leq(strlen(o.out), 100000, "what it wrote was kept");
}

Test(explore_limits, says_which_program_never_comes_to_its_main) {
    const char *program = made("gcc", "-O0", LIMITS "early.c");
    refused(ends_in_time("", 1, program), 124, "has not come to its main");
}

/* Ten million events, and then a page about the last million of them. */
Test(explore_limits, ends_in_time_when_a_schedule_does_not) {
    const char *program = made("gcc", "-O0", LIMITS "endless.c");
    struct outcome o = ends_in_time("", 1, program);
    cr_assert(o.status == 124 || strstr(o.out, "livelock"), "%d: %s", o.status, o.out);
    ends_in_time("--json", 1, program);
}

/* It hangs, and why is said: nobody can stand in for libgomp's own system calls. */
Test(explore_limits, says_that_openmp_is_not_covered) {
    const char *program = made("gcc", "-fopenmp", LIMITS "openmp.c");
    struct outcome o = ends_in_time("--timeout 0.3", 2, program);
    cr_assert(o.status == 1 || o.status == 124, "%d", o.status);
    cr_assert(strstr(o.out, "not covered: OpenMP: libgomp"), "%s", o.out);
}

Test(explore_limits, leaves_no_child_however_it_was_made) {
    const char *program = made("gcc", "-O0", LIMITS "children.c");
    for (int limit = 1; limit <= 2; limit++)
        cr_assert_neq(ends_in_time("--timeout 0.5", limit, program).status, -1);
}

Test(explore_limits, ends_at_once_when_it_is_asked_to) {
    const char *program = made("gcc", "-O0", LIMITS "hangs_spinning.c");
    struct outcome o = sh(20, "timeout -s TERM 1 " EXPLORE "-- %s", program);
    exited(o, 124); /* timeout's own */
    nobody_runs(program);
}

/* --- files ------------------------------------------------------------------------------ */

/* The kernel is asked what was opened for writing; the lists are for other ways. */
Test(explore_limits, writes_no_file_but_those_that_were_asked_for) {
    const char *program = made("gcc", "-O0", FIXTURES "mutex_per_step.c");
    char *root = listing("."), *temporary = listing("/tmp");
    exited(sh(60, EXPLORE "--save %s/s --output %s/o -- %s", tmp, tmp, program), 1);
    exited(sh(60, EXPLORE "--output %s/again --replay %s/s", tmp, tmp), 1);
    cr_assert_str_eq(listing("."), root);
    cr_assert_str_eq(sh(10, "ls %s", tmp).out, "again\nmutex_per_step\no\ns\n");
    (void)temporary;
    if (sh(10, "command -v strace").status)
        cr_skip_test("no strace here");
    struct outcome o =
        sh(100,
           "strace -f -qq -e trace=open,openat,creat,rename,unlink,mkdir -o %s/calls " EXPLORE
           "--save %s/s --output %s/o --schedules 50 -- %s; "
           "grep -E 'O_CREAT|O_WRONLY|O_RDWR|creat|rename|unlink|mkdir' %s/calls | "
           "grep -v -e /dev/null -e '%s/[os]\"'",
           tmp, tmp, tmp, program, tmp, tmp);
    cr_assert_str_eq(o.out, "", "written: %s", o.out);
}
