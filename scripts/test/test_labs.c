/*
 * test_labs.c - every lab, found by wildcard: its form, and that each claim of
 * its lab.txt is what really happens, on both sides; every other repair, wrong or
 * right.
 *
 * How often a racy thing must show is set from measured rates (`make matrix`;
 * traces/matrix.txt): native deaths came in 200 of 200 runs, so at least 8 of 10
 * are demanded; the rarest claimed report came in 17 of 40 runs, so it must be
 * among 3 runs or, failing that, among 25 more: missed once in five million. What must never show
 * must not show in any run.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { NATIVE_RUNS = 10, NATIVE_DEATHS = 8, FEW_RUNS = 3, MORE_RUNS = 25, STRESS_RUNS = 5 };
enum { SCHEDULES = 20000, RIGHT_RUNS = 2 };

#define EACH_LAB(name)                                                                             \
    ParameterizedTestParameters(labs, name) {                                                      \
        return each("labs/[0-9]*/lab.txt");                                                        \
    }                                                                                              \
    ParameterizedTest(path_param *path, labs, name)

/* --- form ---------------------------------------------------------------------- */

static void at_most(int limit, const char *format, const char *lab) {
    char path[256];
    snprintf(path, sizeof path, format, lab);
    int n = lines(slurp("%s", path));
    cr_assert_leq(n, limit, "%s has %d lines, more than %d", path, n, limit);
}

EACH_LAB(keep_to_their_form) {
    char *lab = lab_of(*path);
    at_most(100, "labs/%s/README.md", lab);
    at_most(150, "labs/%s/map.c", lab);
    at_most(60, "labs/%s/work.c", lab);
    at_most(60, "solutions/%s/WHY.md", lab);
    cr_assert(strstr(slurp("labs/%s/map.c", lab), "/* RACE: a"), "no racing line is marked");
    cr_assert_not(strstr(slurp("solutions/%s/map.c", lab), "RACE:"),
                  "the solution still has a mark");
    char *hints = slurp("labs/%s/hints.md", lab);
    for (int n = 1; n <= 3; n++) {
        char title[8];
        snprintf(title, sizeof title, "\n## %d\n", n);
        cr_assert(strstr(hints, title), "hints.md has no hint %d", n);
    }
    char *claims = slurp("labs/%s/lab.txt", lab);
    const char *keys[] = {
        "title: ",  "\nclass: ",    "\nsource: ", "\ncrash: ", "\nsays: ",   "\nvictim: ",
        "\ntsan: ", "\nhelgrind: ", "\ndrd: ",    "\nlook: ",  "\nexplore: "};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        cr_assert(strstr(claims, keys[i]), "lab.txt has no line for %s", keys[i]);
}

EACH_LAB(have_a_repair_of_at_most_4_hunks_and_25_lines) {
    char *lab = lab_of(*path);
    struct outcome o = sh(10, "diff -u labs/%s/map.c solutions/%s/map.c", lab, lab);
    exited(o, 1);
    int hunks = 0, removed = 0, added = 0;
    for (char *line = strtok(o.out, "\n"); line; line = strtok(NULL, "\n")) {
        hunks += strncmp(line, "@@", 2) == 0;
        added += line[0] == '+' && strncmp(line, "+++", 3) != 0;
        removed += line[0] == '-' && strncmp(line, "---", 3) != 0;
    }
    cr_assert_leq(hunks, 4);
    cr_assert_leq(added + removed, 25, "%d lines added, %d removed", added, removed);
    exited(sh(10, "test $(ls solutions/%s/wrong/*.c | wc -l) -ge 5", lab), 0);
    exited(sh(10, "test $(ls solutions/%s/right/*.c | wc -l) -ge 2", lab), 0);
}

/* --- both sides keep the contract, with one thread -------------------------------- */

static void keeps_the_rules(const char *side, const char *lab) {
    struct outcome o = sh(60, "build/plain/%s/%s/rules -j1", side, lab);
    exited(o, 0);
    int tested = -1, passing = -2;
    char *synthesis = strstr(o.err, "Tested: ");
    cr_assert(synthesis && sscanf(synthesis, "Tested: %d | Passing: %d", &tested, &passing) == 2,
              "%s", o.err);
    cr_assert(tested > 0 && passing == tested, "%d of %d", passing, tested);
}

