/*
 * test_walk_torn.c - reports of sanitizers that are cut off, mixed, or huge: what is
 * found in them is never wrong, and never nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/read/read.h"
#include "reports.h"

#define REPORTS "scripts/test/fixtures/reports/"

TestSuite(walk_torn, .timeout = 120);

/* --- damage ------------------------------------------------------------------------------------
 */

/* Every finding is one of `allowed` ("a\nb\n"), and torn unless it is the first. */
static void only_these(const struct casefile *c, const char *allowed, const char *what, size_t n) {
    for (size_t i = 0; i < c->finding_count; i++) {
        const struct finding *f = c->findings[i];
        char line[512];
        int length = snprintf(line, sizeof line, "%s\t%s\n", kind_name(f->kind), f->pair);
        const char *at = strstr(allowed, line);
        cr_assert(at && (at == allowed || at[-1] == '\n'), "%s %zu: %s", what, n, line);
        cr_assert(f->torn || strncmp(allowed, line, (size_t)length) == 0, "%s %zu: %s", what, n,
                  line);
    }
}

static void cut_everywhere(const char *name, const char *allowed) {
    char *text = slurp(REPORTS "%s.txt", name);
    size_t size = strlen(text), whole = 0;
    for (size_t n = 0; n <= size; n++) {
        struct casefile c = {0};
        char *copy = malloc(n + 1); /* so that a read beyond the end is seen */
        memcpy(copy, text, n);
        read_bytes(&c, copy, n);
        only_these(&c, allowed, name, n);
        whole += c.finding_count && !c.findings[0]->torn;
        cr_assert_eq(c.finding_count && !c.findings[0]->torn, whole > 0, "%s %zu", name, n);
        case_free(&c);
        free(copy);
    }
    cr_assert_gt(whole, 0);
    cr_assert_lt(whole, size / 2);
}

Test(walk_torn, a_report_cut_off_anywhere_names_no_wrong_function) {
    cut_everywhere("tsan-gcc-race-mutexes", "race\tadd_left/add_right\nrace\tadd_right\nrace\t?\n");
    cut_everywhere("tsan-gcc-race-cpp-o2",
                   "race\tshop::advance<long, 2>/shop::advance<long, 3>\n"
                   "race\tshop::advance<long, 3>\nrace\t?\n");
    cut_everywhere("tsan-clang-race-memcpy",
                   "race\tsave_page/wipe_page\nrace\twipe_page\nrace\tsave_page\nrace\t?\n");
    cut_everywhere("asan-gcc-double-free",
                   "double free\tfirst_owner/second_owner\ndouble free\tsecond_owner\ndouble "
                   "free\t?\nother\t?\n");
}

static const char *const both_pairs =
    "race\tadd_left/add_right\nrace\tplay_away/play_home\n"
    "race\tadd_right\nrace\tadd_left\nrace\tplay_home\n"
    "race\tplay_away\nrace\t?\n";

/* As only_these, but two of them may be whole. */
static void only_either(const struct casefile *c, const char *what, size_t n) {
    for (size_t i = 0; i < c->finding_count; i++) {
        char line[512];
        snprintf(line, sizeof line, "%s\t%s\n", kind_name(c->findings[i]->kind),
                 c->findings[i]->pair);
        const char *at = strstr(both_pairs, line);
        cr_assert(at && (at == both_pairs || at[-1] == '\n'), "%s %zu: %s", what, n, line);
        cr_assert(strchr(line, '/') || c->findings[i]->torn, "%s %zu: %s", what, n, line);
    }
}

/* Where the piece of a text that begins at `at` ends: `n` lines or bytes on. */
static size_t piece(const char *text, size_t at, size_t n, bool of_lines) {
    for (; text[at] && n; at++)
        n -= of_lines ? text[at] == '\n' : 1;
    return at;
}

