/*
 * test_walk_explored.c - what explore says, as walk reads it: its JSON and the schedules
 * that it keeps, recorded in fixtures/explored and made now; damaged ones, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/blame.h"
#include "../walk/join/join.h"
#include "../walk/read/read.h"
#include "../walk/tell/verdict.h"
#include "reports.h"

#define EXPLORED "scripts/test/fixtures/explored/"
#define REPORTS "scripts/test/fixtures/reports/"
#define WALK "build/bin/walk "
#define EXPLORE "build/bin/explore "
#define LAB12 "build/explore/labs/12-lock-order/lab"

static struct casefile c;
static const char *trouble;

static void setup(void) {
    make_tmp();
    c = (struct casefile){0};
}
static void done(void) {
    case_free(&c);
    remove_tmp();
}
TestSuite(walk_explored, .init = setup, .fini = done, .timeout = 300);

/* Reads bytes as the one form or the other. */
static bool read_as(bool schedule, const char *bytes, size_t size) {
    char none;
    FILE *in = size ? fmemopen((void *)(uintptr_t)bytes, size, "rb") : fmemopen(&none, 1, "wb+");
    trouble = NULL;
    bool read = (schedule ? read_schedule : read_explored)(&c, in, "x", &trouble);
    fclose(in);
    return read;
}

static void reads(const char *path) {
    char *text = slurp("%s", path);
    bool schedule = strstr(path, ".schedule");
    cr_assert(read_as(schedule, text, strlen(text)), "%s: %s", path, trouble);
}

/* --- what it finds --------------------------------------------------------------------- */

ParameterizedTestParameters(walk_explored, finds_what_was_explored) {
    return each(EXPLORED "*.json");
}

ParameterizedTest(path_param *path, walk_explored, finds_what_was_explored) {
    reads(*path);
    char *expected = slurp("%.*s.expected", (int)(strrchr(*path, '.') - *path), *path);
    cr_assert_str_eq(findings_of(&c), expected, "%s: %s", *path, findings_of(&c));
    cr_assert_eq(c.tools[TOOL_EXPLORE].runs, 1);
    cr_assert_eq(c.tools[TOOL_EXPLORE].with_findings, *expected != '\0');
}

ParameterizedTestParameters(walk_explored, a_saved_schedule_is_a_witness_alone) {
    return each(EXPLORED "*.schedule");
}

/* With its sites, and as it was kept before it had any. */
ParameterizedTest(path_param *path, walk_explored, a_saved_schedule_is_a_witness_alone) {
    reads(*path);
    char *found = findings_of(&c);
    char *expected = slurp("%.*s.expected", (int)(strrchr(*path, '.') - *path), *path);
    cr_assert_eq(lines(found), 1, "%s: %s", *path, found);
    cr_assert(strstr(expected, found), "%s: %s", *path, found);
    struct outcome o = sh(10,
                          "sed -E '/^(says|site|earlier|circle|held):|^    #/d' %s >%s/old && " WALK
                          "--format list %s/old | cut -f 1,4",
                          *path, tmp, tmp);
    exited(o, 0);
    cr_assert(strstr(o.out, "\texplore\n"), "%s: %s", *path, o.out);
}

Test(walk_explored, a_race_has_both_sites) {
    reads(EXPLORED "free_early.json");
    cr_assert_eq(c.finding_count, 1);
    const struct finding *f = c.findings[0];
    cr_assert_eq(f->site_count, 2);
    cr_assert_eq(f->sites[0].access, ACCESS_READ);
    cr_assert_eq(f->sites[0].size, 4);
    cr_assert_eq(f->sites[1].access, ACCESS_FREE);
    cr_assert_str_eq(f->sites[0].thread, "T1");
    cr_assert_str_eq(f->sites[1].thread, "T2");
    const struct frame *use = &f->sites[0].stack.frames[0];
    cr_assert_str_eq(use->function, "use");
    cr_assert_str_eq(use->file, "scripts/test/fixtures/schedules/free_early.c");
    cr_assert_eq(use->line, 12);
    cr_assert_str_eq(f->object.what, "a block of 4 bytes that T0 allocated");
    cr_assert(strstr(f->headline, "use after free: T1 uses"), "%s", f->headline);
    cr_assert_gt(f->line, 1, "the line of the defect in the file");
}

