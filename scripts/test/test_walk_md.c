/*
 * test_walk_md.c - the Markdown page: its escapes, its exact lines for the samples, and
 * that it is sound Markdown and Mermaid whatever was read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/join/join.h"
#include "../walk/read/read.h"
#include "../walk/tell/md.h"
#include "sample_case.h"
#include "support.h"

/* --- what must not stand as it is ------------------------------------------------------ */

/* What one of the writers of md.h makes of a text. */
static char *written(void (*writer)(FILE *, const char *), const char *text) {
    char *made = NULL;
    size_t size;
    FILE *out = open_memstream(&made, &size);
    writer(out, text);
    fclose(out);
    return made;
}

Test(md, text_cannot_be_markup) {
    static const char *const pairs[][2] = {
        {"hmap_assign", "hmap_assign"},
        {"__owner", "\\_\\_owner"},
        {"a|b", "a\\|b"},
        {"`x` *y* [z] ~q~ $m$", "\\`x\\` \\*y\\* \\[z\\] \\~q\\~ \\$m\\$"},
        {"<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"},
        {"#7", "\\#7"},
        {"two\r\nlines\t|", "two  lines \\|"},
        {"bell\a \x7f\xc2\x9b \xff", "bell\ufffd \ufffd\ufffd \ufffd"},
        {"\u202egnirts\u2069 é", "\ufffdgnirts\ufffd é"},
        {"\\|", "\\\\\\|"},
        {"", "?"},
        {NULL, "?"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        cr_expect_str_eq(written(md_text, pairs[i][0]), pairs[i][1]);
}

Test(md, code_is_only_what_needs_no_tricks) {
    static const char *const pairs[][2] = {
        {"hmap_assign", "`hmap_assign`"},
        {"std::map[3] = 'x'", "`std::map[3] = 'x'`"},
        {"a`b", "a\\`b"},
        {"a|b", "a\\|b"},
        {"vector<int>", "vector&lt;int&gt;"},
        {"a\\", "a\\\\"},
        {" x", " x"},
        {"x\n", "x "},
        {NULL, "?"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        cr_expect_str_eq(written(md_code, pairs[i][0]), pairs[i][1]);
}

Test(md, a_label_stays_within_its_quotes) {
    static const char *const pairs[][2] = {
        {"both use 'x', 0x10", "both use 'x', 0x10"},
        {"say \"hi\"", "say #34;hi#34;"},
        {"#quot;", "#35;quot#59;"},
        {"<b>%%{init}%%", "#60;b#62;#37;#37;#123;init#125;#37;#37;"},
        {"`x`\n```", "#96;x#96; #96;#96;#96;"},
        {"\x1b[0m \xff", "\ufffd#91;0m \ufffd"},
        {"", "?"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        cr_expect_str_eq(written(md_label, pairs[i][0]), pairs[i][1]);
    char longest[200];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    cr_assert_eq(strlen(written(md_label, longest)), 90 + strlen("…"));
}

/* --- the samples ------------------------------------------------------------------------ */

static char *page_of(const struct casefile *c, bool explain, size_t most) {
    struct style style = {.width = 80, .explain = explain, .most = most};
    char *page = NULL;
    size_t size;
    FILE *out = open_memstream(&page, &size);
    cr_assert(tell_md(c, out, &style));
    fclose(out);
    return page;
}

static void has_lines(const char *page, const char *const *lines_wanted, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char line[2048];
        snprintf(line, sizeof line, "\n%s\n", lines_wanted[i]);
        cr_expect(strstr(page, line), "no line \"%s\" in:\n%s", lines_wanted[i], page);
    }
}

#define HAS_LINES(page, ...)                                                                       \
    do {                                                                                           \
        static const char *const wanted[] = {__VA_ARGS__};                                         \
        has_lines(page, wanted, sizeof wanted / sizeof *wanted);                                   \
    } while (0)

Test(md, a_race_is_a_crossing) {
    struct casefile *c = sample_race();
    char *page = page_of(c, false, 10);
    cr_assert(strncmp(page, "# 01-concurrent-write: Two threads write one map\n", 49) == 0);
    HAS_LINES(
        page,
        "It died of **SIGABRT** in writer 2, in hmap_assign, key 4000. The likely cause: **race: "
        "hmap_assign, by two threads**. Seen by ThreadSanitizer in 3 of 4 runs, Helgrind in 3 of 3 "
        "runs. Linked with the crash: writer 2 was in hmap_assign, the function of this race, when "
        "it died.",
        "```mermaid\nflowchart TD\n"
        "    subgraph a[\"writer 2\"]\n"
        "        a0[\"sign_up<br>labs/01-concurrent-write/work.c:21\"]\n"
        "        a1[\"map_put<br>labs/01-concurrent-write/map.c:26\"]\n"
        "        a2[\"hmap_assign<br>labs/common/hmap.c:249\"]\n"
        "        a0 --> a1\n        a1 --> a2\n    end\n"
        "    subgraph b[\"writer 1\"]\n"
        "        b0[\"sign_up<br>labs/01-concurrent-write/work.c:21\"]\n"
        "        b1[\"map_put<br>labs/01-concurrent-write/map.c:26\"]\n"
        "        b2[\"hmap_assign<br>labs/common/hmap.c:266\"]\n"
        "        b0 --> b1\n        b1 --> b2\n    end\n"
        "    object{{\"both are inside the same map, 0x5639c7553520\"}}\n"
        "    a2 -->|\"in hmap_assign, key 4000\"| object\n"
        "    b2 -->|\"in hmap_assign, key 8\"| object\n```",
        "| writer 2 | writer 1 |",
        "| **`hmap_assign`** labs/common/hmap.c:249 | **`hmap_assign`** labs/common/hmap.c:266 |",
        "| writer 2 (T2) | writer 1 (T1) |",
        "| **`hmap_assign`** labs/common/hmap.c:251 | **`hmap_assign`** labs/common/hmap.c:260 |",
        "| read of 8 bytes, holding no lock | write of 8 bytes, holding no lock |",
        "/* writer 2: labs/common/hmap.c:249 */ enter_writing(m, \"hmap_assign\");",
        "| **writer 2** | 31948 | in hmap_assign, key 4000; died of SIGABRT | | |",
        "| found | ThreadSanitizer | Helgrind | DRD |",
        "    count says 9, and the buckets hold 9: they agree",
        "| mutexes | none on either side | the locks held on each side: a race has none in common "
        "|",
        "## Where to look");
    cr_assert_null(strstr(page, "## The words, explained"));
    sample_free(c);
}

Test(md, a_deadlock_is_a_circle) {
    struct casefile *c = sample_deadlock();
    char *page = page_of(c, false, 10);
    HAS_LINES(page,
              "```mermaid\nflowchart TD\n"
              "    t0[\"truck 1<br>in map_move\"]\n"
              "    l0{{\"depot-#62;bays#91;1#93;.lock\"}}\n"
              "    t1[\"truck 2<br>in map_move\"]\n"
              "    l1{{\"depot-#62;bays#91;0#93;.lock\"}}\n"
              "    t0 -->|\"waits for\"| l0\n    l0 -->|\"held by\"| t1\n"
              "    t1 -->|\"waits for\"| l1\n    l1 -->|\"held by\"| t0\n```",
              "## The circle", "| truck 1 | truck 2 |",
              "| lock order: map_count and map_move | in 3 of 3 | in 3 of 3 | no |");
    sample_free(c);
}

Test(md, explains_on_request) {
    struct casefile *c = sample_deadlock();
    char *page = page_of(c, true, 10), line[1024];
    snprintf(line, sizeof line, "- **Means:** %s", guide_for(KIND_LOCK_ORDER)->means);
    const char *const wanted[] = {"## The words, explained", "### deadlock", "### lock order",
                                  line};
    has_lines(page, wanted, 4);
    sample_free(c);
}

Test(md, counts_the_findings_that_are_left_out) {
    struct casefile *c = sample_race();
    char *page = page_of(c, false, 1);
    HAS_LINES(page, "And 2 more findings.");
    sample_free(c);
}

Test(md, of_nothing_says_so) {
    struct casefile *c = sample_empty();
    cr_assert_str_eq(page_of(c, true, 10), "# A case\n\nNothing was found in what was read.\n");
    sample_free(c);
}

Test(md, tells_what_could_not_start_from_what_is_silent) {
    struct casefile *c = sample_empty();
    c->tools[TOOL_TSAN] = (struct tool_state){.runs = 2, .not_started = 2, .reason = "FATAL: <x>"};
    char *page = page_of(c, false, 10);
    HAS_LINES(
        page, "No tool could start. That is the environment, and says nothing of the program.",
        "> - ThreadSanitizer did not start in 2 of 2 runs: FATAL: &lt;x&gt;",
        "| ThreadSanitizer | both stacks, and (mutexes: …) behind each thread | did not start: "
        "FATAL: &lt;x&gt; |");
    c->tools[TOOL_TSAN].runs = 3;
    HAS_LINES(page_of(c, false, 10), "Nothing was found in what was read.");
    sample_free(c);
}

Test(md, fails_when_the_disk_is_full) {
    struct casefile *c = sample_race();
    struct style style = {.most = 10};
    FILE *full = fopen("/dev/full", "w");
    cr_assert_not_null(full);
    cr_assert_not(tell_md(c, full, &style));
    fclose(full);
    sample_free(c);
}

/* --- the page's structure, whatever the case -------------------------------------------- */

/* Cells of a table's row: what stands between bars that are not escaped. */
static int cells(const char *line) {
    int bars = 0;
    for (const char *at = line; *at; at++)
        if (*at == '\\' && at[1])
            at++;
        else
            bars += *at == '|';
    return bars - 1;
}

/* A label: quoted, and in it nothing that Mermaid or HTML would take for its own, but
 * "#N;" and "<br>". Returns what follows it, or NULL. */
static const char *after_label(const char *at) {
    if (*at++ != '"')
        return NULL;
    for (; *at && *at != '"'; at++) {
        if (strncmp(at, "<br>", 4) == 0)
            at += 3;
        else if (*at == '#') {
            size_t digits = strspn(at + 1, "0123456789");
            if (digits == 0 || at[1 + digits] != ';')
                return NULL;
        } else if (strchr("<>&`%{}[]|\\", *at))
            return NULL;
    }
    return *at == '"' ? at + 1 : NULL;
}

/* One line of a flowchart as we write it: a subgraph, its end, a node, an arrow. */
static bool flowchart_line(const char *line) {
    line += strspn(line, " ");
    if (strcmp(line, "end") == 0)
        return true;
    if (strncmp(line, "subgraph ", 9) == 0)
        line += 9;
    line += strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789");
    size_t open = strspn(line, "[{");
    if (open) {
        const char *rest = after_label(line + open);
        return rest && (strcmp(rest, "]") == 0 || strcmp(rest, "}}") == 0);
    }
    if (strncmp(line, " -->", 4) != 0)
        return false;
    line += 4;
    if (*line == '|') {
        line = after_label(line + 1);
        if (!line || *line++ != '|')
            return false;
    }
    return *line == ' '
           && strspn(line + 1, "abcdefghijklmnopqrstuvwxyz0123456789") == strlen(line + 1);
}

static void is_sound(char *page) {
    char fence[16] = "", *rest = page;
    int columns = 0, depth = 0, diagrams = 0;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (strncmp(line, "```", 3) == 0) {
            cr_assert_eq(depth, 0);
            cr_assert(*fence == '\0' || strcmp(line, "```") == 0, "\"%s\" within a block", line);
            snprintf(fence, sizeof fence, "%s", *fence ? "" : line);
            diagrams += strcmp(fence, "```mermaid") == 0;
            columns = 0;
        } else if (strcmp(fence, "```mermaid") == 0) {
            depth += strstr(line, "subgraph") != NULL;
            depth -= strcmp(line, "    end") == 0;
            cr_assert(strcmp(line, "flowchart TD") == 0 || flowchart_line(line),
                      "no line of a flowchart: %s", line);
        } else if (*fence == '\0') {
            cr_assert_null(strchr(line, '<'), "HTML: %s", line);
            if (*line == '|') {
                columns = columns ? columns : cells(line);
                cr_assert_eq(cells(line), columns, "%d cells in: %s", columns, line);
            } else
                columns = 0;
        }
    }
    cr_assert_str_eq(fence, "", "a block without an end");
    cr_assert_leq(diagrams, 1);
}

static void is_clean(const char *page) {
    for (const char *at = page; *at; at++)
        cr_assert((unsigned char)*at >= 0x20 || *at == '\n', "a control character");
    cr_assert_null(strstr(page, "\u202e"));
    exited(sh(10, "iconv -f utf-8 -t utf-8 %s/page >%s/same", tmp, tmp), 0);
}

static void save(const char *page) {
    char path[128];
    snprintf(path, sizeof path, "%s/page", tmp);
    FILE *out = fopen(path, "w");
    fputs(page, out);
    fclose(out);
}

TestSuite(md_page, .init = make_tmp, .fini = remove_tmp);

static void page_is_good(const struct casefile *c) {
    char *page = page_of(c, true, 1000), *again = page_of(c, true, 1000);
    cr_assert_str_eq(page, again, "the same case gives two pages");
    save(page);
    is_clean(page);
    is_sound(page);
}

Test(md_page, of_the_samples_is_sound) {
    struct casefile *c = sample_race();
    page_is_good(c);
    sample_free(c);
    c = sample_deadlock();
    page_is_good(c);
    sample_free(c);
}

/* Names that want to break out, 200 threads, stacks without an end: with the circle,
 * with two of the core's stacks, and with those of each finding. */
Test(md_page, of_anything_is_sound) {
    struct casefile *c = sample_hostile();
    page_is_good(c);
    c->core->cycle_count = 0;
    page_is_good(c);
    c->core->threads[7].stack.count = 0;
    page_is_good(c);
    c->core = NULL;
    for (size_t i = 0; i < c->finding_count; i++) {
        c->link.finding = c->findings[i];
        page_is_good(c);
    }
    sample_free(c);
}

ParameterizedTestParameters(md_page, of_every_recording_is_sound) {
    return each("scripts/test/fixtures/reports/*.txt");
}

ParameterizedTest(path_param *path, md_page, of_every_recording_is_sound) {
    struct casefile c = {0};
    FILE *in = fopen(*path, "r");
    cr_assert_not_null(in);
    read_text(&c, in, *path, TOOL_COUNT);
    fclose(in);
    join(&c);
    page_is_good(&c);
    case_free(&c);
}
