/*
 * test_walk_locks.c - who holds and who waits for what, read from real cores: circles,
 * mutexes that nobody waits for, and what threads share.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cores.h"

TestSuite(walk_locks, .init = make_tmp, .fini = remove_tmp, .timeout = 120);

/* --- locks ------------------------------------------------------------------------------ */

/* without the C library's debug information, too */
static char *gdb_without_debug_info(void) {
    exited(
        sh(10,
           "printf '#!/bin/sh\\nexec gdb -iex \"set debug-file-directory /nonexistent\" \"$@\"\\n' "
           ">%s/gdb && chmod +x %s/gdb",
           tmp, tmp),
        0);
    return in_tmp("gdb");
}

static void is_the_deadlock(const struct core *core) {
    const struct thread *up = thread_named(core, "upwards"),
                        *down = thread_named(core, "downwards");
    int u = (int)(up - core->threads), d = (int)(down - core->threads);
    waits(up, "mutex", "library.shelves[1].lock", d);
    waits(down, "mutex", "library.shelves[0].lock", u);
    cr_assert_str_eq(holds(up), "library.shelves[0].lock");
    cr_assert_str_eq(holds(down), "library.shelves[1].lock");
    cr_assert_eq(core->cycle_count, 2);
    cr_assert_eq(core->cycle[0] + core->cycle[1], u + d);
    cr_assert_eq(core->crossing[0] + core->crossing[1], u + d);
    cr_assert_str_eq(core->crossing_why, "each waits for a lock that the other holds");
}

Test(walk_locks, a_deadlock_is_a_cycle_of_named_locks) {
    is_the_deadlock(core_of("deadlock.c", "-g"));
}

Test(walk_locks, a_deadlock_is_seen_without_the_c_librarys_debug_information) {
    dies("deadlock.c", "-g");
    cr_assert(reads(in_tmp("o/core"), in_tmp("prog"), gdb_without_debug_info()), "%s",
              core_trouble);
    is_the_deadlock(core_case.core);
    cr_assert(notes(core_case.core, "no debug information for the C library"));
}

Test(walk_locks, a_cycle_can_go_through_a_join_and_a_rwlock) {
    dies("join.c", "-g");
    for (int without = 0; without < 2; without++) {
        cr_assert(
            reads(in_tmp("o/core"), in_tmp("prog"), without ? gdb_without_debug_info() : NULL));
        const struct thread *joiner = thread_named(core_case.core, "main"),
                            *reader = thread_named(core_case.core, "reader");
        waits(joiner, "join", "reader", (int)(reader - core_case.core->threads));
        waits(reader, "rwlock", "table", (int)(joiner - core_case.core->threads));
        cr_assert_str_eq(holds(joiner), "table");
        cr_assert_eq(core_case.core->cycle_count, 2);
        cr_assert_str_eq(core_case.core->threads[core_case.core->victim].name, "watchdog");
    }
}

Test(walk_locks, mutexes_are_found_that_nobody_waits_for) {
    const struct thread *t = &core_of("held.c", "-g")->threads[0];
    cr_assert_str_eq(holds(t), "log_lock, till->lock");
    cr_assert_null(t->waits_kind);
}

Test(walk_locks, threads_cross_where_they_share_an_object) {
    const struct core *core = core_of("shared.c", "-g");
    cr_assert_eq(core->crossing[0], core->victim);
    cr_assert_str_eq(core->threads[core->victim].name, "buyer");
    cr_assert_eq(core->crossing[1], (int)(thread_named(core, "counter") - core->threads));
    cr_assert(strstr(core->crossing_why, "stock in take, stock in count"), "%s",
              core->crossing_why);
    cr_assert_eq(core->cycle_count, 0);
}

Test(walk_locks, a_deadlock_is_seen_where_nothing_has_a_name) {
    const struct core *core = core_of("deadlock.c", "-static -s");
    cr_assert_eq(core->cycle_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct thread *t = &core->threads[core->cycle[i]];
        const struct thread *other = &core->threads[core->cycle[1 - i]];
        cr_assert_str_eq(t->waits_kind, "mutex");
        cr_assert_str_eq(t->waits.name, other->holds[0].name);
        cr_assert(strncmp(t->waits.name, "0x", 2) == 0, "%s", t->waits.name);
        cr_assert(strstr(t->where, "lock in prog+0x4"), "%s", t->where); /* not a PIE */
    }
}

Test(walk_locks, lambdas_and_the_mutexes_of_cpp_have_names) {
    static const char *const flags[] = {"-g -O1", "-g -O1 -static"};
    for (int i = 0; i < 2; i++) {
        const struct core *core = core_of("lambdas.cpp", flags[i]);
        const struct thread *saver = thread_named(core, "lambda lambdas.cpp:25"),
                            *spender = thread_named(core, "lambda lambdas.cpp:26");
        waits(saver, "mutex", "savings.lock", (int)(spender - core->threads));
        waits(spender, "mutex", "wallet.lock", (int)(saver - core->threads));
        cr_assert_eq(core->cycle_count, 2);
        cr_assert(!notes(core, "no debug information for prog"));
        cr_assert_str_eq(blamed(&core->threads[core->victim])->function, "main");
    }
}

Test(walk_locks, a_program_may_have_a_team_of_its_own) {
    const struct core *core = core_of("foreign.c", "-g");
    const struct thread *keeper = thread_named(core, "keeper");
    cr_assert_str_eq(core->signal, "SIGABRT");
    waits(keeper, "mutex", "shelf->lock", (int)(keeper - core->threads));
    cr_assert_eq(core->cycle_count, 1);
}

Test(walk_locks, threads_that_share_nothing_do_not_cross) {
    const struct core *core = core_of("freed-field.c", "-g");
    cr_assert_eq(core->thread_count, 2);
    cr_assert_eq(core->crossing[0], core->victim);
    cr_assert_eq(core->crossing[1], -1);
    cr_assert_str_eq(core->crossing_why,
                     "no other thread's stack touches what the victim was using");
}
