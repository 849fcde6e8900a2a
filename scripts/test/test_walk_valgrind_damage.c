/*
 * test_walk_valgrind_damage.c - Helgrind's and DRD's reports that are cut off, damaged or
 * meant to do harm: nothing is invented, and what was whole is kept.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/read/read.h"
#include "reports.h"

#define REPORTS "scripts/test/fixtures/reports/"

TestSuite(walk_valgrind_damage, .timeout = 120);

static struct casefile c;

static struct casefile *text(const char *s) {
    c = (struct casefile){0};
    read_bytes(&c, s, strlen(s));
    return &c;
}

static struct casefile *xml(const char *s, size_t size) {
    c = (struct casefile){0};
    FILE *in = fmemopen((void *)s, size, "rb");
    read_xml(&c, in, "x", TOOL_COUNT);
    fclose(in);
    return &c;
}

static void notes(const char *says) {
    cr_assert_eq(c.note_count, 1, "%zu notes", c.note_count);
    cr_assert(strstr(c.notes[0], says), "%s", c.notes[0]);
}

#define RACE(pid, f)                                                                               \
    "==" pid "== Conflicting store by thread 1 at 0x10 size 4\n==" pid "==    at 0x2: " f          \
    " (b.c:2)\n"

/* --- cut off ------------------------------------------------------------ */

/* Is each of these among the whole's, or, of a torn report, a part of one? */
static void nothing_new(const struct casefile *part, const struct casefile *whole, size_t cut) {
    for (size_t i = 0; i < part->finding_count; i++) {
        const struct finding *f = part->findings[i];
        bool known = false;
        for (size_t k = 0; k < whole->finding_count && !known; k++) {
            const struct finding *w = whole->findings[k];
            size_t length = strlen(f->pair), all = strlen(w->pair);
            bool half = f->torn && all > length
                        && ((strncmp(w->pair, f->pair, length) == 0 && w->pair[length] == '/')
                            || (strcmp(w->pair + all - length, f->pair) == 0
                                && w->pair[all - length - 1] == '/'));
            known = f->kind == w->kind && (strcmp(f->pair, w->pair) == 0 || half);
        }
        cr_assert(known, "cut at %zu: %s\t%s", cut, kind_name(f->kind), f->pair);
    }
}

static void cut_everywhere(const char *file) {
    char path[256];
    snprintf(path, sizeof path, REPORTS "%s", file);
    bool is_xml = strstr(file, ".xml");
    struct casefile whole = {0};
    read_report(&whole, path);
    char *bytes = slurp("%s", path);
    size_t size = strlen(bytes), most = 0;
    for (size_t n = 1; n < size; n++) {
        struct casefile part = {0};
        FILE *in = fmemopen(bytes, n, "rb");
        (is_xml ? read_xml : read_text)(&part, in, file, TOOL_COUNT);
        fclose(in);
        nothing_new(&part, &whole, n);
        most = part.finding_count > most ? part.finding_count : most;
        case_free(&part);
    }
    cr_assert_geq(most, whole.finding_count, "what is whole is still found");
    case_free(&whole);
    free(bytes);
}

Test(walk_valgrind_damage, text_cut_at_every_byte_invents_nothing) {
    cut_everywhere("helgrind-race-mutexes.txt");
    cut_everywhere("helgrind-lock-order-2.txt");
    cut_everywhere("helgrind-race-cpp.txt");
    cut_everywhere("drd-hold-long.txt");
    cut_everywhere("drd-race-cpp.txt");
    cut_everywhere("helgrind-api-error.txt");
}

Test(walk_valgrind_damage, xml_cut_at_every_byte_invents_nothing) {
    cut_everywhere("helgrind-lock-order-2.xml");
    cut_everywhere("drd-race-heap.xml");
    cut_everywhere("drd-hold-long.xml");
}

Test(walk_valgrind_damage, xml_that_is_cut_off_says_so_and_keeps_what_it_told) {
    char *bytes = slurp(REPORTS "helgrind-lock-order-3.xml");
    char *end = strstr(bytes, "</error>") + strlen("</error>");
    xml(bytes, (size_t)(end - bytes));
    cr_assert_eq(c.finding_count, 1);
    cr_assert_not(c.findings[0]->torn);
    notes("is cut off");
}