static void interleave(size_t n, size_t m, bool of_lines, struct casefile *c) {
    const char *text[2] = {slurp(REPORTS "tsan-gcc-race-mutexes.txt"),
                           slurp(REPORTS "tsan-gcc-race-named.txt")};
    size_t at[2] = {0}, step[2] = {n, m}, used = 0;
    char *mixed = malloc(strlen(text[0]) + strlen(text[1]) + 1);
    for (int who = 0; text[0][at[0]] || text[1][at[1]]; who = !who) {
        size_t end = piece(text[who], at[who], step[who], of_lines);
        memcpy(mixed + used, text[who] + at[who], end - at[who]);
        used += end - at[who];
        at[who] = end;
    }
    read_bytes(c, mixed, used);
    free(mixed);
}

Test(walk_torn, two_processes_line_by_line_are_never_glued) {
    for (size_t n = 1; n < 40; n++)
        for (size_t m = 1; m < 40; m++) {
            struct casefile c = {0};
            interleave(n, m, true, &c);
            only_either(&c, "lines", n * 100 + m);
            cr_assert_gt(c.finding_count, 0, "%zu %zu: a race was reported", n, m);
            case_free(&c);
        }
}

Test(walk_torn, two_processes_in_chunks_are_never_glued) {
    /* Smaller ones than a name and its place can forge one; tools write whole lines. */
    for (size_t n = 64; n < 3000; n += 1 + n / 50) {
        struct casefile c = {0};
        interleave(n, n * 3 / 2 + 1, false, &c);
        only_either(&c, "bytes", n);
        case_free(&c);
    }
}

Test(walk_torn, a_whole_report_inside_another_is_read) {
    char *outer = slurp(REPORTS "tsan-gcc-race-mutexes.txt");
    char *inner = slurp(REPORTS "tsan-gcc-race-named.txt"), *mixed;
    size_t cut = (size_t)(strstr(outer, "  Location") - outer);
    cr_assert_geq(asprintf(&mixed, "%.*s%s%s", (int)cut, outer, inner, outer + cut), 0);
    struct casefile c = {0};
    read_bytes(&c, mixed, strlen(mixed));
    cr_assert_str_eq(findings_of(&c), "race\tadd_left/add_right\nrace\tplay_away/play_home\n");
    cr_assert(c.findings[0]->torn);
    cr_assert_not(c.findings[1]->torn);
}

/* The text with a line of the program's after each of its own. */
static char *with_output(const char *text, const char *with) {
    char *mixed = NULL;
    size_t size;
    FILE *out = open_memstream(&mixed, &size);
    for (; *text; text++) {
        fputc(*text, out);
        if (*text == '\n')
            fputs(with, out);
    }
    fclose(out);
    return mixed;
}

Test(walk_torn, output_between_the_lines_does_not_matter) {
    char *text = slurp(REPORTS "tsan-gcc-race-mutexes.txt");
    static const char *const outputs[] = {"progress: 5\n",       "Thread of mine\n",
                                          "0x123 is a number\n", "  indented\n",
                                          "==1== valgrind's\n",  "\xff\xfe\n"};
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        struct casefile c = {0};
        char *mixed = with_output(text, outputs[i]);
        read_bytes(&c, mixed, strlen(mixed));
        cr_assert_str_eq(findings_of(&c), "race\tadd_left/add_right\n", "%s", outputs[i]);
        cr_assert_not(c.findings[0]->torn, "%s", outputs[i]);
        cr_assert_eq(c.findings[0]->sites[0].stack.count, 2, "%s", outputs[i]);
    }
}

Test(walk_torn, a_missing_frame_ends_the_stack) {
    char *text = slurp(REPORTS "tsan-clang-race-memcpy.txt");
    char *frame = strstr(text, "    #1 "); /* the one to blame */
    char *end = strchr(frame, '\n') + 1;
    memmove(frame, end, strlen(end) + 1);
    struct casefile c = {0};
    read_bytes(&c, text, strlen(text));
    cr_assert_eq(c.finding_count, 1);
    cr_assert(c.findings[0]->torn);
    cr_assert_null(strchr(c.findings[0]->pair, '/'), "%s", c.findings[0]->pair);
    cr_assert_eq(c.findings[0]->sites[0].stack.count, 1);
}

