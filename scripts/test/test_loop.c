/*
 * test_loop.c - what a learner does again and again: check, watch, hint, reset, list,
 * next; and what is remembered of it.
 *
 * Each test works on a copy of the project, a git repository of its own, with its own
 * progress; a script stands in for the judge (fixtures/loop/judge.sh), and map.c tells
 * it what to say.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

#define FIXTURES "scripts/test/fixtures/loop/"
#define LAB_01 "01-concurrent-write"
#define MAP_01 "labs/" LAB_01 "/map.c"

static char here[512]; /* the project itself */

static void make_tree(void) {
    make_tmp();
    cr_assert_not_null(getcwd(here, sizeof here));
    unsetenv("MAKEFLAGS"); /* the make in the copy is no part of the one that tests */
    unsetenv("MFLAGS");
    unsetenv("MAKELEVEL");
    exited(
        sh(60,
           "mkdir %s/tree && cp -r Makefile labs solutions scripts .gitignore .vscode %s/tree && "
           "cd %s/tree && git init -q && git add labs .gitignore .vscode && "
           "git -c user.name=test -c user.email=test commit -qm shipped",
           tmp, tmp, tmp),
        0);
}

TestSuite(loop, .init = make_tree, .fini = remove_tmp);

/* A command in the copy; its output is told apart from ours by nothing but this. */
#define in_tree(timeout, ...) in_tree_after(timeout, "", __VA_ARGS__)

/* The same, after some words of the shell. */
__attribute__((format(printf, 3, 4))) static struct outcome
in_tree_after(double timeout, const char *words, const char *format, ...) {
    char command[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    return sh(timeout,
              "%s export RACELAB_HOME=%s/home RACELAB_JUDGE=%s/" FIXTURES
              "judge.sh; cd %s/tree; %s",
              words, tmp, here, tmp, command);
}

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

static void says(const char *text, const char *expected) {
    cr_assert(strstr(text, expected), "expected \"%s\" in: %s", expected, text);
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
    says(o.out, "asked: --all --json x " LAB_01 "\n");
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
    says(o.out,
         "\nSolved in 1 try, 0 hints. Next: make diff LAB=01 compares, make next goes on.\n");
    save("verdict: 1");
    exited(in_tree(10, "scripts/check.sh 01"), 1);
    remembers(LAB_01, "solved 1 0");
}

Test(loop, what_was_shipped_is_no_try) {
    refused(in_tree(10, "scripts/check.sh 01"), 1, MAP_01 " is as it was shipped: this is no try");
    nothing_is_remembered();
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
    says(o.out, "asked: --map labs/x.c " LAB_01 "\n");
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
    says(in_tree(10, "scripts/list.sh").out, "solved  2025-11-04      2      3\n");
}

Test(loop, a_verdict_counts_where_nothing_can_be_remembered) {
    save("verdict: 0");
    struct outcome o = in_tree(10, "RACELAB_HOME=/proc/nowhere scripts/check.sh 01");
    refused(o, 0, "cannot write to /proc/nowhere: this is not remembered");
    says(o.out, "verdict: 0\nNext: make diff LAB=01");
}

/* --- hint, list, next ------------------------------------------------------------------------ */

Test(loop, hints_come_one_by_one) {
    char title[64];
    for (int n = 1; n <= 3; n++) {
        struct outcome o = in_tree(10, "make hint LAB=01");
        exited(o, 0);
        snprintf(title, sizeof title, "Hint %d of 3 for " LAB_01 "\n", n);
        cr_assert(strncmp(o.out, title, strlen(title)) == 0, "%s", o.out);
        says(o.err, n < 3 ? "the next one: make hint LAB=01" : "make diff LAB=01 shows the repair");
        exited(in_tree(5, "awk '/^## / { on = $2 == %d; next } on' labs/" LAB_01 "/hints.md >h", n),
               0);
        says(o.out, slurp("%s/tree/h", tmp));
    }
    struct outcome o = in_tree(10, "make hint LAB=01");
    exited(o, 0);
    says(o.out, "You have seen all 3 hints");
    says(o.out, "make diff LAB=01 shows the repair");
    says(in_tree(10, "make hint LAB=01 HINT=2").out, "Hint 2 of 3");
    remembers(LAB_01, "new 0 3");
    refused(in_tree(10, "scripts/hint.sh 01 4"), 2, "the hints of " LAB_01 " are 1 to 3, not '4'");
}

Test(loop, a_hint_before_its_turn_counts_those_before_it) {
    exited(in_tree(10, "scripts/hint.sh 01 2 && scripts/hint.sh 01 1"), 0);
    remembers(LAB_01, "new 0 2");
    says(in_tree(10, "scripts/hint.sh 01").out, "Hint 3 of 3");
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
    says(o.out,
         "\n01-concurrent-write          data race     solved  2025-11-04     12      3\n"
         "    Two threads write one map\n02-read-during-write         data race\n");
    says(o.out, "\n12-lock-order                deadlock      tried   2025-11-05      2      0\n");
    says(o.out, "\n1 of 7 solved; make next shows where to go on\n");
    says(terminal.out, "\033[32msolved\033[0m");
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
        says(o.out, "make check LAB=");
        exited(in_tree(5, "echo %s %s 1 0 - - - >>$RACELAB_HOME/progress.txt", path[i],
                       i == 2 ? "partly" : "solved"),
               0);
    }
    says(in_tree(10, "make next").out, "Some tool could not run here for: 03-nil-map\n");
    exited(in_tree(10, "sed -i s/partly/solved/ $RACELAB_HOME/progress.txt"), 0);
    cr_assert_str_eq(in_tree(10, "make next").out, "All labs are solved.\n");
}