Test(walk_explored, a_deadlock_has_a_site_for_each_thread_and_where_it_took_its_lock) {
    const char *files[] = {EXPLORED "order_3_deadlock.json", EXPLORED "order_3_deadlock.schedule"};
    for (int i = 0; i < 2; i++) {
        reads(files[i]);
        const struct finding *f = c.findings[0];
        cr_assert_eq(f->kind, KIND_LOCK_ORDER);
        cr_assert_eq(f->site_count, 3);
        for (size_t s = 0; s < 3; s++) {
            cr_assert_eq(f->sites[s].access, ACCESS_LOCK);
            cr_assert_eq(f->sites[s].lock_count, 1);
            cr_assert_str_eq(stack_blamed_name(&f->sites[s].stack), "both");
            cr_assert_str_eq(stack_blamed_name(&f->sites[s].earlier), "both");
            cr_assert_lt(f->sites[s].earlier.frames[0].line, f->sites[s].stack.frames[0].line);
        }
        case_free(&c);
    }
}

/* The runtime's own frames are nobody's business. */
Test(walk_explored, the_runtime_is_not_the_programs_own) {
    reads(EXPLORED "thread_leak.json");
    const struct stack *s = &c.findings[0]->sites[0].stack;
    cr_assert_str_eq(s->frames[s->count - 1].function, "main_entry");
    cr_assert_not(s->frames[s->count - 1].own);
    cr_assert(s->frames[s->count - 2].own);
}

/* --- how sure it is ---------------------------------------------------------------------- */

static const char *seen_by(const struct finding *f) {
    return witness_words(&c, f, &c.pool);
}

Test(walk_explored, says_in_how_many_schedules_and_what_suffices) {
    reads(EXPLORED "pointer_crash.json");
    cr_assert_str_eq(seen_by(c.findings[0]), "explore in 1 of 4 schedules (1 preemption suffices)");
    cr_assert_str_eq(explored_words(&c, c.findings[0], &c.pool),
                     "in 1 of 4 schedules; 1 preemption suffices");
    reads(EXPLORED "buffer_if_assertion.json"); /* another finding, more schedules in all */
    cr_assert_str_eq(seen_by(c.findings[1]),
                     "explore in 1 of 24 schedules (2 preemptions suffice)");
    case_free(&c);
    reads(EXPLORED "spin_forever.json");
    cr_assert_str_eq(seen_by(c.findings[0]),
                     "explore in 1 of 1 schedule (no preemption is needed)");
    case_free(&c);
    reads(EXPLORED "pointer_crash.schedule");
    cr_assert_str_eq(seen_by(c.findings[0]), "explore in a saved schedule (1 preemption suffices)");
}

Test(walk_explored, no_failure_is_a_silent_run) {
    struct outcome o = sh(5, WALK EXPLORED "mutex_correct.json");
    exited(o, 0);
    cr_assert(strstr(o.out, "explore  0 of 1  silent: no failure in 20000 schedules"), "%s", o.out);
    cr_assert(strstr(o.out, "Nothing was found in what was read."), "%s", o.out);
    static const char *const formats[] = {"md", "html", "json", "junit", "sarif", "list"};
    static const char *const says[] = {"",
                                       "silent: no failure in 20000",
                                       "\"schedules\": 20000",
                                       "silent: no failure in 20000",
                                       "silent: no failure in 20000",
                                       ""};
    for (int i = 0; i < 6; i++) {
        o = sh(5, WALK "--format %s " EXPLORED "mutex_correct.json", formats[i]);
        exited(o, 0);
        cr_assert(strstr(o.out, says[i]), "%s: %s", formats[i], o.out);
    }
    o = sh(5, WALK "--format md " EXPLORED "mutex_correct.json " REPORTS "tsan-gcc-race.txt");
    cr_assert(strstr(o.out, "| no, in 20000 schedules |"), "%s", o.out);
}

Test(walk_explored, every_format_shows_the_witness) {
    static const char *const formats[] = {"text", "md", "html", "json", "sarif", "junit", "list"};
    static const char *const says[] = {
        "Seen by explore in 1 of 2 schedules (1 preemption suffices)",
        "in 1 of 2 schedules; 1 preemption suffices",
        "explore: in 1 of 2 schedules; 1 preemption suffices",
        "\"schedules\": 1,",
        "\"explored\": \"in 1 of 2 schedules; 1 preemption suffices\"",
        "explore: in 1 of 2 schedules; 1 preemption suffices",
        "lock order\tboth/both\t" EXPLORED "order_deadlock.json:20\texplore\n"};
    for (int i = 0; i < 7; i++) {
        struct outcome o = sh(5, WALK "--format %s " EXPLORED "order_deadlock.json", formats[i]);
        exited(o, 1);
        cr_assert(strstr(o.out, says[i]), "%s: %s", formats[i], o.out);
    }
    struct outcome o =
        sh(5, WALK "--format pprof " EXPLORED "order_deadlock.json | zcat | strings");
    cr_assert(strstr(o.out, "in 1 of 2 schedules; 1 preemption suffices"), "%s", o.out);
}

/* --- beside the others ----------------------------------------------------------------------- */

