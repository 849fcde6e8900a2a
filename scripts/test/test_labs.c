/*
 * test_labs.c - every lab, found by wildcard: its form, and that each claim of
 * its lab.txt is what really happens, on both sides. Other repairs, wrong and right,
 * are those of test_repairs.c.
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

enum { NATIVE_RUNS = 10, NATIVE_DEATHS = 8, FEW_RUNS = 3, MORE_RUNS = 25 };

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

EACH_LAB(are_silent_under_every_detector_when_repaired) {
    const char *lab = lab_of(*path), *tools[] = {"tsan", "helgrind", "drd"};
    for (int t = 0; t < 3; t++) {
        struct outcome o =
            sh(200, "scripts/lab.sh %s %s solution --runs %d", tools[t], lab, FEW_RUNS);
        char expected[64];
        snprintf(expected, sizeof expected, "%s: silent in %d of %d", tools[t], FEW_RUNS, FEW_RUNS);
        exited(o, 0);
        cr_assert(strncmp(o.out, expected, strlen(expected)) == 0, "%s", o.out);
    }
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
