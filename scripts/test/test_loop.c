/*
 * test_loop.c - what a learner does again and again: check, hint, reset, list, next; and
 * what is remembered of it. Each test has a copy of the project (make_tree), where
 * map.c tells the judge what to say.
 */
#include <stdio.h>
#include <string.h>

#include "support.h"

#define FIXTURES "scripts/test/fixtures/loop/"
#define LAB_01 "01-concurrent-write"
#define MAP_01 "labs/" LAB_01 "/map.c"

TestSuite(loop, .init = make_tree, .fini = remove_tmp);

/* Adds a comment to lab 01's map.c. */
static void save(const char *comment) {
    exited(in_tree(5, "echo '/* %s */' >>" MAP_01, comment), 0);
}

/* The first fields of a lab's line in progress.txt: "tried 2 0" */
static void remembers(const char *lab, const char *expected) {
    struct outcome o =
        in_tree(5, "awk '$1 == \"%s\" { print $2, $3, $4 }' $RACELAB_HOME/progress.txt", lab);
    o.out[strcspn(o.out, "\n")] = '\0';
    cr_assert_str_eq(o.out, expected, "of %s is remembered: %s; not: %s", lab, o.out, expected);
}

static void nothing_is_remembered(void) {
    exited(in_tree(5, "test -e $RACELAB_HOME/progress.txt"), 1);
}

/* --- check ------------------------------------------------------------------------- */

static const struct judged {
    int status;
    char remembered[16];
} judged[] = {
    {0, "solved 1 0"}, {1, "tried 1 0"},   {2, ""},
    {3, "partly 1 0"}, {124, "tried 1 0"}, {130, ""}, /* the judge was interrupted */
};

ParameterizedTestParameters(loop, check_passes_on_the_verdict_and_remembers_it) {
    return cr_make_param_array(const struct judged, judged, sizeof judged / sizeof *judged);
}

ParameterizedTest(const struct judged *j, loop, check_passes_on_the_verdict_and_remembers_it) {
    char comment[32];
    snprintf(comment, sizeof comment, "verdict: %d", j->status);
    save(comment);
    struct outcome o = in_tree(10, "scripts/check.sh --all --json x 01");
    exited(o, j->status);
    must_say(o.out, "asked: --all --json x " LAB_01 "\n");
    if (j->remembered[0])
        remembers(LAB_01, j->remembered);
    else
        nothing_is_remembered();
}

Test(loop, only_a_different_repair_is_another_try) {
    save("first");
    exited(in_tree(10, "scripts/check.sh 01"), 1);
    exited(in_tree(10, "scripts/check.sh 01"), 1);
    remembers(LAB_01, "tried 1 0");
    save("second; verdict: 3");
    exited(in_tree(10, "scripts/check.sh 01"), 3);
    remembers(LAB_01, "partly 2 0");
    save("third; verdict: 1");
    exited(in_tree(10, "scripts/check.sh 01"), 1);
    remembers(LAB_01, "tried 3 0");
}

Test(loop, what_was_solved_stays_so_and_says_what_is_next) {
    save("verdict: 0");
    struct outcome o = in_tree(10, "scripts/check.sh 01");
    exited(o, 0);
    must_say(o.out,
             "\n\nSolved in 1 try, 0 hints. Next: make diff LAB=01 compares, make next goes on.\n");
    save("verdict: 1");
    exited(in_tree(10, "scripts/check.sh 01"), 1);
    remembers(LAB_01, "solved 1 0");
}

Test(loop, what_was_shipped_is_no_try) {
    refused(in_tree(10, "scripts/check.sh 01"), 1, MAP_01 " is as it was shipped: this is no try");
    nothing_is_remembered();
}

Test(loop, what_does_not_compile_is_no_try) {
    exited(in_tree(5, "echo 'int x = \"\";' >>" MAP_01), 0);
    exited(in_tree(20, "scripts/check.sh 01"), 1);
    nothing_is_remembered();
}

