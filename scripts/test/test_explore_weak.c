/*
 * test_explore_weak.c - weak memory, by litmus tests (fixtures/litmus): the first line of
 * each says whether its outcome is to be seen Sometimes or Never.
 */
#include <stdio.h>
#include <string.h>

#include "corpus.h"

#define LITMUS "scripts/test/fixtures/litmus/"
#define WEAK EXPLORE "--weak --no-races "

TestSuite(explore_weak, .init = make_tmp, .fini = remove_tmp, .timeout = 120);

/* It is confirmed three times, kept, and fails again from the file alone. */
static void is_seen(const char *program) {
    struct outcome o = sh(60, WEAK "--json --save %s/s -- %s", tmp, program);
    exited(o, 1);
    must_say(o.out, "\"kind\": \"exit\"");
    must_say(o.out, "\"confirmed\": 3,");
    must_say(o.out, "\"unconfirmed\": 0,");
    for (int i = 0; i < 3; i++) {
        o = sh(60, EXPLORE "--format list --replay %s/s", tmp);
        exited(o, 1);
        cr_assert_str_eq(o.out, "exit\t1\t\n");
    }
}

ParameterizedTestParameters(explore_weak, sees_what_the_orders_allow) {
    return each(LITMUS "*.c");
}
ParameterizedTest(path_param *path, explore_weak, sees_what_the_orders_allow) {
    const char *source = slurp("%s", *path);
    bool sometimes = strncmp(source, "/* Sometimes. ", 14) == 0;
    cr_assert(sometimes || strncmp(source, "/* Never. ", 10) == 0, "%s: first line", *path);
    const char *program = made("gcc", "-std=c11 -O0", *path);
    if (sometimes)
        is_seen(program);
    else
        exited(sh(100, WEAK "--schedules 20000 -- %s", program), 0);
}

/* The corpus has some more, which say it in a line of their own. What fails there fails for
 * old values alone: it is silent without --weak (test_explore.c). */
ParameterizedTestParameters(explore_weak, agrees_with_the_corpus) {
    return each(FIXTURES "litmus_*.c");
}
ParameterizedTest(path_param *path, explore_weak, agrees_with_the_corpus) {
    bool sometimes = strncmp(says(*path, "litmus"), "Sometimes", 9) == 0;
    cr_assert(sometimes || strncmp(says(*path, "litmus"), "Never", 5) == 0, "%s", *path);
    const char *program = made("gcc", "-std=c11 -O0", *path);
    exited(sh(100, WEAK "--schedules 20000 -- %s", program), sometimes);
}

/* The solutions use what the standard gives them, and nothing that this machine adds. */
ParameterizedTestParameters(explore_weak, is_silent_about_solutions) {
    return each("solutions/*/map.c");
}
ParameterizedTest(path_param *path, explore_weak, is_silent_about_solutions) {
    struct outcome o =
        sh(100, EXPLORE "--weak --schedules 5000 -- build/explore/solutions/%s/lab", lab_of(*path));
    exited(o, 0);
}

Test(explore_weak, reads_the_same_values_however_it_is_reset) {
    const char *program = made("gcc", "-O0", LITMUS "iriw_release_acquire.c");
    char *hash = hash_of("--weak --reset snapshot", program);
    cr_assert_str_eq(hash_of("--weak --reset snapshot --jobs 1", program), hash);
    cr_assert_str_eq(hash_of("--weak --reset fork --jobs 2", program), hash);
    cr_assert_str_eq(hash_of("--weak --kernel-threads", program), hash);
    cr_assert_str_neq(hash_of("--reset snapshot", program), hash);
}

Test(explore_weak, is_asked_for) {
    const char *program = made("gcc", "-O0", LITMUS "mp_relaxed.c");
    exited(sh(60, EXPLORE "--no-races --schedules 2000 -- %s", program), 0);
}

Test(explore_weak, says_which_load_was_old) {
    const char *program = made("gcc", "-O0", LITMUS "mp_relaxed.c");
    struct outcome o = sh(60, WEAK "--format html -- %s", program);
    exited(o, 1);
    must_say(o.out, "reads an old value of message: 0 (the newest is 1) (relaxed)");
    must_say(o.out, "stores message = 1 (relaxed)");
    must_say(o.out, ", with weak memory; ");
    must_say(o.out, "To keep it: --weak --seed ");
}
