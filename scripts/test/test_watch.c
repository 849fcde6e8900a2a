/*
 * test_watch.c - checks at each save, and what editors are given. Each test has a copy
 * of the project (make_tree), where map.c tells the judge what to say.
 */
#include <stdio.h>
#include <string.h>

#include "support.h"

#define FIXTURES "scripts/test/fixtures/loop/"
#define LAB_01 "01-concurrent-write"
#define MAP_01 "labs/" LAB_01 "/map.c"

TestSuite(watch, .init = make_tree, .fini = remove_tmp);

/* --- watch ---------------------------------------------------------------------- */

static void watches(const char *words, const char *option, const char *begins) {
    struct outcome o =
        in_tree(120, "%s %s/" FIXTURES "watching.sh %s/log %s", words, project, tmp, option);
    cr_assert_eq(o.status, 143, "%d: %s", o.status, o.out);
    char *log = slurp("%s/log", tmp);
    cr_assert(strncmp(log, begins, strlen(begins)) == 0, "%s", log);
}

Test(watch, sees_every_save_by_inotify) {
    if (sh(5, "command -v inotifywait").status != 0)
        cr_skip_test("no inotifywait here: sh scripts/setup.sh watch");
    watches("export RACELAB_LOOK=600;", "", "watch.sh: waiting for the next save");
}

Test(watch, sees_every_save_by_looking) {
    watches("", "--poll", "watch.sh: as you wish: looking twice a second instead\n");
}

Test(watch, looks_where_inotifywait_is_missing_or_ends) {
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

Test(watch, ctrl_c_ends_a_watch_and_its_check) {
    exited(in_tree(5, "echo '/* seconds: 60 */' >>" MAP_01), 0);
    struct outcome o = in_tree(
        60,
        "(until grep -q asked: typed; do sleep 0.1; done 2>/dev/null; printf '\\003'; "
        "sleep 3) | script -qfec 'exec scripts/watch.sh 01' typed && %s/" FIXTURES "left.sh",
        project);
    exited(o, 0);
    must_say(o.out, "\033[H\033[2J"); /* a terminal is cleared */
    exited(in_tree(5, "test -e $RACELAB_HOME/progress.txt"), 1);
}

/* --- editors --------------------------------------------------------------------- */

Test(watch, compile_commands_have_every_source_of_a_lab) {
    exited(in_tree(60, "make compile_commands.json"), 0);
    char *all = slurp("%s/tree/compile_commands.json", tmp);
    struct outcome o = in_tree(5, "ls labs/*/*.c solutions/*/map.c solutions/*/wrong/*.c");
    for (char *more, *file = strtok_r(o.out, "\n", &more); file;
         file = strtok_r(NULL, "\n", &more)) {
        char entry[300];
        snprintf(entry, sizeof entry, "\"file\": \"%s\"", file);
        must_say(all, entry);
    }
    exited(in_tree(5,
                   "git check-ignore -q compile_commands.json && git check-ignore -q "
                   ".racelab/progress.txt"),
           0);
    exited(in_tree(5, "git check-ignore -q .vscode/tasks.json"), 1);
    if (sh(5, "command -v clangd").status != 0)
        cr_skip_test("no clangd here: sh scripts/setup.sh test");
    exited(in_tree(60, "clangd --check=" MAP_01 " && clangd --check=labs/common/hmap.c"), 0);
    o = in_tree(60, "echo 'int x = \"\";' >>" MAP_01 "; clangd --check=" MAP_01);
    cr_assert_neq(o.status, 0); /* how many errors it sees is clangd's matter */
    must_say(o.err, "[-Wint-conversion] Line ");
}

Test(watch, a_problem_matcher_finds_what_gcc_and_the_judge_say) {
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
                    "gcc -w -c -o x.o -Ilabs/common " MAP_01
                    "; "
                    "echo '" MAP_01
                    ":25:5: error: two threads write one map'; "
                    "echo 'rejected: 25:5: error: none'; } 2>&1 | grep -P -f matcher");
    exited(o, 0);
    cr_assert_eq(lines(o.out), 2, "%s", o.out);
    must_say(o.out, MAP_01 ":25:5: error: two threads");
    exited(in_tree(5,
                   "jq -e '[.tasks[] | select(.args[0] == \"check\" or .args[0] == \"watch\") | "
                   ".args[1]] == [\"LAB=${relativeFileDirname}\", "
                   "\"LAB=${relativeFileDirname}\"]' .vscode/tasks.json"),
           0);
}