Test(loop, standard_output_is_left_to_a_machine_that_asked_for_it) {
    save("verdict: 0");
    struct outcome o = in_tree(10, "scripts/check.sh --json=- 01");
    exited(o, 0);
    cr_assert_str_eq(o.out, "asked: --json - " LAB_01 "\nverdict: 0\n");
    remembers(LAB_01, "solved 1 0");
}

Test(loop, a_repair_that_was_committed_is_solved) {
    save("verdict: 0");
    exited(in_tree(10,
                   "git -c user.name=test -c user.email=test commit -qam mine && "
                   "scripts/check.sh 01"),
           0);
    remembers(LAB_01, "solved 1 0");
}

Test(loop, another_map_is_not_the_learners) {
    save("verdict: 0");
    struct outcome o = in_tree(10, "cd labs && ../scripts/check.sh --map x.c 01");
    exited(o, 0);
    must_say(o.out, "asked: --map labs/x.c " LAB_01 "\n");
    nothing_is_remembered();
}

Test(loop, a_verdict_on_what_was_saved_meanwhile_is_not_remembered) {
    save("seconds: 2");
    struct outcome o =
        in_tree(20, "(sleep 1; echo '/* verdict: 0 */' >>" MAP_01 ") & scripts/check.sh 01");
    refused(o, 1, "was saved meanwhile: the verdict may be of either, and is not remembered");
    nothing_is_remembered();
}

Test(loop, two_checks_at_once_wait_for_each_other) {
    exited(in_tree(5,
                   "for lab in 01-concurrent-write 02-read-during-write; do "
                   "echo '/* seconds: 1 */' >>labs/$lab/map.c; done"),
           0);
    struct outcome o =
        in_tree(30, "scripts/check.sh 01 & scripts/check.sh 02 & wait $!; wait; true");
    refused(o, 0, "another check is running: this one waits for it");
    cr_assert_eq(lines(o.out), 4);
    char *answer = strstr(o.out, "verdict: 1\nasked: ");
    cr_assert(answer, "they ran at once: %s", o.out);
    remembers(LAB_01, "tried 1 0");
    remembers("02-read-during-write", "tried 1 0");
}

Test(loop, a_lab_has_many_names) {
    save("x");
    struct outcome o =
        in_tree(30, "for lab in 1 01 concurrent labs/" LAB_01 " ./labs/" LAB_01
                    "/ "
                    "$PWD/" MAP_01 " solutions/" LAB_01
                    "/wrong; do "
                    "scripts/check.sh $lab; done; cd labs/" LAB_01
                    " && ../../scripts/check.sh . && ../../scripts/check.sh ./map.c");
    for (const char *line = o.out; *line; line = strchr(line, '\n') + 1)
        cr_assert(strncmp(line, "asked: " LAB_01 "\n", 27) == 0 || *line == 'v', "%s", o.out);
    cr_assert_eq(lines(o.out), 16, "%s", o.out); /* the last && ends it: 1 is no success */
    refused(in_tree(5, "scripts/check.sh labs/common"), 2, "no lab is called 'common'");
}

/* --- what is remembered ------------------------------------------------------------------ */

Test(loop, no_kill_tears_progress) {
    exited(sh(60, "RACELAB_HOME=%s/home bash " FIXTURES "torn.sh 100", tmp), 0);
}

Test(loop, many_writers_lose_nothing) {
    exited(in_tree(60,
                   "for lab in 01 02 03 04; do for n in 1 2 3; do "
                   "scripts/hint.sh $lab $n >/dev/null & done; done; wait"),
           0);
    remembers(LAB_01, "new 0 3");
    remembers("02-read-during-write", "new 0 3");
    remembers("03-nil-map", "new 0 3");
    remembers("04-publish-before-init", "new 0 3");
}