Test(walk_torn, colours_do_not_matter) {
    char *text = slurp(REPORTS "tsan-gcc-race-global.txt"), *coloured = NULL;
    size_t size;
    FILE *out = open_memstream(&coloured, &size);
    for (char *line; (line = strsep(&text, "\n"));)
        fprintf(out, "\033[1m\033[31m%s\033[1m\033[0m\n", line);
    fclose(out);
    struct casefile c = {0};
    read_bytes(&c, coloured, size);
    cr_assert_str_eq(findings_of(&c), "race\tdeposit/withdraw\n");
    cr_assert_not(c.findings[0]->torn);
    cr_assert_eq(c.findings[0]->sites[1].stack.count, 2);
}

static void big_report(FILE *out, int frames) {
    fputs(
        "WARNING: ThreadSanitizer: data race (pid=1)\n"
        "  Write of size 8 at 0x7b10 by thread T1:\n",
        out);
    for (int i = 0; i < frames; i++)
        fprintf(out, "    #%d f%d x.c:%d (x+0x%x)\n", i, i, i + 1, i + 1);
    fputs(
        "\n  Previous write of size 8 at 0x7b10 by main thread:\n    #0 g y.c:1 (x+0x9)\n\n"
        "SUMMARY: ThreadSanitizer: data race x.c:1 in f0\n",
        out);
}

Test(walk_torn, a_hundred_thousand_frames) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    big_report(out, 100000);
    fclose(out);
    struct casefile c = {0};
    read_bytes(&c, text, size);
    cr_assert_str_eq(findings_of(&c), "race\tf0/g\n");
    cr_assert_not(c.findings[0]->torn);
    cr_assert_eq(c.findings[0]->sites[0].stack.count, STACK_KEPT);
    cr_assert_eq(c.findings[0]->sites[0].stack.omitted, 100000 - STACK_KEPT);
    cr_assert_eq(c.findings[0]->sites[0].stack.frames[STACK_KEPT - 1].line, STACK_KEPT);
    cr_assert_lt(c.pool.taken, 4 << 20);
}

Test(walk_torn, nuls_foreign_bytes_and_long_lines_in_a_report) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fputs(
        "WARNING: ThreadSanitizer: data race (pid=1)\n"
        "  Write of size 8 at 0x7b10 by thread T1:\n    #0 caf\xe9 x.c:1 (x+0x1)\n",
        out);
    fwrite("a\0b\0\n  \0\n", 1, 9, out);
    for (int i = 0; i < 1 << 20; i++)
        fputc("#  ("[i % 4], out);
    fputs(
        "\n    #1 main x.c:9 (x+0x2)\n\n  Previous write of size 8 at 0x7b10 by main thread:\n"
        "    #0 g y.c:1 (x+0x9)\n\n  Thread T1 '",
        out);
    fwrite("re\0der' (tid=9, running) created by main thread at:\n", 1, 52, out);
    fputs("    #0 main x.c:3 (x+0x3)\n\nSUMMARY: ThreadSanitizer: data race x.c:1 in f\n", out);
    fclose(out);
    struct casefile c = {0};
    read_bytes(&c, text, size);
    cr_assert_str_eq(findings_of(&c), "race\tcaf\xe9/g\n");
    cr_assert_eq(c.findings[0]->sites[0].stack.count, 2);
    cr_assert_str_eq(c.findings[0]->sites[0].creator, "main thread");
}

Test(walk_torn, the_same_report_a_thousand_times_is_one_finding) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (int i = 0; i < 1000; i++)
        big_report(out, 3 + i % 2);
    fclose(out);
    struct casefile c = {0};
    read_bytes(&c, text, size);
    cr_assert_eq(c.finding_count, 1);
    cr_assert_eq(c.findings[0]->witnesses[TOOL_TSAN].reports, 1000);
    cr_assert_eq(c.findings[0]->witnesses[TOOL_TSAN].runs, 1);
}
