/*
 * test_judge.c - the judge: what each oracle rejects, and says; which alarms it does not
 * believe; what a repair looks like; what it writes for programs. The repairs in solutions/
 * are held to their first lines in test_labs.c.
 */
#include <stdio.h>
#include <string.h>

#include "judged.h"

TestSuite(judge, .init = make_tmp, .fini = remove_tmp);

/* --- each oracle, by something that no cheaper one sees ------------------------------- */

Test(judge, compiler_has_the_first_word) {
    repair("static int unused;", "int also = 1;");
    json_t *v = judged("--all", 1);
    rejected(v, "compiler", "an error");
    cr_assert(strstr(of(asked(v, "compiler"), "story"), "map.c:32:9: error: unused variable"), "%s",
              of(asked(v, "compiler"), "story"));
    cr_assert_str_eq(of(asked(v, "rules"), "verdict"), "not asked");

    repair("", "undefined_thing();");
    judged("", 1);
    repair("#if 0", "");
    judged("", 1);
}

/* The first oracle that rejects `v`, and no other of those that were asked. */
static void rejected_alone(const json_t *v, const char *by) {
    const json_t *o;
    size_t i;
    json_array_foreach(json_object_get(v, "oracles"), i, o) {
        const char *name = of(o, "oracle"), *verdict = of(o, "verdict");
        cr_assert_str_eq(verdict, strcmp(name, by) ? "passed" : "rejected", "%s: %s", name,
                         of(o, "says"));
    }
}

Test(judge, rules_alone_know_the_contract) {
    repair("static struct user nobody;", "");
    /* nobody asks in work.c for who is not there */
    sh(5, "sed -i 's/return u;/return u ? u : \\&nobody;/' %s/map.c", tmp);
    json_t *v = judged("--all", 1);
    rejected_alone(v, "rules");
    cr_assert(strstr(of(asked(v, "rules"), "story"), "    a new table is empty\n"), "%s",
              of(v, "text"));
}

/* Only in a run of full size is there a user of that number. The detectors run the same
 * program; the explorer a smaller one. */
Test(judge, stress_runs_it_as_it_is) {
    repair("", "if (u->id == 7990 && pthread_mutex_unlock(&m->lock) == 0) return;");
    json_t *v = judged("", 1);
    rejected(v, "stress", "users that can be found: expected 8000, found 7999");
    cr_assert_eq(json_integer_value(json_object_get(asked(v, "stress"), "tries")), 1);
}

Test(judge, explore_alone_finds_a_lost_wakeup) {
    json_t *v =
        judged("--all --map solutions/03-nil-map/wrong/sleeps-through-the-call.c 03-nil-map", 1);
    rejected_alone(v, "explore");
}

Test(judge, drd_alone_knows_a_mutex_made_twice) {
    json_t *v =
        judged("--all --map solutions/03-nil-map/wrong/a-new-lock-each-time.c 03-nil-map", 1);
    rejected_alone(v, "drd");
    rejected(v, "drd", "mutex misuse map_close");
}

Test(judge, leaks_alone_count_what_is_kept) {
    repair("", "if (u->id == 3 && !malloc(100)) return;");
    json_t *v = judged("--all", 1);
    rejected_alone(v, "leaks");
    rejected(v, "leaks", "1 block more each round");
    cr_assert(strstr(of(asked(v, "leaks"), "story"), "map.c:32:5: error: in map_put\n"), "%s",
              of(v, "text"));
}

/* Still known to somebody, and growing all the same. */
Test(judge, leaks_know_a_list_that_nobody_clears) {
    repair("static struct seen { struct seen *next; } *all;",
           "if (u->id == 3) { struct seen *s = malloc(sizeof *s); s->next = all; all = s; }");
    rejected(judged("", 1), "leaks", "1 block more each round");
}

Test(judge, cost_alone_times_it) {
    repair("", "if (u->id % 1000 == 999) for (volatile int i = 0; i < 25000000; i++) {}");
    json_t *v = judged("--all", 1);
    rejected_alone(v, "cost");
}

/* --- false alarms that are known ----------------------------------------------------- */

static void doubted(const json_t *v, const char *tool, const char *found, const char *says) {
    const json_t *o = asked(v, tool);
    cr_assert_str_eq(of(o, "verdict"), "doubted", "%s", of(v, "text"));
    cr_assert(strncmp(of(o, "found"), found, strlen(found)) == 0, "%s", of(o, "found"));
    cr_assert(strstr(of(o, "story"), says), "%s", of(o, "story"));
}

Test(judge, doubts_who_knows_no_atomics) {
    json_t *v = judged(
        "--map solutions/04-publish-before-init/right/not-a-word-to-valgrind.c"
        " 04-publish-before-init",
        0);
    doubted(v, "helgrind", "race ", "does not know C11 atomics");
    doubted(v, "drd", "race ", "does not know C11 atomics");
}

Test(judge, doubts_two_orders_that_never_meet) {
    json_t *v = judged("--map solutions/12-lock-order/right/one-gate-for-all.c 12-lock-order", 0);
    doubted(v, "helgrind", "lock order ", "locks that keep others from meeting");
}