Test(loop, what_others_wrote_in_progress_is_kept) {
    save("x");
    exited(in_tree(5,
                   "mkdir -p $RACELAB_HOME && printf '%%b' 'my own words \\0 \\377 & \\\\\\\\1\\n"
                   "03-nil-map  solved 02 1 - 2025-11-04 -  # in the train\\r\\n"
                   "03-nil-map tried 9 9 - - -\\n"
                   "02-read-during-write solved yesterday' >$RACELAB_HOME/progress.txt && "
                   "cp $RACELAB_HOME/progress.txt $RACELAB_HOME/before"),
           0);
    refused(in_tree(10, "scripts/check.sh 01"), 1,
            "progress.txt: not understood, and kept as it is: line 1, 3, 4");
    /* what was there, the end of its last line, and the new one */
    exited(in_tree(5,
                   "echo >>$RACELAB_HOME/before && head -n -1 $RACELAB_HOME/progress.txt | "
                   "cmp - $RACELAB_HOME/before"),
           0);
    remembers(LAB_01, "tried 1 0");
    exited(in_tree(10, "scripts/hint.sh 03 3"), 0);
    exited(in_tree(5,
                   "grep -aq '^03-nil-map  *solved  *2  *3  *-  *2025-11-04  *-  *# in the "
                   "train' $RACELAB_HOME/progress.txt"),
           0);
    must_say(in_tree(10, "scripts/list.sh").out, "solved  2025-11-04      2      3\n");
}

Test(loop, a_verdict_counts_where_nothing_can_be_remembered) {
    save("verdict: 0");
    struct outcome o = in_tree(10, "RACELAB_HOME=/proc/nowhere scripts/check.sh 01");
    refused(o, 0, "cannot write to /proc/nowhere: this is not remembered");
    must_say(o.out, "verdict: 0\n\nNext: make diff LAB=01");
}

/* --- hint, list, next ------------------------------------------------------------------------ */

Test(loop, hints_come_one_by_one) {
    char title[64];
    for (int n = 1; n <= 3; n++) {
        struct outcome o = in_tree(10, "make hint LAB=01");
        exited(o, 0);
        snprintf(title, sizeof title, "Hint %d of 3 for " LAB_01 "\n", n);
        cr_assert(strncmp(o.out, title, strlen(title)) == 0, "%s", o.out);
        must_say(o.err,
                 n < 3 ? "the next one: make hint LAB=01" : "make diff LAB=01 shows the repair");
        exited(in_tree(5, "awk '/^## / { on = $2 == %d; next } on' labs/" LAB_01 "/hints.md >h", n),
               0);
        must_say(o.out, slurp("%s/tree/h", tmp));
    }
    struct outcome o = in_tree(10, "make hint LAB=01");
    exited(o, 0);
    must_say(o.out, "You have seen all 3 hints");
    must_say(o.out, "make diff LAB=01 shows the repair");
    must_say(in_tree(10, "make hint LAB=01 HINT=2").out, "Hint 2 of 3");
    remembers(LAB_01, "new 0 3");
    refused(in_tree(10, "scripts/hint.sh 01 4"), 2, "the hints of " LAB_01 " are 1 to 3, not '4'");
}

Test(loop, a_hint_before_its_turn_counts_those_before_it) {
    exited(in_tree(10, "scripts/hint.sh 01 2 && scripts/hint.sh 01 1"), 0);
    remembers(LAB_01, "new 0 2");
    must_say(in_tree(10, "scripts/hint.sh 01").out, "Hint 3 of 3");
}

Test(loop, list_says_all_in_80_columns) {
    exited(in_tree(5,
                   "mkdir $RACELAB_HOME && printf '%%s\\n' "
                   "'01-concurrent-write solved 12 3 2025-11-03T10:00 2025-11-04T11:00 -' "
                   "'12-lock-order tried 2 0 2025-11-05 - -' >$RACELAB_HOME/progress.txt"),
           0);
    struct outcome o = in_tree(10, "make list"),
                   terminal = in_tree(10, "script -qec 'stty cols 80; make list' /dev/null");
    exited(o, 0);
    must_say(o.out,
             "\n01-concurrent-write          data race     solved  2025-11-04     12      3\n"
             "    Two threads write one map\n02-read-during-write         data race\n");
    must_say(o.out,
             "\n12-lock-order                deadlock      tried   2025-11-05      2      0\n");
    must_say(o.out, "\n1 of 7 solved; make next shows where to go on\n");
    must_say(terminal.out, "\033[32msolved\033[0m");
    for (const char *line = o.out; *line; line = strchr(line, '\n') + 1)
        cr_assert_leq(strcspn(line, "\n"), 80, "%s", line);
}

