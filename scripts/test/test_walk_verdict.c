/*
 * test_walk_verdict.c - what all pages share: names, the sentences of the verdict, the
 * two lanes, and many threads told as one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/tell/lanes.h"
#include "../walk/tell/threads.h"
#include "../walk/tell/utf8.h"
#include "../walk/tell/verdict.h"
#include "sample_case.h"
#include "support.h"

/* --- names ---------------------------------------------------------------------------- */

static void title_is(enum kind kind, const char *pair, const char *expected) {
    char title[256];
    finding_title(&(struct finding){.kind = kind, .pair = pair}, title, sizeof title);
    cr_expect_str_eq(title, expected);
}

Test(walk_verdict, a_title_names_each_function_once) {
    title_is(KIND_RACE, "f/g", "race: f and g");
    title_is(KIND_RACE, "f/f", "race: f, by two threads");
    title_is(KIND_RACE, "f/ff", "race: f and ff");
    title_is(KIND_RACE, "ff/f", "race: ff and f");
    title_is(KIND_RACE, "f", "race in f");
    title_is(KIND_LOCK_ORDER, "f/f", "lock order: f, in two orders");
    title_is(KIND_LOCK_ORDER, "f/g/h", "lock order: f, g and h");
    title_is(KIND_LOCK_ORDER, "f/f/f", "lock order: f, on all sides");
    title_is(KIND_USE_AFTER_FREE, "f/f", "use after free: f, on both sides");
    title_is(KIND_LEAK, "?", "leak");
    title_is(KIND_LEAK, NULL, "leak");
}

Test(walk_verdict, a_fault_is_known_by_its_name) {
    for (int f = 0; f < FAULT_COUNT; f++) {
        cr_expect_eq((int)fault_of(fault_name((enum fault)f)), f);
        cr_expect_gt(strlen(fault_title((enum fault)f)), 5);
        exited(sh(5, "grep '\"none\", \"null\"' docs/case.schema.json | grep -q '\"%s\"'",
                  fault_name((enum fault)f)),
               0);
    }
    cr_expect_eq(fault_of("nonsense"), FAULT_COUNT);
}

