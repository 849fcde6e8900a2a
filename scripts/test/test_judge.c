/*
 * test_judge.c - the judge: what each oracle rejects, and says; what is refused without
 * being run; what is accepted; and that nothing is left behind. The repairs in solutions/
 * are held to their first lines in test_labs.c.
 *
 * Most repairs here are made of the solution of lab 01, by a line or two.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#define LAB "01-concurrent-write"
#define JUDGE "build/bin/judge "

TestSuite(judge, .init = make_tmp, .fini = remove_tmp);

/* --- repairs to order ---------------------------------------------------------------------- */

/* The solution of lab 01 as TMP/map.c, with `head` above its struct and `step` as the first
 * thing that map_put does under its lock. */
static void repair(const char *head, const char *step) {
    char path[128], *text = slurp("solutions/" LAB "/map.c");
    char *structs = strstr(text, "struct user_map {");
    char *put = strstr(strstr(text, "void map_put("), "    hmap_assign");
    snprintf(path, sizeof path, "%s/map.c", tmp);
    FILE *f = fopen(path, "w");
    cr_assert(f && structs && put);
    fprintf(f, "%.*s%s\n%.*s    %s\n%s", (int)(structs - text), text, head, (int)(put - structs),
            structs, step, put);
    fclose(f);
}

/* Judges TMP/map.c, or what --map in `options` says; its verdict as the JSON of it. */
static json_t *judged(const char *options, int status) {
    char path[128], map[128] = "";
    if (!strstr(options, "--map"))
        snprintf(map, sizeof map, "--map %s/map.c " LAB, tmp);
    struct outcome o = sh(250, JUDGE "%s --json %s/verdict.json %s", options, tmp, map);
    exited(o, status);
    snprintf(path, sizeof path, "%s/verdict.json", tmp);
    json_t *v = json_load_file(path, 0, NULL);
    cr_assert_not_null(v);
    json_object_set_new(v, "text", json_string(o.out));
    return v;
}

