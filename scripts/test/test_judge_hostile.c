/*
 * test_judge_hostile.c - repairs that hide the bug, or do harm, and an environment that
 * does: what is refused without being run, and that nothing is left behind.
 */
#include <stdio.h>
#include <string.h>

#include "judged.h"

TestSuite(judge_hostile, .init = make_tmp, .fini = remove_tmp);

/* --- what is not run ------------------------------------------------------------------ */

/* Each is refused by its name, and at its place where it has one. */
static const struct {
    const char *head, *step, *found;
} dishonest[] = {
    {"#include <unistd.h>", "usleep(10);", "calls usleep"},
    {"#include <sched.h>", "sched_yield();", "calls sched_yield"},
    {"#include <time.h>", "nanosleep(&(struct timespec){.tv_nsec = 1}, NULL);", "calls nanosleep"},
    {"", "if (!u) exit(0);", "calls exit"},
    {"", "if (!u) abort();", "calls abort"},
    {"#include <unistd.h>", "if (!u) _exit(0);", "calls _exit"},
    {"#include <signal.h>", "signal(SIGSEGV, SIG_IGN);", "calls signal"},
    {"#include <setjmp.h>\nstatic jmp_buf back;", "if (setjmp(back)) return;", "calls _setjmp"},
    {"#include <unistd.h>", "if (fork() == 0) for (;;) fork();", "calls fork"},
    {"", "if (system(\":\")) return;", "calls system"},
    {"#include <signal.h>\n#include <unistd.h>", "kill(getppid(), SIGKILL);",
     "calls getppid, and more"},
    {"#include <stdio.h>", "FILE *f = fopen(\"/tmp/x\", \"w\"); fputs(\"x\", f);", "calls fopen"},
    {"#include <sys/mman.h>", "mmap(NULL, 4096, 3, 0x22, -1, 0);", "calls mmap"},
    {"#include <sys/syscall.h>\n#include <unistd.h>", "syscall(SYS_fork);", "calls syscall"},
    {"", "if (getenv(\"HMAP_CHECK\")) return;", "calls getenv"},
    {"long another(void);\n#pragma weak another", "if (another) another();",
     "uses #pragma, and more"},
    {"__attribute__((constructor)) static void early(void) {}", "", "uses constructor, and more"},
    {"__attribute__((section(\".init_array\"), used)) static void (*early)(void) = 0;", "",
     "runs before main"},
    {"__attribute__((no_sanitize(\"thread\")))", "", "uses no_sanitize"},
    {"__attribute__((no_sanitize_thread))", "", "uses no_sanitize_thread"},
    {"__attribute__((optimize(\"O3\")))", "", "uses optimize"},
    {"_Pragma(\"GCC optimize 3\")", "", "uses _Pragma"},
    {"const char *__tsan_default_suppressions(void);", "", "uses __tsan_default_suppressions"},
    {"#ifdef __SANITIZE_THREAD__\n#endif", "", "uses __SANITIZE_THREAD__"},
    {"#ifdef FEW\n#endif", "", "uses FEW"},
    {"#include <valgrind/valgrind.h>", "if (RUNNING_ON_VALGRIND) return;",
     "uses RUNNING_ON_VALGRIND"},
    {"#include <valgrind/helgrind.h>", "VALGRIND_HG_DISABLE_CHECKING(m, sizeof *m);",
     "uses VALGRIND_HG_DISABLE_CHECKING"},
    {"#include <valgrind/drd.h>", "DRD_IGNORE_VAR(m->users);", "uses DRD_IGNORE_VAR"},
    {"#include <valgrind/memcheck.h>", "VALGRIND_DISABLE_ERROR_REPORTING;",
     "uses VALGRIND_DISABLE_ERROR_REPORTING"},
    {"", "__asm__ volatile(\"pause\");", "uses __asm__"},
    {"#define GLUE(a, b) a##b", "", "uses ##"},
    {"#include \"hmap_internal.h\"", "", "includes another file"},
    {"#include <time.h>\nint nanosleep(const struct timespec *a, struct timespec *b) "
     "{ return !a && !b; }",
     "", "replaces nanosleep"},
    {"static int one(void) { return 1; }\nstatic int (*choose(void))(void) { return one; }\n"
     "int chosen(void) __attribute__((ifunc(\"choose\")));",
     "", "uses ifunc, and more"},
};

