/*
 * test_walk.c - the command walk as its users meet it: what it takes, what it refuses,
 * how it ends, how wide its page is, and how it sorts many reports into cases.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/tell/term.h"
#include "sample_case.h"
#include "support.h"

#define WALK "build/bin/walk "
#define REPORTS "scripts/test/fixtures/reports/"

TestSuite(walk, .init = make_tmp, .fini = remove_tmp);

/* --- what it takes and refuses ------------------------------------------------------------ */

Test(walk, help_and_version) {
    struct outcome o = sh(5, WALK "--help");
    exited(o, 0);
    cr_assert(strstr(o.out, "usage: walk") && strstr(o.out, "Exit status"));
    for (char *line = strtok(o.out, "\n"); line; line = strtok(NULL, "\n"))
        cr_assert_leq(strlen(line), 80, "%s", line);
    exited(sh(5, WALK "--version"), 0);
}

struct refusal {
    char arguments[96], says[96];
};

ParameterizedTestParameters(walk, wrong_use_is_refused_in_one_line) {
    static struct refusal refusals[] = {
        {"", "which report or core?"},
        {"--nonesuch", "unknown argument '--nonesuch'"},
        {"nonesuch.txt", "nonesuch.txt: No such file"},
        {"labs", "labs: is a directory"},
        {"--format pdf README.md", "--format is text, md, html"},
        {"--width 59 README.md", "--width takes a number from 60 to 200, not '59'"},
        {"--width x README.md", "'x'"},
        {"--color blue README.md", "--color is auto, always or never"},
        {"--core README.md", "README.md: "},
        {"--tsan build/bin/walk", "build/bin/walk: is no report"},
        {"--lab nonesuch README.md", "nonesuch: No such file"},
        {"--group nonesuch", "nonesuch cannot be read"},
        {"--group labs README.md", "--group takes its files from the directory"},
        {"--group labs --format html", "--group is told as text, json or list"},
        {"--output /nonesuch/x README.md", "cannot write /nonesuch/x: No such file"},
        {"--core a --core b", "one core at a time"},
        {"--format", "--format needs a value"},
        {"README.md", "no report of a tool that I know"},
    };
    return cr_make_param_array(struct refusal, refusals, sizeof refusals / sizeof *refusals);
}

ParameterizedTest(struct refusal *r, walk, wrong_use_is_refused_in_one_line) {
    struct outcome o = sh(5, WALK "%s", r->arguments);
    refused(o, 2, r->says);
    cr_assert_str_empty(o.out);
}

Test(walk, ends_with_1_for_a_defect_0_for_none_3_for_a_tool_that_could_not_start) {
    exited(sh(5, WALK REPORTS "tsan-gcc-race.txt"), 1);
    exited(sh(5, WALK "--tsan README.md"), 0);
    struct outcome o = sh(5, WALK REPORTS "tsan-cannot-start.txt");
    exited(o, 3);
    cr_assert(strstr(o.out, "the environment"), "%s", o.out);
}

Test(walk, reads_standard_input) {
    struct outcome o = sh(5, "cat " REPORTS "tsan-gcc-race.txt | " WALK "--format list -");
    exited(o, 1);
    cr_assert_str_eq(o.out, "race\thmap_assign/hmap_assign\tstandard input:2\ttsan\n");
}

Test(walk, does_not_read_what_it_wrote_itself) {
    exited(sh(5, WALK "--format json --output %s/case.json " REPORTS "tsan-gcc-race.txt", tmp), 1);
    refused(sh(5, WALK "%s/case.json", tmp), 2, "walk wrote this itself");
}

Test(walk, says_how_to_unpack_what_is_compressed) {
    exited(sh(5, "gzip -c README.md >%s/core.gz", tmp), 0);
    refused(sh(5, WALK "%s/core.gz", tmp), 2, "core.gz: is compressed: gunzip it first");
    refused(sh(5, WALK "--core %s/core.gz", tmp), 2, "core.gz: is compressed: gunzip it first");
}

Test(walk, reads_xml_from_a_pipe) {
    struct outcome o =
        sh(5, WALK "--format list <(cat " REPORTS "helgrind-race-global.xml) | cut -f 1,2");
    struct outcome p =
        sh(5, "cat " REPORTS "helgrind-race-global.xml | " WALK "--format list - | cut -f 1,2");
    cr_assert(strncmp(o.out, "race\t", 5) == 0, "%s", o.out);
    cr_assert_str_eq(o.out, p.out);
}