/* --- reset
 * ---------------------------------------------------------------------------------------- */

/* reset on a terminal, where somebody types */
static struct outcome answers(const char *typed) {
    return in_tree(20, "(sleep 1; echo %s; sleep 1) | script -qec 'make reset LAB=01' /dev/null",
                   typed);
}

Test(loop, reset_asks_first) {
    save("mine");
    struct outcome o = answers("n");
    exited(o, 0);
    says(o.out, "Throw away your " MAP_01 " (+1 -0 lines)? A copy is kept. [y/N]");
    says(o.out, "Nothing was changed.");
    says(slurp("%s/tree/" MAP_01, tmp), "/* mine */");
    exited(answers(""), 0);
    says(slurp("%s/tree/" MAP_01, tmp), "/* mine */");
    o = answers("y");
    exited(o, 0);
    says(o.out, "01-concurrent-write.1.c\r\n" MAP_01 " is as it was shipped.\r\n");
    exited(in_tree(5, "git diff --quiet"), 0);
    says(slurp("%s/home/kept/" LAB_01 ".1.c", tmp), "/* mine */");
}

Test(loop, reset_never_writes_over_what_it_kept) {
    save("first");
    refused(in_tree(10, "scripts/reset.sh 01 </dev/null"), 2, "make reset LAB=01 FORCE=1");
    exited(in_tree(10, "make reset LAB=01 FORCE=1"), 0);
    save("second");
    exited(in_tree(10, "make reset LAB=01 FORCE=1"), 0);
    says(slurp("%s/home/kept/" LAB_01 ".1.c", tmp), "/* first */");
    says(slurp("%s/home/kept/" LAB_01 ".2.c", tmp), "/* second */");
    struct outcome o = in_tree(10, "make reset LAB=01 FORCE=1");
    exited(o, 0);
    says(o.out, MAP_01 " is as it was shipped: nothing to reset.\nKept from earlier times: 2, in ");
    says(o.out, "git log --oneline " MAP_01);
}

Test(loop, reset_changes_nothing_where_it_cannot_keep_or_restore) {
    save("mine");
    refused(in_tree(10, "RACELAB_HOME=/proc/nowhere scripts/reset.sh --force 01"), 3,
            "cannot keep a copy in /proc/nowhere/kept: nothing was changed");
    exited(in_tree(5, "rm -rf .git"), 0);
    refused(in_tree(10, "scripts/reset.sh --force 01"), 3, "git cannot tell what " MAP_01 " was");
    says(slurp("%s/tree/" MAP_01, tmp), "/* mine */");
}

Test(loop, reset_names_its_lab) {
    save("mine");
    says(in_tree(10, "make reset FORCE=1").err, "reset.sh: which lab? LAB=01");
    says(slurp("%s/tree/" MAP_01, tmp), "/* mine */");
}

/* --- watch
 * ------------------------------------------------------------------------------------------ */

/* No process of the copy is left: each would have this in its environment. */
static void nothing_runs(void) {
    exited(sh(10, "grep -lazs 'RACELAB_HOME=%s/home' /proc/[0-9]*/environ", tmp), 1);
}

static void watches(const char *words, const char *option, const char *begins) {
    struct outcome o =
        in_tree_after(120, words, "%s/" FIXTURES "watching.sh %s/log %s", here, tmp, option);
    cr_assert_eq(o.status, 143, "%d: %s", o.status, o.out);
    char *log = slurp("%s/log", tmp);
    cr_assert(strncmp(log, begins, strlen(begins)) == 0, "%s", log);
    nothing_runs();
}