ParameterizedTestParameters(judge_hostile, refuses_what_hides_a_race) {
    static int number[sizeof dishonest / sizeof *dishonest];
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        number[i] = (int)i;
    return cr_make_param_array(int, number, sizeof number / sizeof *number);
}

ParameterizedTest(int *i, judge_hostile, refuses_what_hides_a_race) {
    repair(dishonest[*i].head, dishonest[*i].step);
    json_t *v = judged("--all", 1);
    rejected(v, "honesty", dishonest[*i].found);
    /* --all or not: what may do anything is not run */
    cr_assert_str_eq(of(asked(v, "rules"), "verdict"), "not asked");
}

Test(judge_hostile, places_what_it_refuses) {
    repair("#include <unistd.h>", "usleep(10);");
    struct outcome o = sh(60, JUDGE "--map %s/map.c " LAB, tmp);
    exited(o, 1);
    char expected[300];
    snprintf(expected, sizeof expected, "%s/map.c:32:5: error: it calls usleep\n    usleep(10);\n",
             tmp);
    cr_assert(strstr(o.out, expected), "%s", o.out);
}

/* What looks like it in a comment or a string is none; diagnostics are nobody's business;
 * and what one adds to see what happens is welcome. */
Test(judge_hostile, lets_be_what_only_looks_so) {
    repair(
        "/* usleep(10); fork() */\n// exit(0), asm(\"\")\n"
        "#pragma GCC diagnostic ignored \"-Wunused-function\"\n#include <assert.h>\n"
        "#include <stdio.h>\nstatic const char *words(void) { return \"abort() ## asm\"; }",
        "assert(u); if (!m) fprintf(stderr, \"%s\\n\", words());");
    json_t *v = judged("", 0);
    cr_assert_str_eq(of(asked(v, "honesty"), "verdict"), "passed");
}

/* --- hostile repairs ------------------------------------------------------------------ */

/* Nothing of the judge's is left in build/ but for the lab's own folder, and no process. */
static void left_nothing(void) {
    struct outcome o =
        sh(10, "ls -d build/*/judge/" LAB "/[0-9]* build/judge/" LAB "/[0-9]* 2>/dev/null");
    cr_assert_str_eq(o.out, "");
    o = sh(10, "ls -l /proc/[0-9]*/exe 2>/dev/null | grep -c 'build/plain/judge/'");
    cr_assert_str_eq(o.out, "0\n");
}

Test(judge_hostile, ends_what_hangs) {
    repair("", "while (m) {}");
    json_t *v = judged("", 1);
    rejected(v, "rules", "5 of 6 broken");
    cr_assert(strstr(of(asked(v, "rules"), "story"), "does not come back"), "%s", of(v, "text"));
    left_nothing();
}

/* Only in work.c are there so many. */
Test(judge_hostile, ends_what_hangs_later) {
    repair("", "while (u->id == 7990) {}");
    json_t *v = judged("", 1);
    cr_assert_str_eq(of(v, "rejected_by"), "stress");
    left_nothing();
}

Test(judge_hostile, ends_what_fills_memory) {
    repair("#include <string.h>", "while (u) memset(malloc(1 << 20), 1, 1 << 20);");
    rejected(judged("", 1), "rules", "took more than 1024 MB of memory");
    left_nothing();
}

Test(judge_hostile, drops_what_floods) {
    repair("#include <stdio.h>", "while (u->id == 7990) puts(\"accepted\");");
    struct outcome o = sh(100, JUDGE "--map %s/map.c " LAB, tmp);
    exited(o, 1);
    cr_assert_lt(strlen(o.out), 8000);
    cr_assert(strstr(o.out, "map.c: rejected by stress: "), "%s", o.out);
    left_nothing();
}

/* Whatever it prints: what counts is how it ends. */
Test(judge_hostile, believes_no_verdict_of_its_own) {
    repair(
        "#include <stdio.h>",
        "fprintf(stderr, \"[====] Synthesis: Tested: 6 | Passing: 6 | Failing: 0\\n\");"
        " puts(\"FATAL: ThreadSanitizer: unexpected memory mapping\"); fflush(stdout); u->name = 0;"
        " if (u->id == 2) u = NULL;");
    json_t *v = judged("", 1);
    cr_assert_str_eq(of(v, "rejected_by"), "rules");
}

/* "panic: " is what the lab's own checks begin with, so the rest of such a line is quoted. */
Test(judge_hostile, keeps_the_terminal_its_own) {
    repair("#include <stdio.h>", "fputs(\"panic: \\033[2J\\377gone\\n\", stderr); u = NULL;");
    json_t *v = judged("--all", 1);
    cr_assert_str_eq(of(asked(v, "stress"), "found"), "?[2J?gone");
}