Test(walk, a_tool_that_ran_and_found_nothing_is_told_as_silent) {
    struct outcome o = sh(5, WALK "--tsan README.md --tsan README.md");
    exited(o, 0);
    cr_assert(strstr(o.out, "tsan  0 of 2  silent"), "%s", o.out);
}

Test(walk, counts_runs_of_several_files_of_one_tool) {
    struct outcome o =
        sh(5, WALK REPORTS "tsan-gcc-race.txt " REPORTS "tsan-gcc-race.txt --tsan README.md");
    exited(o, 1);
    cr_assert(strstr(o.out, "ThreadSanitizer in 2 of 3 runs"), "%s", o.out);
}

Test(walk, writes_a_file_whole_or_not_at_all) {
    exited(sh(5, WALK "--output %s/page --format md " REPORTS "tsan-gcc-race.txt", tmp), 1);
    cr_assert(strstr(slurp("%s/page", tmp), "hmap_assign"));
    exited(sh(5, "echo before >%s/page; " WALK "--output %s/page nonesuch", tmp, tmp), 2);
    cr_assert_str_eq(slurp("%s/page", tmp), "before\n");
    struct outcome o = sh(5, "ls -A %s", tmp);
    cr_assert_str_eq(o.out, "page\n", "nothing else is left: %s", o.out);
}

Test(walk, says_when_it_cannot_write) {
    refused(sh(5, WALK REPORTS "tsan-gcc-race.txt >/dev/full"), 2, "cannot write");
}

Test(walk, no_colour_in_a_pipe_nor_with_NO_COLOR_and_some_when_asked) {
    cr_assert_null(strchr(sh(5, WALK REPORTS "tsan-gcc-race.txt").out, '\033'));
    cr_assert_not_null(strchr(
        sh(5, "NO_COLOR=1 " WALK "--color always " REPORTS "tsan-gcc-race.txt").out, '\033'));
}

/* --- its page --------------------------------------------------------------------------------- */

static int columns_of(const char *line, size_t length) {
    int n = 0;
    for (size_t i = 0; i < length; i++)
        n += ((unsigned char)line[i] & 0xc0) != 0x80;
    return n;
}

/* The terminal's page of a case, malloc'd. */
static char *page_of(const struct casefile *c, int width) {
    char *page = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&page, &size);
    cr_assert(tell_text(c, out, &(struct style){.width = width, .most = 100, .explain = true}));
    fclose(out);
    return page;
}

/* Every line fits, and nothing in it moves the cursor. */
static void fits(const struct casefile *c, int width) {
    char *page = page_of(c, width);
    for (char *line = page; *line;) {
        size_t length = strcspn(line, "\n");
        cr_assert_leq(columns_of(line, length), width, "at width %d: %.*s", width, (int)length,
                      line);
        for (size_t i = 0; i < length; i++)
            cr_assert((unsigned char)line[i] >= ' ' && line[i] != 0x7f, "a control character: %.*s",
                      (int)length, line);
        cr_assert(length == 0 || line[length - 1] != ' ', "blanks at the end, width %d: %.*s",
                  width, (int)length, line);
        line += length + (line[length] == '\n');
    }
    free(page);
}

Test(walk, the_page_fits_every_width_from_60_to_200) {
    struct casefile *cases[] = {sample_race(), sample_deadlock(), sample_hostile(), sample_empty()};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int width = 60; width <= 200; width++)
            fits(cases[i], width);
        sample_free(cases[i]);
    }
}

Test(walk, every_page_has_the_three_things_of_a_walked_trace) {
    struct outcome o = sh(5, WALK "--width 100 " REPORTS "tsan-gcc-race.txt");
    exited(o, 1);
    cr_assert(strstr(o.out, "field ") && strstr(o.out, "means\n"), "key fields: %s", o.out);
    cr_assert(strstr(o.out, "where to look"), "tool and place: %s", o.out);
    cr_assert(strstr(o.out, "+---> ") && strstr(o.out, " <---+"), "the crossing: %s", o.out);
}

Test(walk, marks_the_line_that_raced) {
    exited(sh(5, "mkdir %s/src && printf 'one\\ntwo\\nthree\\n' >%s/src/a.c", tmp, tmp), 0);
    exited(sh(5,
              "printf 'WARNING: ThreadSanitizer: data race (pid=1)\\n"
              "  Write of size 4 at 0x1 by thread T1:\\n    #0 put src/a.c:2 (a+0x1)\\n\\n"
              "  Previous read of size 4 at 0x1 by thread T2:\\n    #0 get src/a.c:3 (a+0x2)\\n\\n"
              "SUMMARY: ThreadSanitizer: data race src/a.c:2 in put\\n' >%s/log",
              tmp),
           0);
    struct outcome o = sh(5, WALK "--sources %s %s/log", tmp, tmp);
    exited(o, 1);
    cr_assert(strstr(o.out, "        1  one\n  >     2  two\n        3  three\n"), "%s", o.out);
    cr_assert(strstr(o.out, "        2  two\n  >     3  three\n"), "%s", o.out);
}

