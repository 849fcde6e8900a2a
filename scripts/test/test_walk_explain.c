/*
 * test_walk_explain.c - the guide for newcomers, the key fields, and where to look.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/join/join.h"
#include "../walk/read/read.h"
#include "../walk/tell/explain.h"
#include "../walk/tell/tell.h"
#include "sample_case.h"
#include "support.h"

/* --- the guide -------------------------------------------------------------------- */

/* How many lines a text takes when it is folded at `width` columns. */
static int folded(const char *text, size_t width) {
    int count = 1;
    size_t column = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column && column + 1 + length > width) {
            count++;
            column = 0;
        }
        column += (column ? 1 : 0) + length;
        text += length;
        text += strspn(text, " ");
    }
    return count;
}

Test(guide, folding_counts_lines) {
    cr_assert_eq(folded("one", 5), 1);
    cr_assert_eq(folded("one two", 7), 1);
    cr_assert_eq(folded("one two", 6), 2);
    cr_assert_eq(folded("a b c d", 1), 4);
}

/* Four texts, all there, each a sentence with an end; together fewer than ten lines of a
 * page of 80 columns: each is set off by a label of ten and a margin of four. */
static void is_complete(const char *name, const struct guide *g) {
    cr_assert_not_null(g, "%s has no guide", name);
    const char *const texts[] = {g->means, g->look, g->repair, g->silence};
    int sum = 0;
    for (size_t i = 0; i < 4; i++) {
        cr_assert(texts[i] && strlen(texts[i]) > 20, "%s: text %zu is missing", name, i);
        size_t end = strlen(texts[i]) - 1;
        cr_assert(strchr(".?", texts[i][end]), "%s: \"%s\" does not end", name, texts[i]);
        for (const char *at = texts[i]; *at; at++)
            cr_assert(*at >= ' ' && *at < 0x7f, "%s: \"%s\" is not plain", name, texts[i]);
        cr_assert(!strstr(texts[i], "  "), "%s: two blanks in \"%s\"", name, texts[i]);
        sum += folded(texts[i], 66);
    }
    cr_assert(strstr(g->repair, "Not: "), "%s: names no wrong repair", name);
    cr_assert_leq(sum, 9, "%s takes %d lines", name, sum);
}

Test(guide, is_there_for_every_kind) {
    for (int k = 0; k < KIND_COUNT; k++)
        is_complete(kind_name((enum kind)k), guide_for((enum kind)k));
}

Test(guide, is_there_for_every_fault) {
    for (int f = 0; f < FAULT_COUNT; f++) {
        char name[32];
        snprintf(name, sizeof name, "fault %d", f);
        is_complete(name, guide_for_fault((enum fault)f));
    }
    is_complete("deadlock", guide_for_deadlock());
}

Test(guide, no_two_kinds_share_a_meaning) {
    for (int a = 0; a < KIND_COUNT; a++)
        for (int b = 0; b < a; b++)
            cr_assert_str_neq(guide_for((enum kind)a)->means, guide_for((enum kind)b)->means);
    for (int a = 0; a < FAULT_COUNT; a++)
        for (int b = 0; b < a; b++)
            cr_assert_str_neq(guide_for_fault((enum fault)a)->means,
                              guide_for_fault((enum fault)b)->means);
}

/* What is nobody's kind is OTHER, not a read beyond the table. */
Test(guide, knows_what_to_say_of_the_unknown) {
    cr_assert_eq(guide_for(KIND_COUNT), guide_for(KIND_OTHER));
    cr_assert_eq(guide_for((enum kind) - 1), guide_for(KIND_OTHER));
    cr_assert_eq(guide_for_fault(FAULT_COUNT), guide_for_fault(FAULT_OTHER));
}

/* --- key fields -------------------------------------------------------------------- */

#define PROGRAMS "scripts/test/fixtures/programs/"
#define REPORTS "scripts/test/fixtures/reports/"

static void read_report(struct casefile *c, const char *name) {
    char path[256];
    snprintf(path, sizeof path, REPORTS "%s", name);
    FILE *in = fopen(path, "r");
    cr_assert_not_null(in, "%s is missing", path);
    if (strstr(name, ".xml"))
        read_xml(c, in, path, TOOL_COUNT);
    else
        read_text(c, in, path, TOOL_COUNT);
    fclose(in);
}