/* TSan's report of the race that explore found, too, the sides the other way round. */
static const char same_race[] =
    "WARNING: ThreadSanitizer: data race (pid=1)\n"
    "  Write of size 4 at 0x1 by thread T1:\n    #0 next src/a.c:2 (a+0x1)\n\n"
    "  Previous read of size 4 at 0x1 by thread T2:\n    #0 drop src/a.c:3 (a+0x2)\n\n"
    "SUMMARY: ThreadSanitizer: data race src/a.c:2 in next\n";

Test(walk_explored, the_same_functions_are_one_finding_with_two_witnesses) {
    read_bytes(&c, same_race, sizeof same_race - 1);
    reads(EXPLORED "free_inside.json");
    cr_assert_eq(c.finding_count, 2);
    cr_assert_str_eq(c.findings[0]->pair, "drop/next");
    cr_assert_eq(finding_tools(c.findings[0]), 2);
    cr_assert_str_eq(seen_by(c.findings[0]),
                     "ThreadSanitizer (1 report), explore in 1 of 1 "
                     "schedule (no preemption is needed)");
    join(&c);
    cr_assert_str_eq(c.findings[0]->pair, "drop/next", "most witnesses first");
}

Test(walk_explored, why_the_detectors_are_silent_where_it_is_not) {
    reads(EXPLORED "balance_abort.json");
    case_begin_run(&c);
    case_tool_ran(&c, TOOL_TSAN);
    case_tool_ran(&c, TOOL_DRD);
    join(&c);
    cr_assert(strstr(c.silence[TOOL_TSAN], "(atomicity)"), "%s", c.silence[TOOL_TSAN]);
    cr_assert_str_eq(c.silence[TOOL_TSAN], c.silence[TOOL_DRD]);
    cr_assert_null(c.silence[TOOL_EXPLORE]);
}

Test(walk_explored, why_it_is_silent_where_others_are_not) {
    reads(EXPLORED "mutex_correct.json");
    read_bytes(&c, same_race, sizeof same_race - 1);
    c.lab.silent = "what the lab says is of detectors";
    join(&c);
    cr_assert(strstr(c.silence[TOOL_EXPLORE], "compiled by cc.sh"), "%s", c.silence[TOOL_EXPLORE]);
}

Test(walk_explored, a_core_is_told_how_to_die_on_demand) {
    struct outcome o = sh(5, WALK
                          "traces/08-load-then-store/{core,explore}.json --tsan "
                          "traces/08-load-then-store/tsan.txt");
    exited(o, 1);
    cr_assert(strstr(o.out, "No detector found anything."), "%s", o.out);
    cr_assert(strstr(o.out, "On demand: explore makes it die in count_connections in "), "%s",
              o.out);
}

Test(walk_explored, is_sorted_into_groups) {
    exited(sh(5, "cp " EXPLORED "free_inside.* " EXPLORED "mutex_correct.json %s", tmp), 0);
    struct outcome o = sh(5, WALK "--group %s --format list | cut -f 1,3", tmp);
    cr_assert_str_eq(o.out, "2\trace: drop and next\n1\tbad free in drop\n");
}

/* --- damage ------------------------------------------------------------------------------------
 */

static void refused_in_one_line(bool schedule, const char *bytes, size_t size) {
    char *copy = malloc(size + 1); /* so that a read beyond the end is seen */
    memcpy(copy, bytes, size);
    cr_assert_not(read_as(schedule, copy, size), "%.*s", (int)size, bytes);
    cr_assert(trouble && *trouble && !strchr(trouble, '\n'), "%s", trouble);
    cr_assert_eq(c.finding_count, 0);
    cr_assert_eq(c.tools[TOOL_EXPLORE].runs, 0);
    case_free(&c);
    free(copy);
}

Test(walk_explored, one_that_is_cut_off_anywhere_is_refused) {
    static const char *const files[] = {"free_early.json", "order_deadlock.schedule",
                                        "thread_leak.schedule"};
    for (int i = 0; i < 3; i++) {
        char *text = slurp(EXPLORED "%s", files[i]);
        size_t size = strlen(text);
        for (size_t n = 0; n + 1 < size; n++) /* the last newline of JSON may be missing */
            refused_in_one_line(strstr(files[i], ".schedule"), text, n);
        cr_assert(read_as(strstr(files[i], ".schedule"), text, size), "%s", trouble);
        case_free(&c);
    }
}