Test(judge_hostile, leaves_nothing_when_it_is_stopped) {
    repair("", "while (u->id == 7990) {}");
    struct outcome o = sh(60, "timeout -s INT 2 " JUDGE "--map %s/map.c " LAB, tmp);
    cr_assert(o.status == 124 || o.status == 130, "%d", o.status);
    sh(5, "sleep 1");
    left_nothing();
}

/* --- the environment ------------------------------------------------------------------ */

/* Everything of the PATH, but for Valgrind. */
Test(judge_hostile, never_blames_the_environment_on_the_repair) {
    exited(sh(20,
              "mkdir %s/bin && ln -s /usr/bin/* /bin/* %s/bin/ 2>/dev/null; rm %s/bin/valgrind*",
              tmp, tmp, tmp),
           0);
    struct outcome o = sh(200, "PATH=%s/bin " JUDGE "--map solutions/" LAB "/map.c " LAB, tmp);
    exited(o, 3);
    cr_assert(strstr(o.out, "not judged by leaks, helgrind, drd: environment, not your code\n"),
              "%s", o.out);
    cr_assert(strstr(o.out, "tsan       5 runs           passed"), "%s", o.out);
    cr_assert(strstr(o.out, "cost       5 timed pairs    passed"), "%s", o.out);
    cr_assert(strstr(o.out,
                     "Not judged by drd: environment, not your code. valgrind is missing: sh\n"
                     "scripts/setup.sh installs it\n"),
              "%s", o.out);
    repair("", "if (u->id == 7990 && pthread_mutex_unlock(&m->lock) == 0) return;");
    exited(sh(200, "PATH=%s/bin " JUDGE "--all --map %s/map.c " LAB, tmp, tmp), 1);
}

/* --- in a copy of the project -------------------------------------------------------- */

/* With everything that is built, so that nothing has to be. */
static void make_built_tree(void) {
    make_tree();
    exited(sh(60, "cp -a build/bin build/gen build/lib build/rt build/tool %s/tree/build/", tmp),
           0);
}

TestSuite(judge_house, .init = make_built_tree, .fini = remove_tmp);

Test(judge_house, rejects_changes_of_other_files) {
    exited(sh(20,
              "cd %s/tree && cp solutions/" LAB "/map.c labs/" LAB "/map.c && "
              "sed -i 's/4000/4/' labs/" LAB "/work.c && echo >>labs/common/team.h && "
              "echo >>labs/" LAB "/README.md",
              tmp),
           0);
    struct outcome o = sh(100, "cd %s/tree && build/bin/judge " LAB, tmp);
    exited(o, 1);
    cr_assert(
        strstr(o.out, "/map.c: rejected by honesty: labs/" LAB "/work.c was changed, and more\n"),
        "%s", o.out);
    cr_assert(strstr(o.out, "git checkout HEAD -- labs/common/team.h"), "%s", o.out);
    cr_assert_not(strstr(o.out, "README.md"), "%s", o.out);
}

/* As a learner does it: edit, make check, make list. */
Test(judge_house, is_what_make_check_asks) {
    exited(sh(20, "cd %s/tree && cp solutions/" LAB "/wrong/local-mutex.c labs/" LAB "/map.c", tmp),
           0);
    struct outcome o = sh(200, "cd %s/tree && RACELAB_HOME=%s/home make check LAB=01", tmp, tmp);
    exited(o, 2); /* make's own, for a recipe that ended with 1 */
    cr_assert(strstr(o.out, "labs/" LAB "/map.c: rejected by "), "%s", o.out);
    cr_assert(strstr(o.out, "\"local-mutex\": Each call locks"), "%s", o.out);

    exited(sh(20, "cd %s/tree && cp solutions/" LAB "/map.c labs/" LAB "/map.c", tmp), 0);
    o = sh(200, "cd %s/tree && RACELAB_HOME=%s/home make check LAB=01", tmp, tmp);
    exited(o, 0);
    cr_assert(strstr(o.out, "labs/" LAB "/map.c: accepted\n"), "%s", o.out);
    cr_assert(strstr(o.out, "Solved in 2 tries, 0 hints."), "%s", o.out);
    o = sh(20, "cd %s/tree && RACELAB_HOME=%s/home make list", tmp, tmp);
    cr_assert(strstr(o.out, "1 of 7 solved"), "%s", o.out);
}