Test(walk_verdict, characters_that_lie_are_not_shown) {
    static const struct {
        const char *text;
        size_t bytes;
        bool shown;
    } table[] = {
        {"a", 1, true},
        {"é", 2, true},
        {"…", 3, true},
        {"\U0001f4a5", 4, true},
        {"\n", 1, false},
        {"\x7f", 1, false},
        {"\xc2\x9b", 2, false},
        {"\u202e", 3, false},
        {"\u061c", 2, false},
        {"\ufeff", 3, false},
        {"\xef\xbf\xbe", 3, false},
        {"\xff", 1, false},
        {"\xed\xa0\x80", 1, false},
        {"\xf0\x9f", 1, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t bytes = 0;
        cr_expect_eq(utf8_shown(table[i].text, &bytes), table[i].shown, "the %zuth", i);
        cr_expect_eq(bytes, table[i].bytes, "the %zuth has %zu bytes", i, bytes);
    }
}

/* --- the verdict ---------------------------------------------------------------------- */

/* All sentences, a line each. */
static const char *verdict(const struct casefile *c) {
    static char text[4096];
    struct sentence sentences[SENTENCES_MOST];
    struct pool p = {0};
    size_t n = verdict_of(c, sentences, &p);
    text[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        strcat(strcat(text, sentence_text(&sentences[i], &p)), "\n");
        cr_assert(i == 0 || sentences[i].about > sentences[i - 1].about, "not in order");
    }
    pool_free(&p);
    return text;
}

Test(walk_verdict, of_a_crash_with_its_cause) {
    struct casefile *c = sample_race();
    cr_assert_str_eq(verdict(c),
                     "It died of SIGABRT in writer 2, in hmap_assign, key 4000.\n"
                     "The likely cause: race: hmap_assign, by two threads.\n"
                     "Seen by ThreadSanitizer in 3 of 4 runs, Helgrind in 3 of 3 runs.\n"
                     "Linked with the crash: writer 2 was in hmap_assign, the function "
                     "of this race, when it died.\n");
    c->findings[2]->part_of = c->findings[0];
    cr_assert(strstr(verdict(c), "3 of 3 runs; one side of it by DRD in 3 of 3 runs.\n"));
    c->link = (struct link){.thread = -1, .other = -1, .site = -1};
    cr_assert(strstr(verdict(c), "\nrace: hmap_assign, by two threads.\nSeen"));
    cr_assert(strstr(verdict(c), "\nNot linked with the crash: no stack in the core"));
    sample_free(c);
}

Test(walk_verdict, of_a_deadlock) {
    struct casefile *c = sample_deadlock();
    static int five[] = {0, 1, 2, 1, 0};
    cr_assert(strstr(verdict(c), "A deadlock: truck 1 and truck 2 wait for one another.\n"));
    c->core->cycle_count = 1;
    cr_assert(strstr(verdict(c), "A deadlock: truck 1 waits for a lock that it holds itself.\n"));
    c->core->cycle = five;
    c->core->cycle_count = 5;
    cr_assert(strstr(verdict(c), "A deadlock: 5 threads wait for one another.\n"));
    c->core->signal = NULL;
    cr_assert(strncmp(verdict(c), "It had not died", 15) == 0);
    sample_free(c);
}

Test(walk_verdict, of_nothing_found) {
    struct casefile *c = sample_empty();
    cr_assert_str_eq(verdict(c), "Nothing was found in what was read.\n");
    c->tools[TOOL_TSAN] = (struct tool_state){.runs = 2, .not_started = 2};
    cr_assert_eq(strncmp(verdict(c), "No tool could start.", 20), 0);
    c->tools[TOOL_TSAN].not_started = 1;
    cr_assert_str_eq(verdict(c), "Nothing was found in what was read.\n");
    sample_free(c);
}

/* --- lanes ------------------------------------------------------------------------------ */

Test(walk_verdict, a_lane_of_the_core_has_what_a_tool_saw_there) {
    struct casefile *c = sample_race();
    struct lanes l;
    lanes_of(c, &l);
    cr_assert_eq(l.count, 2);
    cr_assert_null(l.finding);
    cr_assert_str_eq(l.lane[0].what, "in hmap_assign, key 4000");
    cr_assert_str_eq(l.lane[0].seen, "read of 8 bytes, holding no lock");
    cr_assert_str_eq(l.lane[1].seen, "write of 8 bytes, holding no lock");
    cr_assert_str_eq(l.seer, "ThreadSanitizer");
    c->core->threads[2].hold_count = 1; /* its locks in this very run say more */
    lanes_of(c, &l);
    cr_assert_str_eq(l.lane[0].seen, "");
    c->core->threads[2].hold_count = 0;
    c->link = (struct link){.thread = -1, .other = -1, .site = -1};
    lanes_of(c, &l); /* of a finding that nothing links, another run says nothing here */
    cr_assert_str_eq(l.lane[0].seen, "");
    sample_free(c);
    c = sample_deadlock();
    lanes_of(c, &l);
    cr_assert_str_eq(l.lane[0].what, "waits for mutex depot->bays[1].lock, held by truck 2");
    cr_assert_str_eq(l.lane[0].seen, "");
    sample_free(c);
}

/* --- threads ------------------------------------------------------------------------------ */

Test(walk_verdict, many_threads_alike_are_one_crowd) {
    enum { THREADS = 40 };
    static struct frame frames[2] = {{.function = "wait", .own = true},
                                     {.function = "other", .own = true}};
    static struct thread threads[THREADS];
    static char names[THREADS][16];
    for (int i = 0; i < THREADS; i++) {
        snprintf(names[i], sizeof names[i], "worker %d", (i + 7) % THREADS);
        threads[i] = (struct thread){.name = names[i], .holder = -1, .stack = {frames, 1, 0, 0, 0}};
    }
    threads[20].stack.frames = &frames[1];
    threads[30].hold_count = 1;
    struct core core = {
        .threads = threads, .thread_count = THREADS, .victim = 9, .crossing = {-1, -1}};
    struct crowd crowds[8];
    size_t left_out, n = crowds_of(&core, crowds, 8, &left_out);
    char who[128], where[128];
    cr_assert_eq(n, 4);
    cr_assert_eq(left_out, 0);
    cr_assert_eq(crowds[0].first, 9, "the victim is the first, and alone");
    cr_assert_eq(crowds[0].count, 1);
    cr_assert_str_eq(crowd_who(&core, &crowds[1], who, sizeof who),
                     "worker 0 .. worker 39 (37 threads)");
    cr_assert_str_eq(thread_where(&threads[20], where, sizeof where), "in other");
    n = crowds_of(&core, crowds, 2, &left_out);
    cr_assert_eq(n, 2);
    cr_assert_eq(left_out, 2);
    core.thread_count = 5; /* few are told one by one */
    cr_assert_eq(crowds_of(&core, crowds, 8, &left_out), 5);
}
