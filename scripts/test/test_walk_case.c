/*
 * test_walk_case.c - what walk does between reading and telling: which findings are
 * the same, who is to blame, which one explains the crash, and who was silent why.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/blame.h"
#include "../walk/join/join.h"
#include "support.h"

static struct casefile c;

static void empty(void) {
    c = (struct casefile){0};
}
static void done(void) {
    case_free(&c);
}
TestSuite(walk_case, .init = empty, .fini = done);

/* "f" is a function of the program; "f@libc" one of the C library. Innermost first. */
static struct stack stack(const char *names) {
    struct stack s = {.blamed = -1};
    char *rest = pool_copy(&c.pool, names);
    for (char *name; (name = strsep(&rest, " "));) {
        char *at = strchr(name, '@');
        s.frames = pool_grown(&c.pool, s.frames, s.count, sizeof *s.frames);
        s.frames[s.count++] =
            (struct frame){.function = name, .file = at ? "./nptl/x.c" : "src/x.c", .line = 1};
        if (at)
            *at = '\0';
    }
    stack_blame(&s);
    return s;
}

static struct finding report(enum tool tool, enum kind kind, const char *one, const char *other) {
    struct finding f = {.kind = kind, .tool = tool, .site_count = other ? 2 : 1};
    f.sites[0].stack = stack(one);
    if (other)
        f.sites[1].stack = stack(other);
    return f;
}

static struct finding *add(enum tool tool, enum kind kind, const char *one, const char *other) {
    struct finding f = report(tool, kind, one, other);
    return case_add(&c, &f);
}

/* A core with threads of these stacks; the first is the victim. */
static void core_of(const char *const *stacks, size_t count) {
    struct core *core = pool_take(&c.pool, sizeof *core);
    static const char *const names[] = {"anna", "bert", "carl", "dora"};
    *core = (struct core){
        .signal = "SIGSEGV", .crossing = {-1, -1}, .thread_count = count, .thread_total = count};
    core->threads = pool_array(&c.pool, count, sizeof *core->threads);
    for (size_t i = 0; i < count; i++)
        core->threads[i] = (struct thread){
            .name = names[i], .number = (int)i + 1, .stack = stack(stacks[i]), .holder = -1};
    c.core = core;
}

/* --- identity -------------------------------------------------------------------------- */

Test(walk_case, the_same_pair_in_either_order_is_one_finding_with_two_witnesses) {
    case_begin_run(&c);
    struct finding *f = add(TOOL_TSAN, KIND_RACE, "put main", "get main");
    case_begin_run(&c);
    cr_assert_eq(add(TOOL_HELGRIND, KIND_RACE, "memcpy@libc get run", "put run"), f);
    cr_assert_eq(c.finding_count, 1);
    cr_assert_str_eq(f->pair, "get/put");
    cr_assert_eq(finding_tools(f), 2);
}

Test(walk_case, another_kind_or_another_function_is_another_finding) {
    struct finding *f = add(TOOL_TSAN, KIND_RACE, "put", "get");
    cr_assert_neq(add(TOOL_TSAN, KIND_USE_AFTER_FREE, "put", "get"), f);
    cr_assert_neq(add(TOOL_TSAN, KIND_RACE, "put", "len"), f);
    cr_assert_neq(add(TOOL_TSAN, KIND_RACE, "put", NULL), f);
    cr_assert_eq(c.finding_count, 4);
}

Test(walk_case, runs_and_reports_are_counted_apart) {
    struct finding *f = NULL;
    for (int run = 0; run < 3; run++) {
        case_begin_run(&c);
        case_tool_ran(&c, TOOL_TSAN);
        for (int i = 0; run != 1 && i < 5; i++)
            f = add(TOOL_TSAN, KIND_RACE, "put", "get");
    }
    cr_assert_eq(f->witnesses[TOOL_TSAN].runs, 2);
    cr_assert_eq(f->witnesses[TOOL_TSAN].reports, 10);
    cr_assert_eq(c.tools[TOOL_TSAN].runs, 3);
    cr_assert_eq(c.tools[TOOL_TSAN].with_findings, 2);
}

Test(walk_case, an_identity_is_the_same_in_every_run_and_place) {
    struct finding *f = add(TOOL_TSAN, KIND_RACE, "put", "get");
    /* FNV-1a of "race\0get/put", computed by another program */
    cr_assert_str_eq(f->identity, "4cfe7bede909f262");
}