/* The innermost own frame's arguments and variables stand under its line. */
Test(walk, shows_what_the_core_has_of_variables) {
    struct casefile *c = sample_race();
    char *page = page_of(c, 200);
    const struct stack *s = &c->core->threads[c->core->crossing[0]].stack;
    const struct frame *f = &s->frames[s->blamed];
    cr_assert_not_null(f->args);
    cr_assert(strstr(page, f->args), "%s", page);
    sample_free(c);
    free(page);
}

Test(walk, explains_only_when_asked) {
    cr_assert_null(strstr(sh(5, WALK REPORTS "tsan-gcc-race.txt").out, "Repair:"));
    cr_assert_not_null(strstr(sh(5, WALK "--explain " REPORTS "tsan-gcc-race.txt").out, "Repair:"));
}

/* --- many reports
 * ----------------------------------------------------------------------------------- */

/* 40 races of one kind, 20 of another, 3 inversions, 2 that could not start, 5 of nothing. */
static void many_reports(void) {
    exited(sh(20,
              "cd %s && mkdir -p a/b && R=$OLDPWD/" REPORTS " && "
              "for i in $(seq 40); do cp $R/tsan-gcc-race.txt a/race-$i.txt; done && "
              "for i in $(seq 20); do cp $R/tsan-clang-race-and-segv.txt a/b/open-$i.txt; done && "
              "for i in 1 2 3; do cp $R/tsan-clang-lock-order.txt lock-$i.txt; done && "
              "for i in 1 2 3 4 5; do echo nothing >n-$i; done",
              tmp),
           0);
}

Test(walk, groups_reports_by_what_they_are_about_the_biggest_first) {
    many_reports();
    struct outcome o = sh(30, WALK "--group %s --format list", tmp);
    exited(o, 1);
    char *line = strtok(o.out, "\n");
    cr_assert(strncmp(line, "40\t", 3) == 0 && strstr(line, "race: hmap_assign, by two threads"),
              "%s", line);
    cr_assert(strstr(line, "a/race-1.txt"), "%s", line);
    line = strtok(NULL, "\n");
    cr_assert(strncmp(line, "20\t", 3) == 0, "%s", line);
    line = strtok(NULL, "\n");
    cr_assert(strncmp(line, "20\t", 3) == 0, "%s", line);
    line = strtok(NULL, "\n");
    cr_assert(strncmp(line, "3\t", 2) == 0 && strstr(line, "lock order: map_move, in two orders"),
              "%s", line);
    cr_assert_null(strtok(NULL, "\n"));
}

Test(walk, says_of_a_group_how_many_files_had_nothing) {
    many_reports();
    struct outcome o = sh(30, WALK "--group %s", tmp);
    exited(o, 1);
    cr_assert(strstr(o.out, "68 files: 63 reports, 0 cores"), "%s", o.out);
    cr_assert(strstr(o.out, "5 files have no report in them"), "%s", o.out);
}

/* Cores stand in the group as what GDB said of them: the recorded core.json. */
Test(walk, puts_cores_to_the_reports_that_explain_them) {
    exited(sh(20,
              "for i in 1 2 3; do cp traces/12-lock-order/core.json %s/core-$i.json; done; "
              "cp traces/08-load-then-store/core.json %s/other.json; "
              "cp traces/12-lock-order/helgrind.xml %s; cp traces/12-lock-order/tsan.txt %s",
              tmp, tmp, tmp, tmp),
           0);
    struct outcome o = sh(30,
                          WALK
                          "--group %s --format json | jq -c '.groups[] | select(.cores > 0) | "
                          "[.title, .reports, .cores, (.core | sub(\".*/\"; \"\"))]'",
                          tmp);
    cr_assert_str_eq(o.out,
                     "[\"lock order: map_count and map_move\",2,3,\"core-1.json\"]\n"
                     "[\"SIGABRT in count_connections\",0,1,\"other.json\"]\n");
}

Test(walk, a_group_of_nothing_is_no_defect) {
    exited(sh(5, WALK "--group %s", tmp), 0);
}