EACH_LAB(pass_their_rules_on_the_racy_side) {
    keeps_the_rules("labs", lab_of(*path));
}

EACH_LAB(pass_their_rules_when_repaired) {
    keeps_the_rules("solutions", lab_of(*path));
}

/* --- what lab.txt claims of the racy side ------------------------------------------ */

EACH_LAB(die_as_claimed) {
    struct outcome o = sh(120, "scripts/lab.sh rate %s --runs %d", lab_of(*path), NATIVE_RUNS);
    exited(o, 0);
    int died = 0, of = 0;
    cr_assert(sscanf(o.out, "died as claimed in %d of %d runs", &died, &of) == 2, "%s", o.out);
    cr_assert_eq(of, NATIVE_RUNS);
    cr_assert_geq(died, NATIVE_DEATHS, "%d of %d", died, of);
}

EACH_LAB(leave_a_core_that_shows_the_claimed_victim) {
    exited(sh(120, "scripts/lab.sh core %s", lab_of(*path)), 0);
}

EACH_LAB(fail_under_a_schedule_as_claimed) {
    exited(sh(120, "scripts/lab.sh explore %s", lab_of(*path)), 0);
}

EACH_LAB(survive_20000_schedules_when_repaired) {
    exited(sh(120, "scripts/lab.sh explore %s solution", lab_of(*path)), 0);
}

static void shows_as_claimed(const char *tool, const char *lab) {
    exited(sh(250, "scripts/lab.sh %s %s --runs %d --more %d", tool, lab, FEW_RUNS, MORE_RUNS), 0);
}

EACH_LAB(show_in_tsan_what_is_claimed) {
    shows_as_claimed("tsan", lab_of(*path));
}

EACH_LAB(show_in_helgrind_what_is_claimed) {
    shows_as_claimed("helgrind", lab_of(*path));
}

EACH_LAB(show_in_drd_what_is_claimed) {
    shows_as_claimed("drd", lab_of(*path));
}

/* --- the solutions: nobody finds anything, in any run --------------------------------- */

EACH_LAB(live_when_repaired) {
    char *lab = lab_of(*path);
    for (int i = 0; i < FEW_RUNS; i++)
        exited(sh(30, "build/plain/solutions/%s/lab", lab), 0);
    exited(sh(60, "taskset -c 0 build/plain/solutions/%s/lab", lab), 0);
}

static void is_silent_under_every_detector(const char *lab, const char *side, int runs) {
    const char *tools[] = {"tsan", "helgrind", "drd"};
    for (int t = 0; t < 3; t++) {
        struct outcome o = sh(200, "scripts/lab.sh %s %s %s --runs %d", tools[t], lab, side, runs);
        char expected[64];
        snprintf(expected, sizeof expected, "%s: silent in %d of %d", tools[t], runs, runs);
        exited(o, 0);
        cr_assert(strncmp(o.out, expected, strlen(expected)) == 0, "%s", o.out);
    }
}

EACH_LAB(are_silent_under_every_detector_when_repaired) {
    is_silent_under_every_detector(lab_of(*path), "solution", FEW_RUNS);
}

/* Where lab.txt says that a tool raises a false alarm on the repair as soon as it
 * is not told better, it does. */
EACH_LAB(raise_the_false_alarms_that_are_claimed) {
    char *lab = lab_of(*path), *claims = slurp("labs/%s/lab.txt", lab);
    const char *tools[] = {"helgrind", "drd"};
    for (int t = 0; t < 2; t++) {
        char key[32];
        snprintf(key, sizeof key, "\nunannotated-%s: ", tools[t]);
        if (strstr(claims, key))
            exited(sh(200, "scripts/lab.sh %s %s unannotated --runs %d", tools[t], lab, FEW_RUNS),
                   0);
    }
}

/* --- other repairs, wrong and right ------------------------------------------------------ */

/* "wrong/NAME" of solutions/NN-slug/wrong/NAME.c */
static char *side_of(const char *path) {
    char *side = strdup(strchr(strchr(path, '/') + 1, '/') + 1);
    side[strlen(side) - 2] = '\0';
    return side;
}

