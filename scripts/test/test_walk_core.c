/*
 * test_walk_core.c - the reader of cores: why a program died, the stacks of its
 * threads, and what is missing in a core or does not fit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cores.h"

TestSuite(walk_core, .init = make_tmp, .fini = remove_tmp, .timeout = 120);

/* --- why it died ------------------------------------------------------------------ */

static const struct death {
    const char *source, *flags, *signal;
    enum fault fault;
    const char *blamed, *words; /* that are among the words on the fault */
} deaths[] = {
    {"null.c", "-g", "SIGSEGV", FAULT_NULL, "main", "writes address 0 in main: account is NULL"},
    {"near-null.c", "-g", "SIGSEGV", FAULT_NEAR_NULL, "second",
     "reads 0x18 in second: a field 24 bytes into what a NULL points to; head->next is NULL"},
    {"non-canonical.c", "-g", "SIGSEGV", FAULT_NON_CANONICAL, "second",
     "through 0x4242424241414141 (head->next)"},
    {"freed.c", "-g", "SIGSEGV", FAULT_FREED, "sum", "malloc's own link from one free block"},
    {"freed-field.c", "-g", "SIGSEGV", FAULT_FREED, "greet",
     "user points into a block of 24 bytes"},
    {"unmapped.c", "-g", "SIGSEGV", FAULT_UNMAPPED, "last", "1 byte beyond the end of"},
    {"read-only.c", "-g", "SIGSEGV", FAULT_READ_ONLY, "shout", "word points there"},
    {"not-code.c", "-g", "SIGSEGV", FAULT_NOT_CODE, "dispatch",
     "jumped to 0x1234: no code is there"},
    {"beyond-file.c", "-g", "SIGBUS", FAULT_BEYOND_FILE, "main", "has no such page any more"},
    {"recursion.c", "-g", "SIGSEGV", FAULT_STACK_OVERFLOW, "depth", "depth calls itself"},
    {"divide.c", "-g", "SIGFPE", FAULT_OTHER, "mean", "divides an integer by zero in mean"},
    {"assertion.c", "-g", "SIGABRT", FAULT_NONE, "withdraw",
     "withdraw: Assertion `balance >= amount' failed"},
    {"double-free.c", "-g", "SIGABRT", FAULT_NONE, "drop", "free(): double free detected"},
    {"exception.cpp", "-g", "SIGABRT", FAULT_NONE, "shop::Till::take",
     "exception of type std::out_of_range"},
    {"thrown.cpp", "-g -O2", "SIGABRT", FAULT_NONE, "parse", "of type bad_number that nobody"},
    {"handler.c", "-g", "SIGABRT", FAULT_NEAR_NULL, "total",
     "reads 0x8 in total: a field 8 bytes into what a NULL points to; item is NULL. on_fault "
     "caught that SIGSEGV, and the program ended in it with SIGABRT."},
    {"handler.c", "-g -DPLAIN", "SIGABRT", FAULT_NEAR_NULL, "total", "on_fault caught that"},
    {"handler.c", "-g -DAGAIN", "SIGSEGV", FAULT_NONE, "total", "a handler caught a real one"},
    {"other-null.c", "-g", "SIGSEGV", FAULT_NULL, "price", "in price: a pointer is NULL."},
    {"bare.c", "-g -m32 -nostdlib -static -Wl,--build-id", "SIGSEGV", FAULT_NULL, "_start",
     "writes address 0 in _start"},
};

/* Parameters go to another process: numbers, not pointers. */
ParameterizedTestParameters(walk_core, the_fault_is_explained) {
    static int numbers[sizeof deaths / sizeof *deaths];
    for (int i = 0; i < (int)(sizeof deaths / sizeof *deaths); i++)
        numbers[i] = i;
    return cr_make_param_array(int, numbers, sizeof deaths / sizeof *deaths);
}

ParameterizedTest(int *number, walk_core, the_fault_is_explained) {
    const struct death *d = &deaths[*number];
    const struct core *core = core_of(d->source, d->flags);
    cr_expect_str_eq(core->signal, d->signal);
    cr_expect_eq(core->fault, d->fault, "%d: %s", (int)core->fault, core->fault_words);
    cr_expect(strstr(core->fault_words, d->words), "%s", core->fault_words);
    cr_assert_eq(core->victim, 0);
    cr_expect_str_eq(blamed(&core->threads[0])->function, d->blamed);
    cr_expect_eq(core->fit, FIT_YES);
    cr_expect_eq(core->have, core->want);
}