static const char *of(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static const json_t *asked(const json_t *verdict, const char *oracle) {
    const json_t *o;
    size_t i;
    json_array_foreach(json_object_get(verdict, "oracles"), i,
                       o) if (strcmp(of(o, "oracle"), oracle) == 0) return o;
    cr_assert_fail("no such oracle: %s", oracle);
    return NULL;
}

static void rejected(const json_t *v, const char *by, const char *found) {
    cr_assert_str_eq(of(v, "rejected_by"), by, "%s", of(v, "text"));
    cr_assert_str_eq(of(asked(v, by), "found"), found);
    cr_assert(*of(v, "question"), "it asks nothing");
}

/* --- what is not run ---------------------------------------------------------------------- */

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

ParameterizedTestParameters(judge, refuses_what_hides_a_race) {
    static int number[sizeof dishonest / sizeof *dishonest];
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        number[i] = (int)i;
    return cr_make_param_array(int, number, sizeof number / sizeof *number);
}

ParameterizedTest(int *i, judge, refuses_what_hides_a_race) {
    repair(dishonest[*i].head, dishonest[*i].step);
    json_t *v = judged("--all", 1);
    rejected(v, "honesty", dishonest[*i].found);
    /* --all or not: what may do anything is not run */
    cr_assert_str_eq(of(asked(v, "rules"), "verdict"), "not asked");
}

Test(judge, places_what_it_refuses) {
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
Test(judge, lets_be_what_only_looks_so) {
    repair(
        "/* usleep(10); fork() */\n// exit(0), asm(\"\")\n"
        "#pragma GCC diagnostic ignored \"-Wunused-function\"\n#include <assert.h>\n"
        "#include <stdio.h>\nstatic const char *words(void) { return \"abort() ## asm\"; }",
        "assert(u); if (!m) fprintf(stderr, \"%s\\n\", words());");
    json_t *v = judged("", 0);
    cr_assert_str_eq(of(asked(v, "honesty"), "verdict"), "passed");
}

/* --- each oracle, by something that no cheaper one sees ----------------------------------------
 */

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
    cr_assert(strstr(of(asked(v, "leaks"), "story"), "map.c:32:12: error: in map_put\n"), "%s",
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

/* --- hostile repairs -----------------------------------------------------------------------------
 */

/* Nothing of the judge's is left in build/ but for the lab's own folder, and no process. */
static void left_nothing(void) {
    struct outcome o =
        sh(10, "ls -d build/*/judge/" LAB "/[0-9]* build/judge/" LAB "/[0-9]* 2>/dev/null");
    cr_assert_str_eq(o.out, "");
    o = sh(10, "ls -l /proc/[0-9]*/exe 2>/dev/null | grep -c 'build/plain/judge/'");
    cr_assert_str_eq(o.out, "0\n");
}

Test(judge, ends_what_hangs) {
    repair("", "while (m) {}");
    json_t *v = judged("", 1);
    rejected(v, "rules", "5 of 6 broken");
    cr_assert(strstr(of(asked(v, "rules"), "story"), "does not come back"), "%s", of(v, "text"));
    left_nothing();
}

/* Only in work.c are there so many. */
Test(judge, ends_what_hangs_later) {
    repair("", "while (u->id == 7990) {}");
    json_t *v = judged("", 1);
    cr_assert_str_eq(of(v, "rejected_by"), "stress");
    left_nothing();
}

Test(judge, ends_what_fills_memory) {
    repair("#include <string.h>", "while (u->id == 7990) memset(malloc(1 << 20), 1, 1 << 20);");
    rejected(judged("", 1), "stress", "took more than 1024 MB of memory");
    left_nothing();
}

Test(judge, drops_what_floods) {
    repair("#include <stdio.h>", "while (u->id == 7990) puts(\"accepted\");");
    struct outcome o = sh(100, JUDGE "--map %s/map.c " LAB, tmp);
    exited(o, 1);
    cr_assert_lt(strlen(o.out), 8000);
    cr_assert(strstr(o.out, "map.c: rejected by stress: "), "%s", o.out);
    left_nothing();
}

/* Whatever it prints: what counts is how it ends. */
Test(judge, believes_no_verdict_of_its_own) {
    repair(
        "#include <stdio.h>",
        "fprintf(stderr, \"[====] Synthesis: Tested: 6 | Passing: 6 | Failing: 0\\n\");"
        " puts(\"FATAL: ThreadSanitizer: unexpected memory mapping\"); fflush(stdout); u->name = 0;"
        " if (u->id == 2) u = NULL;");
    json_t *v = judged("", 1);
    cr_assert_str_eq(of(v, "rejected_by"), "rules");
}

Test(judge, leaves_nothing_when_it_is_stopped) {
    repair("", "while (u->id == 7990) {}");
    struct outcome o = sh(60, "timeout -s INT 2 " JUDGE "--map %s/map.c " LAB, tmp);
    cr_assert(o.status == 124 || o.status == 130, "%d", o.status);
    sh(5, "sleep 1");
    left_nothing();
}

/* --- the environment
 * ------------------------------------------------------------------------------- */

/* Everything of the PATH, but for Valgrind. */
Test(judge, never_blames_the_environment_on_the_repair) {
    exited(sh(20,
              "mkdir %s/bin && ln -s /usr/bin/* /bin/* %s/bin/ 2>/dev/null; rm %s/bin/valgrind*",
              tmp, tmp, tmp),
           0);
    struct outcome o = sh(200, "PATH=%s/bin " JUDGE "--map solutions/" LAB "/map.c " LAB, tmp);
    exited(o, 3);
    cr_assert(strstr(o.out, "not judged by helgrind: environment, not your code\n"), "%s", o.out);
    cr_assert(strstr(o.out, "tsan       5 runs           passed"), "%s", o.out);
    cr_assert(strstr(o.out, "cost       5 timed pairs    passed"), "%s", o.out);
    cr_assert(strstr(o.out,
                     "Not judged by drd: environment, not your code. valgrind is missing: sh\n"
                     "scripts/setup.sh installs it\n"),
              "%s", o.out);
    repair("", "if (u->id == 7990 && pthread_mutex_unlock(&m->lock) == 0) return;");
    exited(sh(200, "PATH=%s/bin " JUDGE "--all --map %s/map.c " LAB, tmp, tmp), 1);
}

/* --- what it looks like
 * ------------------------------------------------------------------------------ */

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

/* --- for programs
 * ---------------------------------------------------------------------------------------- */

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
    cr_assert_eq(json_array_size(json_object_get(r, "tests")), 10);
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
