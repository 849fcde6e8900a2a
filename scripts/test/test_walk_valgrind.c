/*
 * test_walk_valgrind.c - Helgrind's and DRD's reports, as text and as XML: what recorded
 * ones say, field by field. Damaged ones: test_walk_valgrind_damage.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/read/read.h"
#include "reports.h"

#define REPORTS "scripts/test/fixtures/reports/"

TestSuite(walk_valgrind, .timeout = 120);

/* --- recorded reports ------------------------------------------------------------------ */

ParameterizedTestParameters(walk_valgrind, helgrind_text_is_read) {
    return each(REPORTS "helgrind-*.txt");
}
ParameterizedTest(path_param *path, walk_valgrind, helgrind_text_is_read) {
    report_is_as_expected(*path);
}

ParameterizedTestParameters(walk_valgrind, helgrind_xml_says_the_same) {
    return each(REPORTS "helgrind-*.xml");
}
ParameterizedTest(path_param *path, walk_valgrind, helgrind_xml_says_the_same) {
    report_is_as_expected(*path);
}

ParameterizedTestParameters(walk_valgrind, drd_text_is_read) {
    return each(REPORTS "drd-*.txt");
}
ParameterizedTest(path_param *path, walk_valgrind, drd_text_is_read) {
    report_is_as_expected(*path);
}

ParameterizedTestParameters(walk_valgrind, drd_xml_says_the_same) {
    return each(REPORTS "drd-*.xml");
}
ParameterizedTest(path_param *path, walk_valgrind, drd_xml_says_the_same) {
    report_is_as_expected(*path);
}

/* --- fields ---------------------------------------------------------------------------- */

static struct casefile c;

static const struct finding *finding(const char *file, size_t index) {
    c = (struct casefile){0};
    char path[256];
    snprintf(path, sizeof path, REPORTS "%s", file);
    read_report(&c, path);
    cr_assert_gt(c.finding_count, index);
    return c.findings[index];
}

static void frame_is(const struct stack *s, size_t i, const char *function, const char *file,
                     int line) {
    cr_assert_gt(s->count, i);
    cr_assert_str_eq(s->frames[i].function, function);
    cr_assert(file ? s->frames[i].file && strcmp(s->frames[i].file, file) == 0
                   : !s->frames[i].file);
    cr_assert_eq(s->frames[i].line, line);
}

static void lock_is(const struct site *s, size_t i, const char *name) {
    cr_assert_gt(s->lock_count, i);
    cr_assert_str_eq(s->locks[i].name, name);
}

#define PROGRAMS "scripts/test/fixtures/programs/"

Test(walk_valgrind, a_race_has_two_stacks_and_the_locks_held_at_each) {
    const struct finding *f = finding("helgrind-race-mutexes.txt", 0);
    cr_assert_eq(f->tool, TOOL_HELGRIND);
    cr_assert_eq(f->line, 52);
    cr_assert_not(f->torn);
    cr_assert_eq(f->site_count, 2);
    const struct site *a = &f->sites[0], *b = &f->sites[1];
    cr_assert_eq(a->access, ACCESS_READ);
    cr_assert_eq(b->access, ACCESS_WRITE);
    cr_assert_eq(a->size, 8);
    cr_assert_eq(a->address, 0x10c108);
    cr_assert_str_eq(a->thread, "#3");
    cr_assert_str_eq(b->thread, "#2");
    cr_assert(a->locks_known && b->locks_known);
    cr_assert_eq(a->lock_count, 2);
    lock_is(a, 0, "right");
    lock_is(a, 1, "ledger");
    cr_assert_eq(b->lock_count, 1);
    lock_is(b, 0, "left");
    frame_is(&a->stack, 0, "add_right", PROGRAMS "race-mutexes.c", 14);
    frame_is(&b->stack, 0, "add_left", PROGRAMS "race-mutexes.c", 10);
    frame_is(&b->stack, 1, "lefty", PROGRAMS "race-mutexes.c", 19);
    cr_assert_str_eq(b->stack.frames[2].module,
                     "/usr/libexec/valgrind/vgpreload_helgrind-amd64-linux.so");
    frame_is(&a->created, 5, "main", PROGRAMS "race-mutexes.c", 36);
    frame_is(&b->created, 5, "main", PROGRAMS "race-mutexes.c", 35);
    cr_assert_str_eq(f->object.what, "global 'total'");
    cr_assert_eq(f->object.address, 0x10c108);
    cr_assert_eq(c.tools[TOOL_HELGRIND].runs, 1);
    cr_assert_eq(f->witnesses[TOOL_HELGRIND].reports, 2, "it was read, and written");
}