/* --- stacks -------------------------------------------------------------------------- */

Test(walk_core, an_endless_recursion_is_cut_in_the_middle) {
    const struct core *core = core_of("recursion.c", "-g");
    const struct stack *s = &core->threads[0].stack;
    cr_assert_eq(s->count, STACK_KEPT);
    cr_assert_eq(s->omitted, 40000 - STACK_KEPT);
    cr_assert(notes(core, "the stack of main has more than 40000 frames"));
}

Test(walk_core, frames_that_were_inlined_are_there) {
    const struct stack *s = &core_of("inlined.c", "-g -O2")->threads[0].stack;
    const char *functions[] = {"item", "sum", "open_box", "main"};
    cr_assert_eq(s->count, 4);
    for (int i = 0; i < 4; i++) {
        cr_expect_str_eq(s->frames[i].function, functions[i]);
        cr_expect_eq(s->frames[i].inlined, i < 2);
    }
    cr_assert_eq(s->blamed, 0);
    cr_assert(strncmp(s->frames[2].args, "box=0x", 6) == 0, "%s", s->frames[2].args);
}

Test(walk_core, arguments_and_locals_are_those_of_the_program) {
    const struct thread *t = &core_of("non-canonical.c", "-g")->threads[0];
    cr_assert_eq(t->stack.count, 2);
    cr_assert(strncmp(t->stack.frames[0].args, "head=0x7ff", 10) == 0, "%s",
              t->stack.frames[0].args);
    cr_assert_eq(t->stack.frames[1].local_count, 1);
    cr_assert_str_eq(t->stack.frames[1].locals[0].name, "only");
    cr_assert(strstr(t->stack.frames[1].locals[0].value, "overflow"));
}

Test(walk_core, two_hundred_threads_are_told_apart_by_what_they_began_with) {
    const struct core *core = core_of("many.c", "-g");
    int workers = 0, waiting = 0;
    cr_assert_eq(core->thread_count, 200);
    cr_assert_eq(core->thread_total, 200);
    for (size_t i = 0; i < core->thread_count; i++) {
        const struct thread *t = &core->threads[i];
        workers += strncmp(t->name, "worker ", 7) == 0;
        waiting += t->waits_kind && strcmp(t->waits_kind, "barrier") == 0
                   && strcmp(t->waits.name, "never") == 0;
    }
    cr_assert_eq(workers, 199);
    cr_assert_eq(waiting, 199);
    cr_assert_str_eq(core->threads[core->victim].name, "main");
    cr_assert_str_eq(thread_named(core, "worker 199")->where, "waiting at a barrier in worker");
}

Test(walk_core, a_cpp_thread_and_its_exception) {
    const struct core *core = core_of("exception.cpp", "-g");
    const struct thread *serve = thread_named(core, "serve"),
                        *main_thread = thread_named(core, "main");
    cr_assert_eq(serve - core->threads, core->victim);
    cr_assert_str_eq(blamed(serve)->function, "shop::Till::take");
    cr_assert_str_eq(main_thread->waits_kind, "join");
    cr_assert_eq(main_thread->holder, core->victim);
}

/* --- what is missing is said ----------------------------------------------------------- */

Test(walk_core, a_stripped_program_still_has_its_stack_and_its_locks) {
    const struct core *core = core_of("held.c", "-O0 -s");
    cr_assert(notes(core, "no debug information for prog (stripped"));
    cr_assert_eq(core->fault, FAULT_NULL);
    cr_assert_eq(core->threads[0].hold_count, 2);
    cr_assert(strncmp(core->threads[0].holds[0].name, "0x", 2) == 0);
    cr_assert(core->threads[0].stack.frames[0].own);
    cr_assert_null(core->threads[0].stack.frames[0].file);
}

