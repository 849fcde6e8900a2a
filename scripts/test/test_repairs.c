/*
 * test_repairs.c - every repair of solutions/, put before the judge: each wrong one is
 * rejected by the oracle that its first line names or by a cheaper one, which is luck, and
 * with its own words; each right one is accepted, and so is each solution.
 *
 * How often they are (`make bench-check`): in 3 of 3 runs of each wrong one under load.
 */
#include <stdio.h>
#include <string.h>

#include "judged.h"

TestSuite(repairs, .init = make_tmp, .fini = remove_tmp);

static json_t *judged_file(const char *path, int status) {
    char options[400];
    snprintf(options, sizeof options, "--map %s %s", path, lab_of(path));
    return judged(options, status);
}

/* --- wrong ones -------------------------------------------------------------------------- */

/* The words after " * asks: " at the head of it, one line that is a question. */
static char *question_in(const char *path, char *text) {
    char *head = strstr(text, "*/"), *asks = strstr(text, "\n * asks: ");
    cr_assert(asks && head && asks < head, "%s: its head asks nothing", path);
    char *question = asks + strlen("\n * asks: "), *end = strchr(question, '\n');
    cr_assert_eq(end[-1], '?', "%s: what it asks is not one line, or no question", path);
    cr_assert_not(strstr(end, "\n * asks: "), "%s asks more than once", path);
    *end = '\0';
    return question;
}

/* Is `by` asked before `named`, or the same? As the verdict lists them. */
static bool no_later(const json_t *v, const char *by, const char *named) {
    const json_t *o;
    size_t i;
    json_array_foreach(json_object_get(v, "oracles"), i, o) {
        if (strcmp(of(o, "oracle"), by) == 0)
            return true;
        if (strcmp(of(o, "oracle"), named) == 0)
            return false;
    }
    return false;
}

ParameterizedTestParameters(repairs, reject_the_wrong) {
    return each("solutions/*/wrong/*.c");
}

ParameterizedTest(path_param *path, repairs, reject_the_wrong) {
    char named[16] = "", *text = slurp("%s", *path);
    cr_assert_eq(sscanf(text, "/* rejected by: %15[a-z]. ", named), 1,
                 "%s: its first line names no oracle", *path);
    cr_assert_leq(lines(text), 150, "%s is too long", *path);
    char *question = question_in(*path, text);

    json_t *v = judged_file(*path, 1);
    cr_assert(no_later(v, of(v, "rejected_by"), named), "%s names %s: %s", *path, named,
              of(v, "text"));
    if (strcmp(named, "honesty") != 0 && strcmp(named, "rules") != 0)
        cr_assert_str_eq(of(asked(v, "rules"), "verdict"), "passed", "%s is not plausible", *path);

    char name[64], *slash = strrchr(*path, '/');
    snprintf(name, sizeof name, "%.*s", (int)strcspn(slash + 1, "."), slash + 1);
    cr_assert_str_eq(of(json_object_get(v, "looks_like"), "name"), name, "%s", of(v, "text"));
    cr_assert_str_eq(of(v, "question"), question);
}

/* --- right ones -------------------------------------------------------------------------- */

ParameterizedTestParameters(repairs, accept_the_right) {
    return each("solutions/*/right/*.c");
}

ParameterizedTest(path_param *path, repairs, accept_the_right) {
    char *text = slurp("%s", *path);
    cr_assert(strncmp(text, "/* accepted. ", 13) == 0, "%s: it does not say so", *path);
    cr_assert_leq(lines(text), 150, "%s is too long", *path);
    judged_file(*path, 0);
}

ParameterizedTestParameters(repairs, accept_ours) {
    return each("solutions/*/map.c");
}

ParameterizedTest(path_param *path, repairs, accept_ours) {
    judged_file(*path, 0);
}
