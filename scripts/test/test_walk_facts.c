/*
 * test_walk_facts.c - what GDB told of a core, read from JSON: also when it is damaged.
 */
#include <stdio.h>
#include <string.h>

#include "../walk/read/read.h"
#include "support.h"

TestSuite(walk_facts, .timeout = 60);

static struct casefile c;
static const char *trouble;

static bool facts(const char *json) {
    FILE *in = fmemopen((char *)json, strlen(json), "r");
    trouble = NULL;
    c = (struct casefile){0};
    bool good = read_facts(&c, in, "facts.json", &trouble);
    fclose(in);
    return good;
}

Test(walk_facts, facts_that_are_none_are_refused_with_one_line) {
    static const struct {
        const char *json, *says;
    } bad[] = {
        {"", "no JSON that can be read: line 1"},
        {"[1, 2]", "is not what `case` writes"},
        {"{\"version\": 1, \"threads\": []}", "version 1 of what a core tells"},
        {"{\"version\": 2}", "is not what `case` writes"},
        {"{\"version\": 2, \"threads\": [", "no JSON that can be read"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert(!facts(bad[i].json), "%s", bad[i].json);
        cr_assert(strstr(trouble, bad[i].says), "%s", trouble);
        cr_assert_null(strchr(trouble, '\n'));
        cr_assert_null(c.core);
    }
}

Test(walk_facts, facts_of_wrong_types_are_left_out) {
    cr_assert(
        facts("{\"version\": 2, \"signal\": 11, \"victim\": 7, \"cycle\": [0, 9],"
              " \"crossing\": {\"threads\": [0, 0], \"why\": []}, \"fault\": {\"kind\": \"odd\"},"
              " \"looks\": 3, \"notes\": [1, \"a note\", \"a note\"], \"thread_total\": -1,"
              " \"threads\": [7, {\"name\": \"x\", \"holds\": [3, {\"address\": \"0x10\"}],"
              "  \"waits\": {\"kind\": \"mutex\", \"holder\": 9}, \"frames_omitted\": -5,"
              "  \"stack\": [{\"function\": 1, \"line\": -3, \"locals\": [[1], \"y\"]}, null]}]}"),
        "%s", trouble);
    const struct core *core = c.core;
    cr_assert_null(core->signal);
    cr_assert_eq(core->victim, -1);
    cr_assert_eq(core->cycle_count, 0);
    cr_assert_eq(core->crossing[0], 0);
    cr_assert_eq(core->crossing[1], -1);
    cr_assert_eq(core->fault, FAULT_OTHER);
    cr_assert_eq(core->note_count, 1);
    cr_assert_eq(core->thread_total, 2);
    const struct thread *t = &core->threads[1];
    cr_assert_eq(t->hold_count, 1);
    cr_assert_str_eq(t->holds[0].name, "0x10");
    cr_assert_eq(t->holder, -1);
    cr_assert_eq(t->stack.count, 2);
    cr_assert_eq(t->stack.omitted, 0);
    cr_assert_eq(t->stack.frames[0].line, 0);
    cr_assert_eq(t->stack.frames[0].local_count, 0);
}

Test(walk_facts, what_gdb_knows_not_to_be_the_programs_is_not_blamed) {
    cr_assert(facts("{\"version\": 2, \"threads\": [{\"waits\": {\"kind\": \"mutex\","
                    " \"address\": \"0x4da4a0\"}, \"stack\": ["
                    "{\"function\": \"on_fault\", \"file\": \"a.c\", \"line\": 9, \"own\": false},"
                    "{\"function\": \"total\", \"file\": \"a.c\", \"line\": 3, \"own\": true}]}]}"),
              "%s", trouble);
    const struct thread *t = &c.core->threads[0];
    cr_assert_eq(t->stack.blamed, 1);
    cr_assert(!t->stack.frames[0].own);
    cr_assert_str_eq(t->waits.name, "0x4da4a0");
}

Test(walk_facts, strings_and_stacks_that_are_too_long_are_cut) {
    static char json[200000];
    size_t at = (size_t)sprintf(json, "{\"version\": 2, \"signal\": \"");
    for (int i = 0; i < 1200; i++) /* two bytes each: the limit must not tear one */
        at += (size_t)sprintf(json + at, i ? "\u00e9" : "x");
    at += (size_t)sprintf(json + at, "\", \"threads\": [{\"frames_omitted\": 5, \"stack\": [");
    for (int i = 0; i < 1000; i++)
        at += (size_t)sprintf(json + at, "%s{\"function\": \"f%d\"}", i ? "," : "", i);
    sprintf(json + at, "]}]}");
    cr_assert(facts(json), "%s", trouble);
    cr_assert_eq(strlen(c.core->signal), 999);
    const struct stack *s = &c.core->threads[0].stack;
    cr_assert_eq(s->count, STACK_KEPT);
    cr_assert_eq(s->omitted, 1000 - STACK_KEPT + 5);
    cr_assert_str_eq(s->frames[STACK_KEPT - 33].function, "f223");
    cr_assert_str_eq(s->frames[STACK_KEPT - 32].function, "f968");
    cr_assert_str_eq(s->frames[STACK_KEPT - 1].function, "f999");
}

ParameterizedTestParameters(walk_facts, real_facts_are_read) {
    return each("scripts/walk/fuzz/seeds/facts/*.json");
}

ParameterizedTest(path_param *path, walk_facts, real_facts_are_read) {
    FILE *in = fopen(*path, "r");
    cr_assert(read_facts(&c, in, *path, &trouble), "%s", trouble);
    fclose(in);
    cr_assert_eq(c.core->victim, 0 + (strstr(*path, "lab-01") ? c.core->crossing[0] : 0));
    cr_assert(c.core->threads[c.core->victim].stack.blamed >= 0);
}