Test(walk_core, functions_without_a_name_are_told_apart) {
    const struct core *core = core_of("many.c", "-s");
    cr_assert_eq(core->crossing[1], -1, "%s", core->crossing_why);
    cr_assert(strncmp(blamed(&core->threads[core->victim])->function, "prog+0x1", 8) == 0);
}

Test(walk_core, a_hung_program_can_be_read) {
    exited(sh(60, "gcc -pthread -s scripts/test/fixtures/cores/lost.c -o %s/prog", tmp), 0);
    struct outcome o = sh(30,
                          "timeout -s KILL 20 %s/prog & sleep 0.3; p=$(pgrep -P $!); "
                          "gcore -o %s/core $p >/dev/null 2>&1; kill -KILL $p; mv %s/core.$p %s/c",
                          tmp, tmp, tmp, tmp);
    exited(o, 0);
    cr_assert(reads(in_tmp("c"), NULL, NULL), "%s", core_trouble);
    const struct thread *taker = &core_case.core->threads[1];
    cr_assert_null(core_case.core->signal);
    cr_assert_str_eq(core_case.core->program, in_tmp("prog"));
    cr_assert_str_eq(taker->waits_kind, "cond");
    cr_assert(strstr(taker->where, "for a condition in prog+0x1"), "%s", taker->where);
}

Test(walk_core, a_static_pie_has_its_build_id) {
    exited(sh(60, "gcc -g -static-pie scripts/test/fixtures/cores/null.c -o %s/prog", tmp), 0);
    sh(60, "scripts/core.sh --runs 1 --out %s/o -- %s/prog", tmp, tmp);
    cr_assert_eq(read_it()->fit, FIT_YES);
}

Test(walk_core, a_core_that_is_cut_off_is_read_as_far_as_it_goes) {
    dies("deadlock.c", "-g");
    struct outcome o = sh(10, "stat -c %%s %s/o/core; truncate -s 200000 %s/o/core", tmp, tmp);
    const struct core *core = read_it();
    cr_assert_eq(core->have, 200000);
    cr_assert_eq(core->want, strtoull(o.out, NULL, 10));
    cr_assert_eq(core->thread_count, 3);
    cr_assert_eq(core->fit, FIT_YES);
    cr_assert(notes(core, "cut off: it has 200000 of "));
}

Test(walk_core, nothing_crashes_wherever_a_core_is_cut_off) {
    dies("null.c", "-g");
    for (int size = 0; size < 40000; size = size * 3 / 2 + 50) {
        exited(sh(10, "head -c %d %s/o/core >%s/cut", size, tmp, tmp), 0);
        struct core core = {.path = in_tmp("cut")};
        read_core_headers(&core_case, &core, NULL);
        cr_assert_eq(core.have, size >= 64 ? (uint64_t)size : core.have);
        cr_assert(core.fit == FIT_UNKNOWN || strcmp(core.program_id, core.core_id) == 0);
    }
}

Test(walk_core, a_program_that_is_another_is_seen_by_its_build_id) {
    dies("null.c", "-g");
    exited(sh(60, "gcc -g -pthread scripts/test/fixtures/cores/held.c -o %s/other", tmp), 0);
    cr_assert(reads(in_tmp("o/core"), in_tmp("other"), NULL), "%s", core_trouble);
    cr_assert_eq(core_case.core->fit, FIT_NO);
    cr_assert(notes(core_case.core, "not to be believed"));
}

Test(walk_core, the_program_is_found_when_it_is_not_given) {
    dies("null.c", "-g");
    cr_assert(reads(in_tmp("o/core"), NULL, NULL), "%s", core_trouble);
    cr_assert_str_eq(core_case.core->program, in_tmp("prog"));
    cr_assert_eq(core_case.core->fit, FIT_YES);
}

Test(walk_core, a_program_that_was_built_anew_is_asked_for) {
    dies("null.c", "-g");
    exited(sh(60, "gcc -g -O1 -pthread scripts/test/fixtures/cores/held.c -o %s/prog", tmp), 0);
    not_read(in_tmp("o/core"), NULL, NULL, 2, "was built anew since");
    exited(sh(10, "rm %s/prog", tmp), 0);
    not_read(in_tmp("o/core"), NULL, NULL, 2, "is not there any more: give the program with --exe");
}

