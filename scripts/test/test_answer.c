/*
 * test_answer.c - `answer` holds a diagnosis against the evidence: for each lab, what its
 * lab.txt claims is right, and what it does not claim is contradicted.
 */
#include <stdio.h>
#include <string.h>

#include "support.h"

#define EACH_LAB(name)                                                                             \
    ParameterizedTestParameters(answer, name) {                                                    \
        return each("labs/[0-9]*/lab.txt");                                                        \
    }                                                                                              \
    ParameterizedTest(path_param *path, answer, name)

/* What lab.txt has after "KEY: ", up to the first of `ends`. */
static char *claim(const char *lab, const char *key, const char *ends) {
    char *text = slurp("labs/%s/lab.txt", lab), start[32];
    snprintf(start, sizeof start, "\n%s: ", key);
    char *at = strstr(text, start);
    cr_assert_not_null(at);
    at += strlen(start);
    at[strcspn(at, ends)] = '\0';
    for (size_t n = strlen(at); n && at[n - 1] == ' ';)
        at[--n] = '\0';
    return at;
}

/* The class is derived from what the explorer finds, and lab.txt's is what its author
 * thinks: they must agree. */
EACH_LAB(agrees_with_what_lab_txt_claims) {
    char *lab = lab_of(*path), *class = claim(lab, "class", "\n"),
         *victim = claim(lab, "victim", "|\n");
    struct outcome o =
        sh(200, "scripts/answer.sh %s --functions main/main --victim '%s' --class '%s'", lab,
           victim, class);
    exited(o, 1); /* main crosses nobody */
    char line[120];
    snprintf(line, sizeof line, "Which class? %s: yes.\n", class);
    cr_assert(strstr(o.out, line), "%s", o.out);
    snprintf(line, sizeof line, "Who is the victim? %s: yes.\n", victim);
    cr_assert(strstr(o.out, line), "%s", o.out);
    cr_assert(strstr(o.out, "Which two cross? main and main: no.\n"), "%s", o.out);
}

/* A wrong class is contradicted by something. */
Test(answer, contradicts_another_class) {
    struct outcome o =
        sh(200, "scripts/answer.sh 08 --functions a/b --victim x --class 'data race'");
    exited(o, 1);
    cr_assert(strstr(o.out, "and in none of them do two accesses race."), "%s", o.out);
    o = sh(200, "scripts/answer.sh 04 --functions a/b --victim x --class 'data race'");
    exited(o, 1);
    cr_assert(strstr(o.out, "takes every race\n    away, and fails in ")
                  || strstr(o.out, "takes every race away"),
              "%s", o.out);
}

/* In any order, by any function of the two stacks. */
Test(answer, takes_either_order_and_any_frame) {
    static const char *const pairs[] = {"hmap_next and hmap_assign", "map_put, hmap_next"};
    for (int i = 0; i < 2; i++)
        exited(sh(200, "scripts/answer.sh 02 --functions '%s' --victim reader --class 'data race'",
                  pairs[i]),
               0);
    exited(
        sh(200,
           "scripts/answer.sh 08 --functions load/open_and_store --victim main --class atomicity"),
        0);
    exited(
        sh(200,
           "scripts/answer.sh 12 --functions map_count/map_move --victim truck --class deadlock"),
        0);
}

Test(answer, says_what_speaks_against_a_wrong_one) {
    struct outcome o = sh(
        200, "scripts/answer.sh 02 --functions map_get/nowhere --victim writer --class deadlock");
    exited(o, 1);
    cr_assert(strstr(o.out, "map_get is on no side of any of the "), "%s", o.out);
    cr_assert(strstr(o.out, "No function of this program is called nowhere."), "%s", o.out);
    cr_assert(strstr(o.out, "was never the writer."), "%s", o.out);
    cr_assert(strstr(o.out, "In none of 600 schedules did a thread wait without an end."), "%s",
              o.out);
}

/* It is about what was shipped, whatever became of it. */
Test(answer, asks_on_a_terminal) {
    struct outcome o = sh(200,
                          "printf 'map_put map_put\\nwriter\\ndata race\\n' | script -qec "
                          "'scripts/answer.sh 01' /dev/null");
    exited(o, 0);
    cr_assert(strstr(o.out, "Which thread is the victim? "), "%s", o.out);
    cr_assert(strstr(o.out, "Which class? data race: yes."), "%s", o.out);
}

Test(answer, refuses_what_it_cannot_use) {
    refused(sh(20, "scripts/answer.sh 01 </dev/null"), 2, "not on a terminal");
    refused(sh(20, "scripts/answer.sh 01 --functions f --victim x --class order"), 2,
            "two functions");
    refused(sh(20, "scripts/answer.sh 01 --functions f/g --victim x --class wrong"), 2,
            "is no class");
    refused(sh(20, "scripts/answer.sh"), 2, "which lab?");
    refused(sh(20, "scripts/answer.sh 01 02"), 2, "one lab at a time");
}