Test(walk_valgrind, xml_does_not_say_which_locks) {
    const struct finding *f = finding("helgrind-race-mutexes.xml", 0);
    cr_assert_eq(f->site_count, 2);
    cr_assert_not(f->sites[0].locks_known);
    cr_assert_eq(f->sites[0].lock_count, 0);
    frame_is(&f->sites[1].stack, 0, "add_left", PROGRAMS "race-mutexes.c", 10);
    frame_is(&f->sites[0].created, 5, "main", PROGRAMS "race-mutexes.c", 36);
    cr_assert_str_eq(f->object.what, "global 'total'");
}

Test(walk_valgrind, no_lock_is_known_where_none_was_held) {
    const struct finding *f = finding("helgrind-race-global.txt", 0);
    cr_assert(f->sites[0].locks_known && f->sites[1].locks_known);
    cr_assert_eq(f->sites[0].lock_count + f->sites[1].lock_count, 0);
}

Test(walk_valgrind, a_heap_block_has_its_size_and_its_allocation) {
    static const char *const files[] = {"helgrind-race-heap.txt", "helgrind-race-heap.xml"};
    for (int i = 0; i < 2; i++) {
        const struct finding *f = finding(files[i], 0);
        cr_assert_str_eq(f->object.what, "heap block of size 16");
        cr_assert_eq(f->object.size, 16);
        cr_assert_eq(f->object.address, f->sites[0].address - 8);
        frame_is(&f->object.stack, 1, "open_account", PROGRAMS "race-heap.c", 11);
        cr_assert_str_eq(f->sites[0].thread, "#1");
        cr_assert_eq(f->sites[0].created.count, 0, "the main thread was not created");
    }
}

Test(walk_valgrind, another_threads_stack_names_its_owner) {
    cr_assert_str_eq(finding("helgrind-race-cpp.txt", 1)->object.what,
                     "stack of thread #1, in main (race-cpp.cpp:34)");
}

Test(walk_valgrind, only_near_the_other_access_is_not_the_other_access) {
    const struct finding *f = finding("helgrind-history-approx.txt", 0);
    cr_assert_eq(f->site_count, 1);
    cr_assert_str_eq(f->pair, "add_right");
    cr_assert_str_eq(f->object.what, "global 'total'");
    f = finding("drd-race-heap.txt", 0);
    cr_assert_eq(f->site_count, 1);
    cr_assert_str_eq(f->headline,
                     "Conflicting store by thread 1 at 0x04a6c038 size 8, against thread 2");
    cr_assert_eq(f->sites[0].size, 8);
    cr_assert_eq(f->sites[0].access, ACCESS_WRITE);
    cr_assert_str_eq(f->object.what, "heap block");
    cr_assert_eq(f->object.address, 0x4a6c030);
    frame_is(&f->object.stack, 1, "open_account", PROGRAMS "race-heap.c", 11);
}

Test(walk_valgrind, a_lock_order_has_both_threads_first_and_second_lock) {
    const struct finding *f = finding("helgrind-lock-order-2.txt", 0);
    cr_assert_eq(f->kind, KIND_LOCK_ORDER);
    cr_assert_eq(f->site_count, 2);
    const struct site *wrong = &f->sites[0], *required = &f->sites[1];
    frame_is(&wrong->earlier, 1, "take_b_then_a", PROGRAMS "lock-order-2.c", 15);
    frame_is(&wrong->stack, 1, "take_b_then_a", PROGRAMS "lock-order-2.c", 16);
    frame_is(&required->earlier, 1, "take_a_then_b", PROGRAMS "lock-order-2.c", 8);
    frame_is(&required->stack, 1, "take_a_then_b", PROGRAMS "lock-order-2.c", 9);
    cr_assert_eq(wrong->address, 0x10c060);
    cr_assert_eq(required->address, 0x10c0a0);
    lock_is(wrong, 0, "fork_b");
    lock_is(required, 0, "fork_a");
    cr_assert_str_eq(wrong->thread, "#3");
    cr_assert_null(required->thread);
    cr_assert_str_eq(f->object.what, "locks fork_a and fork_b");
    f = finding("helgrind-lock-order-2.xml", 0);
    cr_assert_eq(f->sites[0].address, 0x10c060);
    frame_is(&f->sites[1].earlier, 1, "take_a_then_b", PROGRAMS "lock-order-2.c", 8);
}

Test(walk_valgrind, a_lock_held_long_has_where_it_was_taken) {
    static const char *const files[] = {"drd-hold-long.txt", "drd-hold-long.xml"};
    for (int i = 0; i < 2; i++) {
        const struct finding *f = finding(files[i], 0);
        cr_assert_eq(f->kind, KIND_LOCK_HELD_LONG);
        cr_assert(strstr(f->headline, " was held during ")
                  && strstr(f->headline, "threshold: 20 ms"));
        cr_assert_eq(f->sites[0].access, ACCESS_UNLOCK);
        frame_is(&f->sites[0].stack, 1, "hog_desk", PROGRAMS "hold-long.c", 16);
        cr_assert_eq(f->sites[1].access, ACCESS_LOCK);
        frame_is(&f->sites[1].stack, 1, "hog_desk", PROGRAMS "hold-long.c", 14);
        cr_assert_str_eq(f->object.what, "mutex 0x10c060");
    }
}