Test(walk_case, a_report_seen_before_is_counted_without_its_outer_frames) {
    struct finding whole = report(TOOL_TSAN, KIND_RACE, "put a b main", "get main");
    struct finding start = report(TOOL_TSAN, KIND_RACE, "put", "get");
    cr_assert_null(case_seen(&c, &start));
    struct finding *f = case_add(&c, &whole);
    cr_assert_eq(case_seen(&c, &start), f);
    cr_assert_eq(f->witnesses[TOOL_TSAN].reports, 2);
    cr_assert_eq(f->sites[0].stack.count, 4);
}

Test(walk_case, a_tool_that_could_not_start_has_no_finding) {
    struct finding f = {
        .kind = KIND_COULD_NOT_START, .tool = TOOL_TSAN, .headline = "unexpected memory mapping"};
    cr_assert_null(case_add(&c, &f));
    cr_assert_eq(c.finding_count, 0);
    cr_assert_eq(c.tools[TOOL_TSAN].not_started, 1);
    cr_assert_str_eq(c.tools[TOOL_TSAN].reason, "unexpected memory mapping");
}

Test(walk_case, findings_beyond_the_limit_are_counted) {
    char name[32];
    for (int i = 0; i < FINDINGS_KEPT + 10; i++) {
        snprintf(name, sizeof name, "f%d", i);
        add(TOOL_TSAN, KIND_RACE, name, "g");
    }
    cr_assert_eq(c.finding_count, FINDINGS_KEPT);
    cr_assert_eq(c.findings_dropped, 10);
}

Test(walk_case, a_string_is_kept_once_however_many_there_are) {
    char name[32];
    const char *first[5000];
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "name %d", i);
        first[i] = case_string(&c, name);
    }
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "name %d", i);
        cr_assert_eq(case_string(&c, name), first[i]);
    }
    cr_assert_eq(c.string_count, 5000);
    cr_assert_null(case_string(&c, NULL));
}

Test(walk_case, a_note_is_said_once) {
    for (int i = 0; i < 3; i++)
        case_note(&c, "cut off at %d", 5);
    cr_assert_eq(c.note_count, 1);
    cr_assert_str_eq(c.notes[0], "cut off at 5");
}

/* --- blame --------------------------------------------------------------------------------- */

struct owner {
    char function[64], file[96], module[64];
    bool own, blamable;
};

ParameterizedTestParameters(walk_case, whose_a_frame_is) {
    static struct owner frames[] = {
        {"map_put", "./labs/01-x/map.c", "", true, true},
        {"hmap_assign", "./labs/common/hmap.c", "", true, true},
        {"grow", "labs/common/hmap.c", "", true, false},
        {"member", "/home/you/racelab/labs/common/team.c", "", true, false},
        {"put", "io/file.c", "", true, true}, /* a program may have a folder of that name */
        {"start_thread", "./nptl/pthread_create.c", "", false, false},
        {"start_thread", "nptl/./nptl/pthread_create.c", "", false, false},
        {"clone", "misc/../sysdeps/unix/sysv/linux/x86_64/clone.S", "", false, false},
        {"memset", "../../../../src/libsanitizer/tsan/tsan_interceptors.inc", "", false, false},
        {"std::vector<int>::push_back", "/usr/include/c++/12/bits/stl_vector.h", "", false, false},
        {"put", "../src/map.c", "", true, true},
        {"put", "", "./server", true, true},                  /* no debug information */
        {"pthread_mutex_lock", "", "./server", false, false}, /* clang's interceptor */
        {"memcpy", "", "./server", false, false},
        {"put", "", "/usr/lib/libfoo.so.2", false, false},
        {"mythread", "vg_replace_malloc.c", "", false, false},
        {"", "", "./server", false, false},
    };
    return cr_make_param_array(struct owner, frames, sizeof frames / sizeof *frames);
}

ParameterizedTest(struct owner *o, walk_case, whose_a_frame_is) {
    struct frame f = {.function = o->function[0] ? o->function : NULL,
                      .file = o->file[0] ? o->file : NULL,
                      .module = o->module[0] ? o->module : NULL};
    cr_assert_eq(frame_own(&f), o->own, "%s in %s%s", o->function, o->file, o->module);
    cr_assert_eq(frame_blamable(&f), o->blamable, "%s in %s%s", o->function, o->file, o->module);
}