Test(walk_core, what_is_no_core_is_refused) {
    not_read("README.md", NULL, NULL, 2, "it is no core");
    not_read("/nonexistent", NULL, NULL, 2, "no such core");
    not_read("build/bin/run", NULL, NULL, 2, "it is no core");
    dies("null.c", "-g");
    not_read(in_tmp("o/core"), "/nonexistent", NULL, 2, "no such program: /nonexistent");
    not_read(in_tmp("o/core"), "README.md", NULL, 2, "README.md is no program");
}

Test(walk_core, without_gdb_its_cure_is_named) {
    dies("null.c", "-g");
    not_read(in_tmp("o/core"), NULL, "no-such-gdb", 3, "apt-get install gdb");
    not_read(in_tmp("o/core"), NULL, "false", 2, "GDB cannot make anything of");
    setenv("RACELAB_GDB_SCRIPTS", tmp, 1);
    not_read(in_tmp("o/core"), NULL, NULL, 3, "RACELAB_GDB_SCRIPTS");
}

Test(walk_core, a_core_of_which_gdb_tells_no_thread_is_refused) {
    dies("null.c", "-g");
    exited(sh(10,
              "echo 'define case\nshell echo \"{\\\"version\\\": 2, \\\"threads\\\": []}\" "
              "> $arg0\nend' > %s/case.gdb; echo 'import gdb; gdb.execute(\"source %s/case.gdb\")' "
              "> %s/racelab.py",
              tmp, tmp, tmp),
           0);
    setenv("RACELAB_GDB_SCRIPTS", tmp, 1);
    not_read(in_tmp("o/core"), NULL, NULL, 2, "GDB cannot make anything of");
}

/* --- the labs' cores ------------------------------------------------------------------------ */

Test(walk_core, a_labs_writers_cross_in_the_map) {
    const struct core *core = labs_core("01-concurrent-write");
    cr_assert_eq(core->thread_count, 3);
    cr_assert_str_eq(core->threads[0].name, "main");
    cr_assert(core->victim >= 1 && core->crossing[0] == core->victim);
    cr_assert_eq(core->crossing[1], 3 - core->victim);
    for (int i = 1; i <= 2; i++) {
        cr_assert_str_eq(core->threads[i].role, "writer");
        cr_assert_str_eq(blamed(&core->threads[i])->function, "hmap_assign");
    }
    cr_assert_str_eq(core->threads[core->victim].doing, "hmap_assign");
    cr_assert(strstr(core->crossing_why, "both are inside the same map"), "%s", core->crossing_why);
}

Test(walk_core, a_labs_deadlock_is_a_cycle) {
    const struct core *core = labs_core("12-lock-order");
    cr_assert_str_eq(core->threads[core->victim].name, "main");
    cr_assert_eq(core->cycle_count, 2);
    for (size_t i = 0; i < core->cycle_count; i++) {
        const struct thread *t = &core->threads[core->cycle[i]];
        cr_assert_eq(t->holder, core->cycle[1 - i]);
        cr_assert(strncmp(t->waits.name, "depot->bays[", 12) == 0, "%s", t->waits.name);
    }
}

Test(walk_core, what_is_looked_at_is_told) {
    exited(sh(120, "scripts/core.sh --out %s/o -- build/plain/labs/08-load-then-store/lab", tmp),
           1);
    const char *looks[] = {"pool->by_host", "nonesuch"};
    struct core_options options = {.program = "build/plain/labs/08-load-then-store/lab",
                                   .looks = looks,
                                   .look_count = 2,
                                   .save = in_tmp("facts")};
    cr_assert(read_core(&core_case, in_tmp("o/core"), &options, &core_trouble, &core_status), "%s",
              core_trouble);
    cr_assert_eq(core_case.core->look_count, 2);
    cr_assert_str_eq(core_case.core->looks[0].expression, "pool->by_host");
    cr_assert_str_eq(core_case.core->looks[0].lines[1],
                     "    count says 500, and the buckets hold 500: they agree");
    cr_assert_str_eq(core_case.core->looks[1].lines[0], "nonesuch: not to be found in this core");
    exited(sh(10, "grep -q '\"version\": 2' %s/facts", tmp), 0);
}