Test(walk_valgrind, an_unlock_by_another_names_both) {
    const struct finding *f = finding("helgrind-unlock-foreign.txt", 0);
    cr_assert_str_eq(f->headline,
                     "Thread #2 unlocked lock at 0x10C060 currently held by thread #1");
    cr_assert_str_eq(f->sites[0].thread, "#2");
    cr_assert_eq(f->sites[0].access, ACCESS_UNLOCK);
    cr_assert_str_eq(f->object.what, "lock 'door'");
    frame_is(&f->object.stack, 1, "shut", PROGRAMS "unlock-foreign.c", 16);
}

Test(walk_valgrind, a_death_has_its_reason) {
    static const char *const files[] = {"helgrind-segv-null.txt", "helgrind-segv-null.xml",
                                        "drd-segv-null.txt", "drd-segv-null.xml"};
    for (int i = 0; i < 4; i++) {
        const struct finding *f = finding(files[i], 0);
        cr_assert_eq(f->kind, KIND_DEADLY_SIGNAL);
        cr_assert_str_eq(f->headline,
                         "Process terminating with default action of signal 11 "
                         "(SIGSEGV): Access not within mapped region at address 0x8");
        cr_assert_eq(f->sites[0].address, 8);
        cr_assert_eq(c.tools[i < 2 ? TOOL_HELGRIND : TOOL_DRD].died, 1);
    }
}

Test(walk_valgrind, who_stops_it_from_outside_is_no_defect) {
    finding("drd-recursive-lock.txt", 0);
    cr_assert_eq(c.tools[TOOL_DRD].died, 0);
    cr_assert_eq(c.note_count, 1);
    cr_assert(strstr(c.notes[0], "was stopped from outside") && strstr(c.notes[0], "SIGTERM"));
}

Test(walk_valgrind, inlined_calls_are_known) {
    const struct finding *f = finding("helgrind-race-inline.txt", 0);
    frame_is(&f->sites[1].stack, 0, "push", PROGRAMS "race-inline.c", 16);
    cr_assert(f->sites[1].stack.frames[0].inlined);
    cr_assert_not(f->sites[1].stack.frames[1].inlined);
}

/* --- text made up ------------------------------------------------------------------------ */

static struct casefile *text(const char *s) {
    c = (struct casefile){0};
    read_bytes(&c, s, strlen(s));
    return &c;
}

static void notes(const char *says) {
    cr_assert_eq(c.note_count, 1, "%zu notes", c.note_count);
    cr_assert(strstr(c.notes[0], says), "%s", c.notes[0]);
}

static void finds(const char *expected) {
    char *found = findings_of(&c);
    cr_assert_str_eq(found, expected);
    free(found);
}

Test(walk_valgrind, processes_that_take_turns_line_by_line_are_kept_apart) {
    text(
        "==1== Helgrind, a thread error detector\n"
        "==2== drd, a thread error detector\n"
        "==1== Possible data race during write of size 8 at 0x10 by thread #1\n"
        "==2== Conflicting store by thread 2 at 0x10 size 4\n"
        "==1==    at 0x1: f (a.c:1)\n"
        "==2==    at 0x2: g (b.c:2)\n"
        "==1==    by 0x4: main (a.c:9)\n"
        "==1== \n"
        "==2==    by 0x5: main (b.c:8)\n"
        "==2== \n"
        "==1== This conflicts with a previous read of size 8 by thread #2\n"
        "==1==    at 0x3: h(int) const (in /opt/a (b)/program)\n"
        "==1== \n==1== ERROR SUMMARY: 1\n==2== ERROR SUMMARY: 1\n");
    finds("race\tf/h\nrace\tg\n");
    cr_assert_eq(c.findings[0]->sites[0].stack.count + c.findings[1]->sites[0].stack.count, 4);
    cr_assert_eq(c.note_count, 0);
}

#define RACE(pid, f)                                                                               \
    "==" pid "== Conflicting store by thread 1 at 0x10 size 4\n==" pid "==    at 0x2: " f          \
    " (b.c:2)\n"

Test(walk_valgrind, more_processes_than_can_be_followed_are_noted) {
    char *all = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&all, &size);
    for (int pid = 1; pid <= 70; pid++)
        fprintf(out, "==%d== Conflicting store by thread 1 at 0x10 size 4\n", pid);
    for (int pid = 1; pid <= 70; pid++)
        fprintf(out, "==%d==    at 0x2: f%d (b.c:2)\n", pid, pid);
    fclose(out);
    text(all);
    cr_assert_eq(c.finding_count, 64);
    cr_assert(strstr(c.notes[0], "more than 64 processes"), "%s", c.notes[0]);
    free(all);
}