Test(walk_case, the_innermost_own_frame_is_blamed) {
    struct stack s = stack("memcpy@libc memset@libc put main");
    cr_assert_str_eq(stack_blamed_name(&s), "put");
    s = stack("memcpy@libc");
    cr_assert_str_eq(stack_blamed_name(&s), "?");
}

/* --- joining ------------------------------------------------------------------------------------
 */

Test(walk_case, the_finding_that_most_tools_saw_comes_first_and_deaths_last) {
    case_begin_run(&c);
    add(TOOL_TSAN, KIND_DEADLY_SIGNAL, "put", NULL);
    for (int i = 0; i < 9; i++)
        add(TOOL_TSAN, KIND_RACE, "a", "b");
    add(TOOL_TSAN, KIND_RACE, "put", "get");
    case_begin_run(&c);
    add(TOOL_HELGRIND, KIND_RACE, "get", "put");
    join(&c);
    cr_assert_str_eq(c.findings[0]->pair, "get/put");
    cr_assert_str_eq(c.findings[1]->pair, "a/b");
    cr_assert_eq(c.findings[2]->kind, KIND_DEADLY_SIGNAL);
}

Test(walk_case, one_side_of_a_race_is_part_of_it_unless_it_could_be_part_of_two) {
    struct finding *whole = add(TOOL_TSAN, KIND_RACE, "put", "get");
    struct finding *side = add(TOOL_DRD, KIND_RACE, "get", NULL);
    struct finding *other = add(TOOL_DRD, KIND_RACE, "put", NULL);
    add(TOOL_TSAN, KIND_RACE, "put", "len");
    join(&c);
    cr_assert_eq(side->part_of, whole);
    cr_assert_null(other->part_of);
    cr_assert_eq(other->wholes, 2);
    cr_assert_geq(c.findings[1]->site_count, 2, "whole pairs come before sides");
}

Test(walk_case, a_crossing_in_the_core_is_the_strongest_link) {
    core_of((const char *[]){"abort@libc put work", "get work"}, 2);
    c.core->crossing[0] = 0, c.core->crossing[1] = 1;
    for (int i = 0; i < 3; i++)
        add(TOOL_TSAN, KIND_RACE, "put", "len");
    add(TOOL_TSAN, KIND_RACE, "get", "put");
    join(&c);
    cr_assert_str_eq(c.link.finding->pair, "get/put");
    cr_assert_str_eq(c.link.reason, "in the core, anna is in put and bert in get");
    cr_assert_eq(c.link.thread, 0);
    cr_assert_str_eq(stack_blamed_name(&c.link.finding->sites[c.link.site].stack), "put");
    cr_assert(c.link.sure);
}

Test(walk_case, two_threads_in_one_function_are_both_sides_of_a_race_with_itself) {
    core_of((const char *[]){"put", "put"}, 2);
    c.core->crossing[0] = 0, c.core->crossing[1] = 1;
    add(TOOL_TSAN, KIND_RACE, "put", "get");
    struct finding *f = add(TOOL_TSAN, KIND_RACE, "put", "put");
    join(&c);
    cr_assert_eq(c.link.finding, f);
}

Test(walk_case, else_the_victim_links) {
    core_of((const char *[]){"strlen@libc get work", "sleep@libc"}, 2);
    add(TOOL_TSAN, KIND_RACE, "put", "len");
    add(TOOL_TSAN, KIND_USE_AFTER_FREE, "get", "drop");
    join(&c);
    cr_assert_str_eq(c.link.reason, "anna died in get, which is one side of it");
    cr_assert(c.link.sure);
}

/* No crossing was seen in the core, but the detector knows which two belong together. */
Test(walk_case, the_victim_and_any_thread_inside_the_other_side_link) {
    core_of((const char *[]){"get work", "sleep@libc", "log put work"}, 3);
    add(TOOL_TSAN, KIND_RACE, "change", "get");
    struct finding *f = add(TOOL_TSAN, KIND_RACE, "put", "get");
    join(&c);
    cr_assert_eq(c.link.finding, f);
    cr_assert_str_eq(c.link.reason, "in the core, anna is in get and carl in put");
    cr_assert_eq(c.link.other, 2);
}