static struct casefile one_report(const char *name) {
    struct casefile c = {0};
    read_report(&c, name);
    join(&c);
    return c;
}

/* The rows, field and value of each, are these; the meanings are there. */
static void rows_are(const struct row *rows, size_t count, const char *const (*want)[2],
                     size_t wanted) {
    for (size_t i = 0; i < count && i < wanted; i++) {
        cr_assert_str_eq(rows[i].cells[0], want[i][0], "row %zu: \"%s\", expected \"%s\"", i,
                         rows[i].cells[0], want[i][0]);
        cr_assert_str_eq(rows[i].cells[1], want[i][1], "%s: \"%s\", expected \"%s\"", want[i][0],
                         rows[i].cells[1], want[i][1]);
        cr_assert(rows[i].cells[2] && strlen(rows[i].cells[2]) > 5, "%s: no meaning", want[i][0]);
    }
    cr_assert_eq(count, wanted, "%zu rows, expected %zu", count, wanted);
}

static void key_fields_are(const struct casefile *c, const char *const (*want)[2], size_t wanted) {
    struct row rows[12];
    struct pool p = {0};
    rows_are(rows, key_fields(c, rows, 12, &p), want, wanted);
    pool_free(&p);
}

#define KEY_FIELDS_ARE(c, ...)                                                                     \
    do {                                                                                           \
        static const char *const want[][2] = __VA_ARGS__;                                          \
        key_fields_are(c, want, sizeof want / sizeof *want);                                       \
    } while (0)

Test(key_fields, of_a_race_that_tsan_reports) {
    struct casefile c = one_report("tsan-gcc-race-mutexes.txt");
    KEY_FIELDS_ARE(
        &c, {{"WARNING", "data race"},
             {"Read of size 8 by thread T2", "add_right, " PROGRAMS "race-mutexes.c:14"},
             {"Previous write of size 8 by thread T1", "add_left, " PROGRAMS "race-mutexes.c:10"},
             {"mutexes", "M1, M2; other side: M0"},
             {"Location is", "global 'total'"},
             {"Thread T2 created by", "main, " PROGRAMS "race-mutexes.c:36"}});
    case_free(&c);
}

Test(key_fields, of_an_atomic_access_and_a_free) {
    struct casefile c = one_report("tsan-gcc-race-atomic.txt");
    KEY_FIELDS_ARE(&c, {{"WARNING", "data race"},
                        {"Read of size 4 by thread T2", "must_stop, " PROGRAMS "race-atomic.c:13"},
                        {"Previous atomic write of size 4 by thread T1",
                         "ask_to_stop, " PROGRAMS "race-atomic.c:9"},
                        {"mutexes", "none on either side"},
                        {"Location is", "global 'stop'"},
                        {"Thread T2 created by", "main, " PROGRAMS "race-atomic.c:29"}});
    case_free(&c);
    c = one_report("tsan-gcc-use-after-free.txt");
    KEY_FIELDS_ARE(
        &c, {{"WARNING", "heap-use-after-free"},
             {"Read of size 8 by thread T2", "show_session, " PROGRAMS "use-after-free.c:17"},
             {"Previous write of size 8 by main thread", "free"},
             {"Thread T2 created by", "main, " PROGRAMS "use-after-free.c:35"}});
    case_free(&c);
}

Test(key_fields, of_two_orders_of_locks) {
    struct casefile c = one_report("tsan-gcc-lock-order-2-both.txt");
    KEY_FIELDS_ARE(&c,
                   {{"WARNING", "lock-order-inversion (potential deadlock)"},
                    {"acquired here, thread T1", "take_a_then_b, " PROGRAMS "lock-order-2.c:9"},
                    {"acquired here, thread T2", "take_b_then_a, " PROGRAMS "lock-order-2.c:16"},
                    {"Cycle in lock order graph", "mutexes M0, M1"},
                    {"Thread T1 created by", "main, " PROGRAMS "lock-order-2.c:33"}});
    case_free(&c);
}