Test(loop, watch_sees_every_save_by_inotify) {
    if (sh(5, "command -v inotifywait").status != 0)
        cr_skip_test("no inotifywait here: sh scripts/setup.sh watch");
    watches("export RACELAB_LOOK=600;", "", "watch.sh: waiting for the next save");
}

Test(loop, watch_sees_every_save_by_looking) {
    watches("", "--poll", "watch.sh: as you wish: looking twice a second instead\n");
}

Test(loop, watch_looks_where_inotifywait_is_missing_or_ends) {
    exited(sh(20,
              "mkdir %s/bin && cp -s /usr/bin/* /bin/* %s/bin/ 2>/dev/null; rm -f "
              "%s/bin/inotifywait",
              tmp, tmp, tmp),
           0);
    char words[128];
    snprintf(words, sizeof words, "export PATH=%s/bin;", tmp);
    watches(words, "",
            "watch.sh: inotifywait is missing (sh scripts/setup.sh watch installs it): "
            "looking twice a second instead\n");
    exited(in_tree(10,
                   "git checkout -q labs; printf '#!/bin/sh\\nexit 1\\n' >%s/bin/inotifywait; "
                   "chmod +x %s/bin/inotifywait",
                   tmp, tmp),
           0);
    watches(words, "",
            "watch.sh: waiting for the next save of " MAP_01
            "; Ctrl-C ends it\n"
            "watch.sh: inotifywait ended: looking twice a second instead\n");
}

Test(loop, ctrl_c_ends_a_watch_and_its_check) {
    save("seconds: 60");
    struct outcome o =
        in_tree(60,
                "(until grep -q asked: typed; do sleep 0.1; done 2>/dev/null; printf '\\003'; "
                "sleep 3) | script -qfec 'exec scripts/watch.sh 01' typed");
    exited(o, 0);
    says(o.out, "\033[H\033[2J"); /* a terminal is cleared */
    nothing_runs();
    nothing_is_remembered();
}

/* --- editors
 * ---------------------------------------------------------------------------------------- */

Test(loop, compile_commands_have_every_source_of_a_lab) {
    exited(in_tree(60, "make compile_commands.json"), 0);
    char *all = slurp("%s/tree/compile_commands.json", tmp);
    struct outcome o = in_tree(5, "ls labs/*/*.c solutions/*/map.c solutions/*/wrong/*.c");
    for (char *more, *file = strtok_r(o.out, "\n", &more); file;
         file = strtok_r(NULL, "\n", &more)) {
        char entry[300];
        snprintf(entry, sizeof entry, "\"file\": \"%s\"", file);
        says(all, entry);
    }
    exited(in_tree(5, "git check-ignore -q compile_commands.json .racelab/progress.txt"), 0);
    exited(in_tree(5, "git check-ignore -q .vscode/tasks.json"), 1);
    if (sh(5, "command -v clangd").status != 0)
        cr_skip_test("no clangd here: sh scripts/setup.sh test");
    exited(in_tree(60, "clangd --check=" MAP_01 " && clangd --check=labs/common/hmap.c"), 0);
    exited(in_tree(60, "echo 'int x = \"\";' >>" MAP_01 "; clangd --check=" MAP_01), 1);
}

Test(loop, a_problem_matcher_finds_what_gcc_and_the_judge_say) {
    if (sh(5, "command -v jq").status != 0)
        cr_skip_test("no jq here: sh scripts/setup.sh test");
    exited(in_tree(5,
                   "jq -r '[.tasks[].problemMatcher | objects.pattern.regexp] | unique[]' "
                   ".vscode/tasks.json >matcher && jq -e . .vscode/*.json"),
           0);
    cr_assert_eq(lines(slurp("%s/tree/matcher", tmp)), 1);
    struct outcome o =
        in_tree(30, "echo 'int x = \"\";' >>" MAP_01
                    "; { "
                    "gcc -c -o x.o -Ilabs/common " MAP_01
                    "; "
                    "echo '" MAP_01
                    ":25:5: error: two threads write one map'; "
                    "echo 'rejected: 25:5: error: none'; } 2>&1 | grep -P -f matcher");
    exited(o, 0);
    cr_assert_eq(lines(o.out), 2, "%s", o.out);
    says(o.out, MAP_01 ":25:5: error: two threads");
    exited(in_tree(5,
                   "jq -e '[.tasks[] | select(.args[0] == \"check\" or .args[0] == \"watch\") | "
                   ".args[1]] == [\"LAB=${relativeFileDirname}\", "
                   "\"LAB=${relativeFileDirname}\"]' .vscode/tasks.json"),
           0);
}