Test(walk_case, a_crash_on_freed_memory_links_with_what_frees) {
    core_of((const char *[]){"get work", "put work"}, 2);
    c.core->fault = FAULT_FREED;
    for (int i = 0; i < 3; i++)
        add(TOOL_TSAN, KIND_RACE, "get", "put");
    struct finding *f = add(TOOL_TSAN, KIND_RACE, "get", "free@libc drop");
    join(&c);
    cr_assert_eq(c.link.finding, f);
}

Test(walk_case, else_a_function_on_the_victims_stack) {
    core_of((const char *[]){"check get main"}, 1);
    add(TOOL_TSAN, KIND_RACE, "put", "get");
    join(&c);
    cr_assert_str_eq(c.link.reason, "get is on the stack of anna, and one side of it");
    cr_assert_not(c.link.sure);
}

Test(walk_case, else_another_thread_that_was_in_it) {
    core_of((const char *[]){"check main", "get work"}, 2);
    add(TOOL_TSAN, KIND_RACE, "put", "get");
    join(&c);
    cr_assert_str_eq(c.link.reason, "when anna died, bert was in get, one side of it");
}

Test(walk_case, a_circle_links_with_the_inversion_of_its_functions) {
    core_of((const char *[]){"lock@libc move", "lock@libc count", "check main"}, 3);
    c.core->victim = 2;
    c.core->cycle = (int[]){0, 1};
    c.core->cycle_count = 2;
    add(TOOL_TSAN, KIND_RACE, "move", "count");
    add(TOOL_TSAN, KIND_LOCK_ORDER, "count", "move");
    join(&c);
    cr_assert_eq(c.link.finding->kind, KIND_LOCK_ORDER);
    cr_assert(c.link.sure);
}

/* Both are in move: the inversion of move with itself fits better than that with count. */
Test(walk_case, a_circle_prefers_the_inversion_that_has_a_side_for_each) {
    core_of((const char *[]){"lock@libc move", "lock@libc move"}, 2);
    c.core->cycle = (int[]){0, 1};
    c.core->cycle_count = 2;
    for (int i = 0; i < 3; i++)
        add(TOOL_TSAN, KIND_LOCK_ORDER, "count", "move");
    join(&c);
    cr_assert_str_eq(c.link.reason,
                     "the threads that wait for one another stand in move, where "
                     "locks were seen taken in two orders");
    struct finding *f = add(TOOL_TSAN, KIND_LOCK_ORDER, "move", "move");
    join(&c);
    cr_assert_eq(c.link.finding, f);
}

Test(walk_case, what_no_stack_touches_is_not_linked_nor_is_a_death_under_a_tool) {
    core_of((const char *[]){"check main"}, 1);
    add(TOOL_TSAN, KIND_RACE, "put", "get");
    add(TOOL_TSAN, KIND_DEADLY_SIGNAL, "check", NULL);
    join(&c);
    cr_assert_null(c.link.finding);
}

/* --- silence
 * ---------------------------------------------------------------------------------------- */

Test(walk_case, a_silent_tool_is_told_why_by_what_others_found) {
    for (int run = 0; run < 3; run++) {
        case_begin_run(&c);
        case_tool_ran(&c, (enum tool)run);
        if (run == TOOL_TSAN)
            add(TOOL_TSAN, KIND_LOCK_ORDER, "move", "count");
        if (run == TOOL_HELGRIND)
            add(TOOL_HELGRIND, KIND_LOCK_ORDER, "move", "count");
    }
    join(&c);
    cr_assert_null(c.silence[TOOL_TSAN]);
    cr_assert(strstr(c.silence[TOOL_DRD], "in which order"), "%s", c.silence[TOOL_DRD]);
    cr_assert_null(c.silence[TOOL_ASAN], "it did not run");
}

Test(walk_case, what_the_lab_says_of_silence_comes_first) {
    c.lab.silent = "They are right.";
    case_begin_run(&c);
    case_tool_ran(&c, TOOL_TSAN);
    join(&c);
    cr_assert_str_eq(c.silence[TOOL_TSAN], "They are right.");
}

Test(walk_case, a_tool_that_did_not_start_is_not_silent) {
    case_begin_run(&c);
    struct finding f = {.kind = KIND_COULD_NOT_START, .tool = TOOL_TSAN};
    case_add(&c, &f);
    core_of((const char *[]){"main"}, 1);
    join(&c);
    cr_assert_null(c.silence[TOOL_TSAN]);
}