Test(key_fields, of_a_race_that_helgrind_reports) {
    struct casefile c = one_report("helgrind-race-mutexes.txt");
    KEY_FIELDS_ARE(
        &c, {{"first line", "Possible data race during read of size 8 at 0x10C108 by thread #3"},
             {"during read of size 8 by thread #3", "add_right, " PROGRAMS "race-mutexes.c:14"},
             {"conflicts with a previous write of size 8 by thread #2",
              "add_left, " PROGRAMS "race-mutexes.c:10"},
             {"Locks held", "right, ledger; other side: left"},
             {"Address … is", "global 'total'"},
             {"Thread #3 was created", "main, " PROGRAMS "race-mutexes.c:36"}});
    case_free(&c);
}

Test(key_fields, of_two_orders_that_helgrind_reports) {
    struct casefile c = one_report("helgrind-lock-order-2.txt");
    KEY_FIELDS_ARE(&c,
                   {{"first line", "Thread #3: lock order \"0x10C060 before 0x10C0A0\" violated"},
                    {"Observed (incorrect) order", "take_b_then_a, " PROGRAMS "lock-order-2.c:16"},
                    {"Required order", "take_a_then_b, " PROGRAMS "lock-order-2.c:9"},
                    {"lock order", "locks fork_a and fork_b"},
                    {"Thread #3 was created", "main, " PROGRAMS "lock-order-2.c:35"},
                    {"created at", "take_a_then_b, " PROGRAMS "lock-order-2.c:8"}});
    case_free(&c);
}

/* DRD keeps no second stack, and the row says so. */
Test(key_fields, of_a_race_that_drd_reports) {
    struct casefile c = one_report("drd-race-mutexes.txt");
    struct row rows[12];
    struct pool p = {0};
    cr_assert_eq(key_fields(&c, rows, 12, &p), 4);
    cr_assert(strncmp(rows[0].cells[1], "Conflicting load by thread 3", 28) == 0);
    cr_assert_str_eq(rows[1].cells[0], "Conflicting load of size 8 by thread 3");
    cr_assert_str_eq(rows[1].cells[1], "add_right, " PROGRAMS "race-mutexes.c:14");
    cr_assert_str_eq(rows[2].cells[0], "Allocation context");
    cr_assert_str_eq(rows[3].cells[1], "no second stack");
    pool_free(&p);
    case_free(&c);
}

Test(key_fields, of_what_address_sanitizer_reports) {
    struct casefile c = one_report("asan-gcc-use-after-free.txt");
    KEY_FIELDS_ARE(&c,
                   {{"ERROR", "heap-use-after-free"},
                    {"READ of size 8, thread T2", "show_session, " PROGRAMS "use-after-free.c:17"},
                    {"freed by thread T1", "end_session, " PROGRAMS "use-after-free.c:13"},
                    {"is located", "heap block of size 32"},
                    {"Thread T2 was created", "main, " PROGRAMS "use-after-free.c:35"},
                    {"allocated by", "make_session, " PROGRAMS "use-after-free.c:7"}});
    case_free(&c);
}

/* A core and a report: the core's fields come first, and nine rows are the most. */
Test(key_fields, of_a_core_and_a_race) {
    struct casefile *c = sample_race();
    KEY_FIELDS_ARE(
        c, {{"terminated with signal", "SIGABRT"},
            {"LWP", "31948: writer 2"},
            {"frame #7", "hmap_assign, labs/common/hmap.c:249"},
            {"WARNING", "data race"},
            {"Read of size 8 by thread T2", "hmap_assign, labs/common/hmap.c:251"},
            {"Previous write of size 8 by thread T1", "hmap_assign, labs/common/hmap.c:260"},
            {"mutexes", "none on either side"},
            {"Location is", "heap block of size 56"},
            {"Thread T2 created by", "main, labs/01-concurrent-write/work.c:40"}});
    sample_free(c);
}