Test(judge, doubts_who_knows_no_once) {
    repair(
        "static pthread_once_t prepared = PTHREAD_ONCE_INIT;\nstatic long limit;\n"
        "static void prepare(void) { limit = 1; }",
        "");
    exited(sh(5,
              "sed -i 's/^void map_put.*/&\\n    pthread_once(\\&prepared, prepare);"
              "\\n    if (!limit) return;/' %s/map.c",
              tmp),
           0);
    doubted(judged("", 0), "helgrind", "race ", "does not know pthread_once");
}

/* A misuse is none of these, whatever else is in the file. */
Test(judge, doubts_no_misuse) {
    exited(sh(5,
              "sed 's/^static struct hmap/_Atomic int known;\\n&/'"
              " solutions/03-nil-map/wrong/a-new-lock-each-time.c >%s/theirs.c",
              tmp),
           0);
    char options[200];
    snprintf(options, sizeof options, "--map %s/theirs.c 03-nil-map", tmp);
    rejected(judged(options, 1), "drd", "mutex misuse map_close");
}

/* --- what it looks like --------------------------------------------------------------- */

/* The same mistake by another hand: other names, no comments, another order. */
Test(judge, knows_a_misconception_by_another_hand) {
    exited(sh(5,
              "sed -e '1,/\\*\\//d' -e 's/lock;/guard;/; s/->lock/->guard/g; s/struct stock "
              "\\*s\\b/struct stock *shop/g;"
              " s/\\bs->/shop->/g; s/free(s)/free(shop)/; s/sizeof [*]s/sizeof *shop/; s/return "
              "s;/return shop;/; "
              "s/total/sum/g; s/map_sum/map_total/g'"
              " solutions/02-read-during-write/wrong/only-the-writer-locks.c >%s/theirs.c",
              tmp),
           0);
    char options[200];
    snprintf(options, sizeof options, "--map %s/theirs.c 02-read-during-write", tmp);
    json_t *v = judged(options, 1);
    cr_assert_str_eq(of(json_object_get(v, "looks_like"), "name"), "only-the-writer-locks", "%s",
                     of(v, "text"));
    cr_assert(strstr(of(v, "text"), "The reader takes"), "%s", of(v, "text"));
}

Test(judge, claims_no_likeness_where_there_is_none) {
    json_t *v = judged("--map labs/02-read-during-write/map.c 02-read-during-write", 1);
    cr_assert(json_is_null(json_object_get(v, "looks_like")), "%s", of(v, "text"));
}

/* --- for programs --------------------------------------------------------------------- */

Test(judge, writes_for_programs_in_one_run) {
    exited(sh(60,
              JUDGE "--json %s/j --junit %s/u --results %s/r --map "
                    "solutions/" LAB "/wrong/local-mutex.c " LAB,
              tmp, tmp, tmp),
           1);
    exited(sh(20, "xmllint --noout %s/u", tmp), 0);
    struct outcome o =
        sh(20,
           "xmllint --xpath 'concat(//testsuite/@tests, \" \", //testsuite/@failures, \" \","
           " //testsuite/@skipped, \" \", //testcase[failure]/@name)' %s/u",
           tmp);
    cr_assert_str_eq(o.out, "10 1 6 stress\n");
    char path[128];
    snprintf(path, sizeof path, "%s/r", tmp);
    json_t *r = json_load_file(path, 0, NULL);
    cr_assert_eq(json_number_value(json_object_get(r, "score")), 0);
    const json_t *tests = json_object_get(r, "tests");
    cr_assert_eq(json_array_size(tests), 10);
    cr_assert_str_eq(of(json_array_get(tests, 2), "status"), "passed");
    cr_assert_str_eq(of(json_array_get(tests, 3), "status"), "failed");
    cr_assert_str_eq(of(json_array_get(tests, 4), "status"), ""); /* not asked */
    snprintf(path, sizeof path, "%s/j", tmp);
    json_t *j = json_load_file(path, 0, NULL);
    cr_assert_str_eq(of(j, "format"), "racelab check 1");
}

Test(judge, gives_stdout_to_programs) {
    struct outcome o = sh(60, JUDGE "--json - --map solutions/" LAB "/wrong/steps-aside.c " LAB);
    exited(o, 1);
    cr_assert_not_null(json_loads(o.out, 0, NULL), "%s", o.out);
}

Test(judge, refuses_what_it_cannot_use) {
    refused(sh(10, JUDGE), 2, "which lab?");
    refused(sh(10, JUDGE "a b"), 2, "one lab at a time");
    refused(sh(10, JUDGE "99-nothing"), 2, "no lab is called '99-nothing'");
    refused(sh(10, JUDGE "../labs"), 2, "no lab is called");
    refused(sh(10, JUDGE "--map /nowhere.c " LAB), 2, "No such file");
    refused(sh(10, JUDGE "--map . " LAB), 2, "is no file");
    refused(sh(10, JUDGE "--map README.md " LAB), 2, "call it map.c");
    refused(sh(10, JUDGE "--json /nowhere/j " LAB), 2, "cannot write /nowhere/j");
    refused(sh(10, JUDGE "--json - --junit - " LAB), 2, "only one");
    exited(sh(10, "head -c 2000000 /dev/zero | tr '\\0' ' ' >%s/map.c", tmp), 0);
    refused(sh(60, JUDGE "--map %s/map.c " LAB, tmp), 2, "larger than 1024 KiB");
    exited(sh(10, JUDGE "--help | grep -q 'honesty '"), 0);
}