Test(walk_explored, what_is_damaged_is_refused_with_what_is_wrong) {
#define START "{\"format\": \"racelab exploration 1\", "
    static const struct {
        bool schedule;
        const char *text, *says;
    } bad[] = {
        {false, "[]", "is not what"},
        {false, "{\"format\": \"racelab exploration 2\"}", "version 2 of what explore tells"},
        {false, START "\"schedules\": 3}", "no defects"},
        {false, START "\"schedules\": \"3\", \"defects\": []}", "no number of schedules"},
        {false, START "\"schedules\": 3, \"defects\": [{\"kind\": \"race\"}, 7]}", "defect 2"},
        {true, "racelab schedule 2\n", "of a version"},
        {true, "racelab schedule 1\nsegments: 0\n", "cut off"},
        {true, "racelab schedule 1\nfailure: race\nsegments: 99999999\n", "cut off"},
        {true, "racelab schedule 1\nfailure: race\nsegments: 0\nT0 until 1 blocked\n", "cut off"},
        {true, "racelab schedule 1\nfailure: race\nsite: somebody\nsegments: 0\n", "damaged"},
        {true, "racelab schedule 1\nfailure: race\n    #0 f\nheld:\nsegments: 0\n", "damaged"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert_not(read_as(bad[i].schedule, bad[i].text, strlen(bad[i].text)), "%s",
                      bad[i].text);
        cr_assert(strstr(trouble, bad[i].says), "%s: %s", bad[i].text, trouble);
    }
}

Test(walk_explored, fields_of_wrong_types_are_left_out) {
    static const char odd[] = START
        "\"schedules\": -3, \"program\": 1, \"defects\": [{\"kind\": \"race\", \"pair\": [],"
        "\"site\": {\"does\": 7, \"thread\": \"x\", \"stack\": [1, {\"line\": -1}]},"
        "\"earlier\": [], \"circle\": {}}, {\"kind\": \"of tomorrow\", \"site\": null}]}";
    cr_assert(read_as(false, odd, sizeof odd - 1), "%s", trouble);
    cr_assert_str_eq(findings_of(&c), "other\t?\nrace\t?\n", "%s", findings_of(&c));
}

Test(walk_explored, the_command_refuses_with_2_and_one_line) {
    refused(sh(5, WALK "--schedule README.md"), 2, "neither `explore --json` printed this");
    refused(sh(5, WALK "--schedule " REPORTS "helgrind-race-global.xml"), 2, "neither");
    refused(sh(5, WALK "--schedule %s/none", tmp), 2, "No such file");
    exited(sh(5, "head -c 700 " EXPLORED "free_early.json >%s/cut", tmp), 0);
    refused(sh(5, WALK "%s/cut", tmp), 2, "cut: is cut off or damaged: line ");
    exited(sh(5, "head -c 700 " EXPLORED "free_early.schedule >%s/cut", tmp), 0);
    refused(sh(5, WALK "%s/cut", tmp), 2, "cut: is cut off, or a line is damaged");
}

/* --- the real tool ------------------------------------------------------------------- */

Test(walk_explored, explore_is_read_from_a_pipe) {
    struct outcome o = sh(60, EXPLORE "--json --until end --schedules 300 -- " LAB12 " | " WALK
                                      "--format list - | cut -f 1,2,4 | sort");
    exited(o, 0);
    cr_assert_str_eq(o.out,
                     "lock order\tmap_count/map_move\texplore\n"
                     "lock order\tmap_move/map_move\texplore\n");
}

Test(walk_explored, explore_and_tsan_agree_on_lab_12) {
    struct outcome o =
        sh(60, EXPLORE "--json --until end --schedules 300 -- " LAB12 " | " WALK
                       "--format list - traces/12-lock-order/tsan.txt | cut -f 1,2,4 | head -n 1");
    exited(o, 0);
    cr_assert_str_eq(o.out, "lock order\tmap_count/map_move\ttsan,explore\n");
}

/* What is kept now, and what was kept before there were sites, is replayed alike. */
Test(walk_explored, a_schedule_is_saved_walked_and_replayed) {
    exited(sh(60, EXPLORE "--format list --save %s/new -- " LAB12, tmp), 1);
    struct outcome o = sh(5, WALK "%s/new", tmp);
    exited(o, 1);
    cr_assert(strstr(o.out, "Seen by explore in a saved schedule ("), "%s", o.out);
    cr_assert(strstr(o.out, "truck 1 (T1)") && strstr(o.out, "truck 2 (T2)"), "%s", o.out);
    exited(sh(5, "sed -E '/^(says|site|circle|held):|^    #/d' %s/new >%s/old", tmp, tmp), 0);
    static const char *const files[] = {"new", "old"};
    for (int i = 0; i < 2; i++) {
        o = sh(60, EXPLORE "--format list --replay %s/%s", tmp, files[i]);
        exited(o, 1);
        cr_assert_str_eq(o.out, "deadlock\tmap_move/map_move\t\n", "%s", files[i]);
    }
}