Test(key_fields, of_a_deadlock) {
    struct casefile *c = sample_deadlock();
    c->link.finding = NULL; /* the core alone */
    c->finding_count = 0;
    KEY_FIELDS_ARE(c, {{"terminated with signal", "SIGABRT"},
                       {"LWP", "5595: main"},
                       {"frame #8", "main, labs/12-lock-order/work.c:52"},
                       {"__owner, in a mutex", "5597: truck 2"}});
    sample_free(c);
}

Test(key_fields, of_a_wild_pointer_say_what_an_address_of_0_means) {
    struct casefile *c = sample_race();
    struct row rows[12];
    struct pool p = {0};
    c->core->signal = "SIGSEGV";
    c->core->fault = FAULT_NON_CANONICAL;
    cr_assert_eq(key_fields(c, rows, 12, &p), 9);
    cr_assert_str_eq(rows[1].cells[0], "si_addr");
    cr_assert_str_eq(rows[1].cells[1], "0x0");
    cr_assert_not_null(strstr(rows[1].cells[2], "no address"));
    pool_free(&p);
    sample_free(c);
}

Test(key_fields, are_no_more_than_asked_for) {
    struct casefile *c = sample_race();
    struct row rows[3] = {{{NULL}}};
    struct pool p = {0};
    cr_assert_eq(key_fields(c, rows, 2, &p), 2);
    cr_assert_null(rows[2].cells[0]);
    cr_assert_eq(where_to_look(c, rows, 0, &p), 0);
    pool_free(&p);
    sample_free(c);
}

/* A long value is cut where a character ends. */
Test(key_fields, are_short) {
    struct pool p = {0};
    struct rows r = {.pool = &p};
    const char *cut = row_value(&r, "%s",
                                "1234567890123456789012345678901234567890"
                                "123456789012345678901234567890é and more");
    cr_assert_str_eq(cut,
                     "1234567890123456789012345678901234567890"
                     "123456789012345678901234567890…");
    pool_free(&p);
}

/* --- where to look --------------------------------------------------------------------- */

static void places_are(const struct casefile *c, const char *const (*want)[2], size_t wanted) {
    struct row rows[16];
    struct pool p = {0};
    size_t count = where_to_look(c, rows, 16, &p);
    cr_assert_eq(count, wanted, "%zu rows, expected %zu", count, wanted);
    for (size_t i = 0; i < count; i++) {
        cr_assert_str_eq(rows[i].cells[0], want[i][0]);
        cr_assert(rows[i].cells[1] && *rows[i].cells[1]);
        cr_assert_str_eq(rows[i].cells[2], want[i][1], "%s: \"%s\", expected \"%s\"", want[i][0],
                         rows[i].cells[2], want[i][1]);
    }
    pool_free(&p);
}

#define PLACES_ARE(c, ...)                                                                         \
    do {                                                                                           \
        static const char *const want[][2] = __VA_ARGS__;                                          \
        places_are(c, want, sizeof want / sizeof *want);                                           \
    } while (0)

Test(where_to_look, names_what_is_there_or_that_a_tool_is_silent) {
    struct casefile *c = sample_deadlock();
    PLACES_ARE(c, {{"core", "main: main, labs/12-lock-order/work.c:52"},
                   {"core", "truck 1 -> truck 2 -> truck 1"},
                   {"core", "each waits for a lock that the other holds"},
                   {"core", "5596, truck 1"},
                   {"ThreadSanitizer", "lock order map_count/map_move, in 3 of 3"},
                   {"Helgrind", "lock order map_count/map_move, in 3 of 3"},
                   {"DRD", "silent: the table of tools says why"}});
    sample_free(c);
}

Test(where_to_look, has_no_row_for_what_did_not_run) {
    struct casefile *c = sample_empty();
    places_are(c, NULL, 0);
    sample_free(c);
}

Test(where_to_look, tells_a_tool_that_could_not_start_from_a_silent_one) {
    struct casefile *c = sample_empty();
    c->tools[TOOL_TSAN] = (struct tool_state){.runs = 2, .not_started = 2, .reason = "FATAL: x"};
    c->tools[TOOL_HELGRIND] = (struct tool_state){.runs = 3};
    PLACES_ARE(c,
               {{"ThreadSanitizer", "did not start: FATAL: x"}, {"Helgrind", "silent in 3 runs"}});
    sample_free(c);
}