Test(loop, next_is_the_next_of_the_path) {
    static const char *const path[] = {
        LAB_01,          "02-read-during-write", "03-nil-map",      "04-publish-before-init",
        "12-lock-order", "08-load-then-store",   "10-snapshot-swap"};
    exited(in_tree(5, "mkdir $RACELAB_HOME"), 0);
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        struct outcome o = in_tree(10, "make next");
        exited(o, 0);
        cr_assert(strncmp(o.out, path[i], strlen(path[i])) == 0, "%s: %s", path[i], o.out);
        must_say(o.out, "make check LAB=");
        exited(in_tree(5, "echo %s %s 1 0 - - - >>$RACELAB_HOME/progress.txt", path[i],
                       i == 2 ? "partly" : "solved"),
               0);
    }
    must_say(in_tree(10, "make next").out, "Some tool could not run here for: 03-nil-map\n");
    exited(in_tree(10, "sed -i s/partly/solved/ $RACELAB_HOME/progress.txt"), 0);
    cr_assert_str_eq(in_tree(10, "make next").out, "All labs are solved.\n");
}

/* --- reset ---------------------------------------------------------------------- */

/* reset on a terminal, where somebody types */
static struct outcome answers(const char *typed) {
    return in_tree(20, "(sleep 1; echo %s; sleep 1) | script -qec 'make reset LAB=01' /dev/null",
                   typed);
}

Test(loop, reset_asks_first) {
    save("mine");
    struct outcome o = answers("n");
    exited(o, 0);
    must_say(o.out, "Throw away your " MAP_01 " (+1 -0 lines)? A copy is kept. [y/N]");
    must_say(o.out, "Nothing was changed.");
    must_say(slurp("%s/tree/" MAP_01, tmp), "/* mine */");
    exited(answers(""), 0);
    must_say(slurp("%s/tree/" MAP_01, tmp), "/* mine */");
    o = answers("y");
    exited(o, 0);
    must_say(o.out, "01-concurrent-write.1.c\r\n" MAP_01 " is as it was shipped.\r\n");
    exited(in_tree(5, "git diff --quiet"), 0);
    must_say(slurp("%s/home/kept/" LAB_01 ".1.c", tmp), "/* mine */");
}

Test(loop, reset_never_writes_over_what_it_kept) {
    save("first");
    refused(in_tree(10, "scripts/reset.sh 01 </dev/null"), 2, "make reset LAB=01 FORCE=1");
    exited(in_tree(10, "make reset LAB=01 FORCE=1"), 0);
    save("second");
    exited(in_tree(10, "make reset LAB=01 FORCE=1"), 0);
    must_say(slurp("%s/home/kept/" LAB_01 ".1.c", tmp), "/* first */");
    must_say(slurp("%s/home/kept/" LAB_01 ".2.c", tmp), "/* second */");
    struct outcome o = in_tree(10, "make reset LAB=01 FORCE=1");
    exited(o, 0);
    must_say(o.out,
             MAP_01 " is as it was shipped: nothing to reset.\nKept from earlier times: 2, in ");
    must_say(o.out, "git log --oneline " MAP_01);
}

Test(loop, reset_changes_nothing_where_it_cannot_keep_or_restore) {
    save("mine");
    refused(in_tree(10, "RACELAB_HOME=/proc/nowhere scripts/reset.sh --force 01"), 3,
            "cannot keep a copy in /proc/nowhere/kept: nothing was changed");
    exited(in_tree(5, "rm -rf .git"), 0);
    refused(in_tree(10, "scripts/reset.sh --force 01"), 3, "git cannot tell what " MAP_01 " was");
    must_say(slurp("%s/tree/" MAP_01, tmp), "/* mine */");
}

Test(loop, reset_names_its_lab) {
    save("mine");
    must_say(in_tree(10, "make reset FORCE=1").err, "reset.sh: which lab? LAB=01");
    must_say(slurp("%s/tree/" MAP_01, tmp), "/* mine */");
}