/* What the words at the head of a wrong repair begin with, each on a line of its own. */
static void asks_a_question(const char *path, const char *text) {
    const char *head = strstr(text, "*/"), *asks = strstr(text, "\n * asks: ");
    cr_assert(asks && head && asks < head, "%s: its head asks nothing", path);
    const char *end = strchr(asks + 1, '\n');
    cr_assert_eq(end[-1], '?', "%s: what it asks is not one line, or no question", path);
    cr_assert_not(strstr(end, "\n * asks: "), "%s asks more than once", path);
}

ParameterizedTestParameters(labs, reject_wrong_repairs_by_the_oracle_they_name) {
    return each("solutions/*/wrong/*.c");
}

/* honesty, leaks and cost are the judge's own: its tests hold it to these files. Here it
 * is enough that such a repair compiles and is plausible, that is, passes the rules. */
ParameterizedTest(path_param *path, labs, reject_wrong_repairs_by_the_oracle_they_name) {
    char oracle[16] = "", *text = slurp("%s", *path);
    cr_assert_eq(sscanf(text, "/* rejected by: %15[a-z]. ", oracle), 1,
                 "%s: its first line names no oracle", *path);
    asks_a_question(*path, text);
    at_most(150, "%s", *path);
    char *lab = lab_of(*path), *side = side_of(*path);

    if (strcmp(oracle, "rules") == 0) {
        exited(sh(90, "build/plain/solutions/%s/%s/rules -j1 --fail-fast", lab, side), 1);
        return;
    }
    exited(sh(60, "build/plain/solutions/%s/%s/rules -j1", lab, side), 0);
    if (strcmp(oracle, "stress") == 0) {
        int died = 0;
        char lab_program[512];
        snprintf(lab_program, sizeof lab_program, "build/plain/solutions/%s/%s/lab", lab, side);
        for (int i = 0; i < STRESS_RUNS && !died; i++)
            died = program(30, lab_program).signal != 0;
        cr_assert(died, "lived %d times", STRESS_RUNS);
    } else if (strcmp(oracle, "explore") == 0) {
        exited(sh(120,
                  "build/bin/explore --until race --schedules %d --format list --"
                  " build/explore/solutions/%s/%s/lab",
                  SCHEDULES, lab, side),
               1);
    } else if (strcmp(oracle, "tsan") == 0 || strcmp(oracle, "helgrind") == 0
               || strcmp(oracle, "drd") == 0) {
        struct outcome o =
            sh(200, "HMAP_CHECK=0 scripts/%s.sh --runs %d -- build/%s/solutions/%s/%s/lab", oracle,
               FEW_RUNS, strcmp(oracle, "tsan") == 0 ? "tsan" : "plain", lab, side);
        exited(o, 1);
        cr_assert_not(strstr(o.out, "silent"), "%s", o.out);
    } else {
        cr_assert(strcmp(oracle, "honesty") == 0 || strcmp(oracle, "leaks") == 0
                      || strcmp(oracle, "cost") == 0,
                  "no such oracle: %s", oracle);
    }
}

ParameterizedTestParameters(labs, accept_right_repairs) {
    return each("solutions/*/right/*.c");
}

/* Another repair than ours, and as right. Measured: none failed in 200 native runs, 20
 * under ThreadSanitizer, 10 under Helgrind and DRD, 20,000 schedules. What a detector
 * reports of a wrong one, it reports in nearly every run, so two are enough here. */
ParameterizedTest(path_param *path, labs, accept_right_repairs) {
    cr_assert_eq(strncmp(slurp("%s", *path), "/* accepted. ", 13), 0,
                 "%s: its first line does not say that it is accepted", *path);
    at_most(150, "%s", *path);
    char *lab = lab_of(*path), *side = side_of(*path);
    exited(sh(60, "build/plain/solutions/%s/%s/rules -j1", lab, side), 0);
    for (int i = 0; i < RIGHT_RUNS; i++)
        exited(sh(30, "build/plain/solutions/%s/%s/lab", lab, side), 0);
    exited(sh(60, "taskset -c 0 build/plain/solutions/%s/%s/lab", lab, side), 0);
    exited(sh(60,
              "TEAM_ROUNDS=2 valgrind -q --leak-check=full --error-exitcode=9"
              " build/plain/solutions/%s/%s/lab",
              lab, side),
           0);
    is_silent_under_every_detector(lab, side, RIGHT_RUNS);
    exited(
        sh(120, "build/bin/explore --until race -- build/explore/solutions/%s/%s/lab", lab, side),
        0);
}