#define HEAD "<valgrindoutput><protocoltool>drd</protocoltool>"
#define ERROR(file)                                                                                \
    "<error><kind>ConflictingAccess</kind><what>Conflicting store by thread 1 at 0x8 size "        \
    "4</what><stack><frame><ip>0x1</ip><fn>f</fn><file>" file                                      \
    "</file><line>3</line></frame>"                                                                \
    "</stack></error>"

Test(walk_valgrind_damage, entities_are_refused) {
    static const char bomb[] =
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
        "\"&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>" HEAD
        "<error><what>&c;</what></error></valgrindoutput>";
    xml(bomb, sizeof bomb - 1);
    cr_assert_eq(c.finding_count, 0);
    notes("declares entities");
}

Test(walk_valgrind_damage, odd_bytes_in_a_name_lose_nothing_else) {
    static const char odd[] = "<?xml version=\"1.0\" encoding=\"klingon\"?>" HEAD ERROR(
        "\xe9t\xe9\0\x01.c") "</valgrindoutput>";
    xml(odd, sizeof odd - 1);
    cr_assert_eq(c.finding_count, 1);
    cr_assert_str_eq(c.findings[0]->sites[0].stack.frames[0].file, "?t???.c");
    notes("no UTF-8");
    static const char fine[] =
        HEAD ERROR("\xc3\xa9t\xe2\x82\xac\xf0\x9f\x98\x80.c") "</valgrindoutput>";
    xml(fine, sizeof fine - 1);
    cr_assert_str_eq(c.findings[0]->sites[0].stack.frames[0].file,
                     "\xc3\xa9t\xe2\x82\xac\xf0\x9f\x98\x80.c");
    cr_assert_eq(c.note_count, 0);
}

Test(walk_valgrind_damage, text_with_nul_bytes_and_no_utf8_is_read) {
    static const char odd[] =
        "\0\xff\n" RACE("1", "f\xff") "==1== \0\n" RACE("1", "g\0h") "==1== \n";
    c = (struct casefile){0};
    read_bytes(&c, odd, sizeof odd - 1);
    cr_assert_eq(c.finding_count, 2);
    cr_assert_str_eq(c.findings[0]->pair, "f\xff");
}

/* "head", then `middle` so many times, then "tail". */
static char *repeated(const char *head, const char *middle, size_t times, const char *tail) {
    char *all = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&all, &size);
    fputs(head, out);
    for (size_t i = 0; i < times; i++)
        fputs(middle, out);
    fputs(tail, out);
    fclose(out);
    return all;
}

Test(walk_valgrind_damage, deep_nesting_is_refused) {
    char *deep = repeated(HEAD ERROR("a.c"), "<a>", 100000, "");
    xml(deep, strlen(deep));
    cr_assert_eq(c.finding_count, 1);
    notes("nested too deeply");
    free(deep);
}

Test(walk_valgrind_damage, elements_of_ever_new_names_are_refused) {
    char *all = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&all, &size);
    fputs(HEAD ERROR("a.c"), out);
    for (int i = 0; i < 1001; i++)
        fprintf(out, "<e%d/>", i);
    fputs("</valgrindoutput>", out);
    fclose(out);
    xml(all, size);
    cr_assert_eq(c.finding_count, 1);
    notes("not Valgrind's");
    free(all);
}

Test(walk_valgrind_damage, a_tag_without_end_is_refused) {
    char *tag = repeated(HEAD ERROR("a.c") "<a b=\"", "0123456789", 500000, "");
    xml(tag, strlen(tag));
    cr_assert_eq(c.finding_count, 1);
    notes("a tag is too long");
    free(tag);
}

Test(walk_valgrind_damage, a_hundred_thousand_frames_are_counted) {
    char *deep = repeated(RACE("1", "f"), "==1==    by 0x3: dig (c.c:4)\n", 100000, "==1== \n");
    text(deep);
    const struct stack *s = &c.findings[0]->sites[0].stack;
    cr_assert_eq(s->count, STACK_KEPT);
    cr_assert_eq(s->count + s->omitted, 100001);
    free(deep);
    deep = repeated(HEAD
                    "<error><kind>Race</kind><what>Conflicting load by thread 1 at 0x8 size "
                    "4</what><stack>",
                    "<frame><ip>0x1</ip><fn>dig</fn><file>a.c</file><line>3</line></frame>", 100000,
                    "</stack></error></valgrindoutput>");
    xml(deep, strlen(deep));
    s = &c.findings[0]->sites[0].stack;
    cr_assert_eq(s->count + s->omitted, 100000);
    free(deep);
}