Test(walk_valgrind, a_quiet_tool_is_known_by_what_it_says) {
    text(RACE("7", "f"));
    cr_assert_eq(c.findings[0]->tool, TOOL_DRD);
    text(
        "==00:00:00:00.022 7== Possible data race during read of size 4 at 0x8 by thread #1\n"
        "==00:00:00:00.022 7==    at 0x1: f (a.c:1)\n");
    cr_assert_eq(c.findings[0]->tool, TOOL_HELGRIND);
    cr_assert(c.findings[0]->torn, "another thread may have followed");
}

Test(walk_valgrind, a_sentence_nobody_knows_is_a_headline_when_a_stack_follows) {
    text(
        "==1== drd, a thread error detector\n==1== A thing of version 4\n"
        "==1==    at 0x1: f (a.c:1)\n==1== \n==1== Idle words\n==1== \n");
    finds("other\tf\n");
    cr_assert_str_eq(c.findings[0]->headline, "A thing of version 4");
}

Test(walk_valgrind, frames_of_two_reports_are_never_glued) {
    text(RACE("1", "f") "==1==    at 0x3: g (c.c:3)\n==1==    by 0x3: h (c.c:3)\n==1== \n");
    finds("race\tf\n");
    cr_assert(c.findings[0]->torn);
    cr_assert_eq(c.findings[0]->sites[0].stack.count, 1);
    /* the innermost frame is lost: another one would be blamed */
    text(
        "==1== Conflicting store by thread 1 at 0x10 size 4\n==1==    by 0x2: f (b.c:2)\n==1== \n");
    cr_assert_eq(c.finding_count, 0);
    notes("damaged, and left out");
    /* and so it is when its line is cut */
    text(
        "==1== Conflicting store by thread 1 at 0x10 size 4\n==1==    at 0x2: f (b.c:\n"
        "==1==    by 0x2: g (b.c:2)\n==1== \n");
    cr_assert_eq(c.finding_count, 0);
    notes("damaged, and left out");
}

Test(walk_valgrind, what_is_not_ours_is_left_alone) {
    text(
        "==1== Memcheck, a memory error detector\n==1== Invalid read of size 4\n"
        "==1==    at 0x1: f (a.c:1)\n==1== Process terminating with default action of signal 11 "
        "(SIGSEGV)\n==1==    at 0x1: f (a.c:1)\n");
    cr_assert_eq(c.finding_count, 0);
    notes("a report of Memcheck, which walk does not read");
    text(
        "==1==ERROR: no\n====\n== 1== Conflicting store by\n==1= x\n-1-\n--\n**\n=\nv\nvalgrind\n");
    cr_assert_eq(c.finding_count + c.note_count, 0);
}

Test(walk_valgrind, what_cannot_start_is_not_what_has_crashed) {
    text("valgrind: failed to start tool 'drd' for platform 'amd64-linux': No such file\n");
    cr_assert_eq(c.tools[TOOL_DRD].not_started, 1);
    cr_assert(strstr(c.tools[TOOL_DRD].reason, "failed to start tool"));
    text(
        "==1== Helgrind, a thread error detector\n"
        "valgrind:  Fatal error at startup: a function redirection\n"
        "valgrind:  which is mandatory for this platform-tool combination\n"
        "valgrind:  Cannot continue -- exiting now.  Sorry.\n");
    cr_assert_eq(c.tools[TOOL_HELGRIND].not_started, 1);
    cr_assert_eq(c.tools[TOOL_HELGRIND].died, 0);
    text(
        "==1== Helgrind, a thread error detector\n"
        "Helgrind: hg_main.c:1 (f): Assertion 'x' failed.\n"
        "valgrind: the 'impossible' happened:\nvalgrind: Killed by fatal signal\n");
    cr_assert_eq(c.tools[TOOL_HELGRIND].not_started, 0);
    cr_assert_eq(c.tools[TOOL_HELGRIND].died, 1);
    notes("Valgrind itself has crashed");
}

/* Where a finding is told to be, its <error> begins. */
Test(walk_valgrind, a_finding_of_xml_is_at_the_line_of_its_error) {
    size_t line = finding("helgrind-race-mutexes.xml", 0)->line;
    FILE *in = fopen(REPORTS "helgrind-race-mutexes.xml", "re");
    char text[4096] = "";
    while (line-- > 0)
        cr_assert_not_null(fgets(text, sizeof text, in));
    cr_assert_str_eq(text, "<error>\n");
    fclose(in);
    case_free(&c);
}
