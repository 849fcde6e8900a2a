/*
 * test_scripts.c - the scripts, with programs and arguments that are no lab: the
 * exact exit status, and one clear line. And the checkers: a lab.txt that says
 * what is not so must be caught.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

#define RACY "build/plain/labs/01-concurrent-write/lab"
#define RACY_TSAN "build/tsan/labs/01-concurrent-write/lab"
#define REPAIRED "build/plain/solutions/01-concurrent-write/lab"

TestSuite(scripts, .init = make_tmp, .fini = remove_tmp);

/* An executable script in tmp. */
static void script(const char *name, const char *body) {
    exited(sh(5, "printf '#!/bin/bash\\n%%s\\n' '%s' > %s/%s && chmod +x %s/%s", body, tmp, name,
              tmp, name),
           0);
}

/* --- used wrongly: 2, and a line that says how to mend it ---------------------- */

static const struct misuse {
    char command[120];
    char says[80];
} misuses[] = {
    {"scripts/tsan.sh", "which program? Put it after --"},
    {"scripts/helgrind.sh --", "which program? Put it after --"},
    {"scripts/drd.sh -- ./nonesuch", "no such program: ./nonesuch"},
    {"scripts/drd.sh -- nonesuch-in-path", "no such program: nonesuch-in-path"},
    {"scripts/helgrind.sh -- ./README.md", "not executable: ./README.md"},
    {"scripts/helgrind.sh -- ./labs", "not executable: ./labs"},
    {"scripts/tsan.sh --runs 0 -- true", "--runs takes a number of at least 1, not '0'"},
    {"scripts/tsan.sh --runs x -- true", "--runs takes a number of at least 1, not 'x'"},
    {"scripts/tsan.sh --runs 1.5 -- true", "--runs takes a whole number, not '1.5'"},
    {"scripts/tsan.sh --timeout", "--timeout takes a number"},
    {"scripts/tsan.sh --loud -- true", "unknown argument '--loud'"},
    {"scripts/tsan.sh -- " RACY, "is not built for ThreadSanitizer"},
    {"scripts/helgrind.sh -- " RACY_TSAN, "is built for ThreadSanitizer"},
    {"scripts/helgrind.sh --out /proc/nowhere -- true", "cannot write to /proc/nowhere"},
    {"scripts/core.sh", "which program? Put it after --"},
    {"scripts/core.sh -- ./nonesuch", "no such program: ./nonesuch"},
    {"scripts/core.sh -- ./README.md", "not executable: ./README.md"},
    {"scripts/core.sh --pid 999999999", "no process 999999999"},
    {"scripts/core.sh --pid me", "--pid takes a number, not 'me'"},
    {"scripts/core.sh --check /nowhere -- " RACY, "no such core: /nowhere"},
    {"scripts/core.sh --check README.md -- " RACY, "README.md is no core"},
    {"scripts/lab.sh tsan nonesuch", "no lab is called 'nonesuch'"},
    {"scripts/lab.sh tsan", "which lab?"},
    {"scripts/lab.sh tsan -", "may be any of: 01-concurrent-write "},
    {"scripts/lab.sh fly 01", "unknown verb 'fly'"},
    {"scripts/lab.sh tsan 01 left", "SIDE is racy or solution, not 'left'"},
    {"scripts/lab.sh tsan 01 wrong/nonesuch", "no such wrong repair"},
    {"scripts/check.sh", "which lab?"},
    {"scripts/check.sh --map", "--map takes a file"},
    {"scripts/check.sh 01 02", "one lab at a time, not 01 and 02"},
    {"scripts/watch.sh nonesuch", "no lab is called 'nonesuch'"},
    {"scripts/watch.sh --loud 01", "unknown argument '--loud'"},
    {"scripts/hint.sh", "which lab?"},
    {"scripts/hint.sh 01 0", "the hints of 01-concurrent-write are 1 to 3, not '0'"},
    {"scripts/reset.sh --loud 01", "unknown argument '--loud'"},
    {"scripts/list.sh 01", "unknown argument '01'"},
    {"scripts/next.sh 01", "unknown argument '01'"},
    {"scripts/editor.sh vi", "unknown argument 'vi'"},
    {"scripts/walk.sh nonesuch", "no lab is called 'nonesuch'"},
    {"scripts/walk.sh --loud", "unknown argument '--loud'"},
    {"sh scripts/setup.sh everything", "everything"},
    {"scripts/doctor.sh --loud", "unknown argument '--loud'"},
    {"TEAM_SECONDS=soon " RACY, "TEAM_SECONDS=soon is not a number"},
    {"TEAM_ROUNDS=-1 " RACY, "TEAM_ROUNDS=-1 is not a number of 0 or more"},
    {"build/bin/run", "which program? Put it after --"},
    {"build/bin/run --runs 0 -- true", "--runs takes a number from 1"},
    {"build/bin/run --out /nowhere -- true", "--out: /nowhere is no directory"},
    {"build/bin/run --out /tmp -- ./nonesuch", "cannot start ./nonesuch: No such file"},
};

ParameterizedTestParameters(scripts, say_in_one_line_what_is_wrong) {
    return cr_make_param_array(const struct misuse, misuses, sizeof misuses / sizeof *misuses);
}

ParameterizedTest(const struct misuse *m, scripts, say_in_one_line_what_is_wrong) {
    refused(sh(30, "%s", m->command), 2, m->says);
}

ParameterizedTestParameters(scripts, have_a_manual_and_a_version) {
    return each("scripts/*.sh");
}

ParameterizedTest(path_param *path, scripts, have_a_manual_and_a_version) {
    struct outcome help = sh(10, "bash %s --help", *path),
                   version = sh(10, "bash %s --version", *path);
    exited(help, 0);
    exited(version, 0);
    cr_assert(strstr(help.out, "usage: ") && lines(help.out) >= 5, "%s", help.out);
    cr_assert_eq(lines(version.out), 1);
    cr_assert(strstr(version.out, "(racelab)"), "%s", version.out);
}

/* --- the environment: 3, with the cure ------------------------------------------- */

static void without(const char *tool) {
    exited(sh(20, "mkdir %s/bin && cp -s /usr/bin/* /bin/* %s/bin/ 2>/dev/null; rm %s/bin/%s", tmp,
              tmp, tmp, tool),
           0);
}

Test(scripts, a_missing_valgrind_is_the_environment) {
    without("valgrind");
    refused(sh(20, "PATH=%s/bin scripts/helgrind.sh -- true", tmp), 3,
            "valgrind is missing: sh scripts/setup.sh installs it");
}

Test(scripts, a_missing_gdb_is_the_environment) {
    without("gdb");
    refused(sh(20, "PATH=%s/bin scripts/core.sh -- true", tmp), 3,
            "gdb is missing: sh scripts/setup.sh installs it");
    refused(sh(20, "PATH=%s/bin scripts/walk.sh 01", tmp), 3, "gdb is missing");
}

Test(scripts, a_tsan_that_cannot_start_is_the_environment_and_no_race) {
    script("p", "echo \"FATAL: ThreadSanitizer: unexpected memory mapping 0x1-0x2\" >&2; exit 66");
    struct outcome o = sh(20, "scripts/tsan.sh --runs 3 --out %s/o -- %s/p", tmp, tmp);
    refused(o, 3, "tsan: could not start in any of 3 runs");
    cr_assert_str_empty(o.out);
}

/* --- verdicts on programs that are no lab -------------------------------------------- */

static void verdict(struct outcome o, int status, const char *first_line) {
    exited(o, status);
    o.out[strcspn(o.out, "\n")] = '\0';
    cr_assert_str_eq(o.out, first_line);
}

Test(scripts, a_program_that_exits_at_once_is_silent) {
    verdict(sh(30, "scripts/helgrind.sh --runs 2 --out %s/o -- true", tmp), 0,
            "helgrind: silent in 2 of 2: rate below 78% at 95%");
}

Test(scripts, twenty_silent_runs_say_how_rare_it_must_be) {
    script("p", "exit 0");
    verdict(sh(60, "scripts/tsan.sh --runs 20 --out %s/o -- %s/p", tmp, tmp), 0,
            "tsan: silent in 20 of 20: rate below 15% at 95%");
}

Test(scripts, exit_status_66_without_a_report_is_no_race) {
    script("p", "exit 66");
    verdict(sh(30, "scripts/tsan.sh --runs 10 --out %s/o -- %s/p", tmp, tmp), 0,
            "tsan: silent in 10 of 10: rate below 30% at 95%");
}

Test(scripts, a_program_that_hangs_is_out_of_time) {
    verdict(sh(30, "scripts/drd.sh --runs 1 --timeout 2 --out %s/o -- sleep 4321", tmp), 124,
            "drd: silent in 1 of 1: rate below 95% at 95%; out of time in 1");
    exited(sh(5, "cat /proc/[0-9]*/cmdline 2>/dev/null | grep -aq '432[1]'"), 1);
}

Test(scripts, a_program_that_prints_junk_is_read) {
    verdict(sh(30, "scripts/helgrind.sh --runs 2 --out %s/o -- head -c 300000 /dev/urandom", tmp),
            0, "helgrind: silent in 2 of 2: rate below 78% at 95%");
}

Test(scripts, a_program_that_dies_without_a_report_is_a_defect) {
    script("p", "kill -SEGV $$");
    verdict(sh(30, "scripts/tsan.sh --runs 10 --out %s/o -- %s/p", tmp, tmp), 1,
            "tsan: silent in 10 of 10: rate below 30% at 95%; died in 10");
}

Test(scripts, the_output_of_every_run_is_kept) {
    exited(sh(60, "HMAP_CHECK=0 scripts/tsan.sh --runs 2 --out %s/o -- " RACY_TSAN, tmp), 1);
    exited(sh(5, "grep -l 'WARNING: ThreadSanitizer: data race' %s/o/run-1.txt %s/o/run-2.txt", tmp,
              tmp),
           0);
}

Test(scripts, colour_is_for_terminals_and_not_with_NO_COLOR) {
    const char *walk = "scripts/tsan.sh --runs 1 --out %s/o -- %s/p";
    char command[256];
    script("p", "exit 0");
    snprintf(command, sizeof command, walk, tmp, tmp);
    cr_assert_not(strstr(sh(20, "%s", command).out, "\033["));
    cr_assert(strstr(sh(20, "script -qec '%s' /dev/null", command).out, "\033[32m"));
    cr_assert_not(strstr(sh(20, "NO_COLOR=1 script -qec '%s' /dev/null", command).out, "\033[3"));
}

/* --- run: limits, and nothing left behind ------------------------------------------------ */

Test(scripts, run_kills_whatever_a_program_leaves_behind) {
    script("p",
           "sleep 7654.0625 & setsid sleep 7655.0625 & (setsid setsid sleep 7656.0625 &) ; exit 0");
    exited(sh(20, "build/bin/run --out %s -- %s/p", tmp, tmp), 0);
    exited(sh(5, "cat /proc/[0-9]*/cmdline 2>/dev/null | grep -aq '765[456][.]0625'"), 1);
}

Test(scripts, run_kills_a_program_that_ignores_SIGTERM) {
    script("p", "trap \"\" TERM; while :; do :; done");
    struct outcome o = sh(20, "build/bin/run --timeout 0.3 --out %s -- %s/p", tmp, tmp);
    exited(o, 0);
    cr_assert(strncmp(o.out, "1\ttimeout\t0.3\t", 14) == 0, "%s", o.out);
}

Test(scripts, run_keeps_the_first_64_megabytes_of_a_flood) {
    exited(sh(60, "build/bin/run --timeout 30 --out %s -- head -c 100000000 /dev/zero", tmp), 0);
    struct outcome o = sh(5, "stat -c %%s %s/run-1.txt", tmp);
    cr_assert_str_eq(o.out, "67108864\n");
}

Test(scripts, run_names_the_end_of_each_run) {
    script("p", "exit 7");
    cr_assert(strstr(sh(10, "build/bin/run --out %s -- %s/p", tmp, tmp).out, "1\texit\t7\t"));
    script("q", "kill -ABRT $$");
    cr_assert(strstr(sh(10, "build/bin/run --runs 9 --until-signal --out %s -- %s/q", tmp, tmp).out,
                     "1\tsignal\tSIGABRT\t"));
}

/* --- cores -------------------------------------------------------------------------------- */

static void has_good_core(struct outcome o, const char *how) {
    exited(o, 1);
    cr_assert(strncmp(o.out, "core: SIGABRT in run ", 21) == 0, "%s", o.out);
    cr_assert(strstr(o.out, how), "%s", o.out);
    cr_assert(strstr(o.out, "complete, of " RACY " (build-id "), "%s", o.out);
}

Test(scripts, core_keeps_the_core_of_a_program_that_died) {
    has_good_core(sh(60, "scripts/core.sh --out %s/o -- " RACY, tmp), "in run ");
    struct outcome o = sh(
        30, "gdb -batch -nx -ex 'source scripts/gdb/racelab.py' -ex team " RACY " %s/o/core", tmp);
    cr_assert(strstr(o.out, "<- SIGABRT"), "%s", o.out);
}

Test(scripts, core_lets_gdb_write_one_where_the_kernel_pipes_it_away) {
    has_good_core(
        sh(60, "RACELAB_CORE_PATTERN='|/bin/false' scripts/core.sh --out %s/o -- " RACY, tmp),
        ", under GDB");
}

Test(scripts, core_lets_gdb_write_one_where_the_limit_is_zero_or_small) {
    has_good_core(sh(60, "ulimit -H -c 1000; scripts/core.sh --out %s/o -- " RACY, tmp),
                  ", under GDB");
    has_good_core(sh(60, "ulimit -H -c 0; scripts/core.sh --out %s/o -- " RACY, tmp),
                  ", under GDB");
}

Test(scripts, core_does_not_write_over_a_core_that_was_there) {
    script("keep",
           "cd $1 && echo precious > core && $2/scripts/core.sh --out o -- $2/" RACY "; cat core");
    cr_assert(strstr(sh(60, "%s/keep %s $PWD", tmp, tmp).out, "\nprecious\n"));
}

/* Where the kernel has one name for all of them. */
Test(scripts, cores_of_programs_that_die_at_once_are_kept_apart) {
    struct outcome o = sh(
        100, "for i in 1 2 3 4 5 6; do scripts/core.sh --out %s/$i -- " RACY " & done; wait", tmp);
    int whole = 0;
    for (const char *at = o.out; (at = strstr(at, "complete, of " RACY)); at++)
        whole++;
    cr_assert_eq(whole, 6, "%s%s", o.out, o.err);
    if (sh(5, "grep -qx core /proc/sys/kernel/core_pattern").status == 0)
        cr_assert_not(strstr(o.out, "under GDB"), "%s%s", o.out, o.err);
}

Test(scripts, core_says_when_nobody_died) {
    verdict(sh(30, "scripts/core.sh --runs 20 --out %s/o -- true", tmp), 0,
            "core: none: nobody died in 20 of 20 runs: rate below 15% at 95%");
}

Test(scripts, core_says_when_time_ran_out) {
    verdict(sh(30, "scripts/core.sh --runs 1 --timeout 0.5 --out %s/o -- sleep 4322", tmp), 124,
            "core: none: out of time in 1 of 1 runs");
}

Test(scripts, core_takes_one_of_a_living_process) {
    script("p",
           "sleep 4323 & $1/scripts/core.sh --pid $! --out $2/o; s=$?; kill -0 $! && kill $!; exit "
           "$s");
    struct outcome o = sh(60, "%s/p $PWD %s", tmp, tmp);
    exited(o, 0);
    cr_assert(strstr(o.out, "which goes on\n") && strstr(o.out, "complete, of /usr/bin/sleep"),
              "%s", o.out);
}

Test(scripts, core_refuses_one_that_is_cut_off_or_of_another_program) {
    exited(sh(60, "scripts/core.sh --out %s/o -- " RACY, tmp), 1);
    exited(sh(10, "head -c 100000 %s/o/core > %s/cut", tmp, tmp), 0);
    refused(sh(10, "scripts/core.sh --check %s/cut -- " RACY, tmp), 2,
            "is cut off: it has 100000 of ");
    refused(sh(10, "scripts/core.sh --check %s/o/core -- " REPAIRED, tmp), 2,
            "is not of " REPAIRED);
    exited(sh(10, "scripts/core.sh --check %s/o/core -- " RACY, tmp), 0);
}

/* --- the checkers: claims that are not so are caught --------------------------------------- */

static const struct falsehood {
    char verb[12], claim[60], says[60];
} falsehoods[] = {
    {"tsan", "tsan: silent", "silent, but "},
    {"tsan", "tsan: race map_get/map_put", "race map_get/map_put, which was not found"},
    {"tsan", "tsan: lock order hmap_assign/hmap_assign", "which was not found"},
    {"tsan", "title: nothing", "nothing: lab.txt has no line for it"},
    {"helgrind", "helgrind: race hmap_assign/hmap_next", "which was not found"},
    {"drd", "drd: race map_put", "race map_put, which was not found"},
    {"crash", "crash: SIGFPE", "it dies of SIGFPE"},
    {"crash", "crash: hang", "it dies of hang"},
    {"core", "victim: reader\\ncrash: SIGABRT\\nsays: fatal error",
     "the victim is reader, not writer"},
};

ParameterizedTestParameters(scripts, catch_a_lab_txt_that_is_not_true) {
    return cr_make_param_array(const struct falsehood, falsehoods,
                               sizeof falsehoods / sizeof *falsehoods);
}

ParameterizedTest(const struct falsehood *f, scripts, catch_a_lab_txt_that_is_not_true) {
    exited(sh(5, "printf '%%b\\nsays: deadlock\\n' '%s' > %s/lab.txt", f->claim, tmp), 0);
    struct outcome o = sh(
        90, "RACELAB_CLAIMS=%s/lab.txt scripts/lab.sh %s 01 racy --runs 2 --more 0", tmp, f->verb);
    exited(o, 1);
    cr_assert(strstr(o.err, f->says), "%s", o.err);
}

Test(scripts, a_racy_program_in_the_place_of_a_silent_one_is_caught) {
    exited(sh(5, "echo 'tsan: silent' > %s/lab.txt", tmp), 0);
    struct outcome o = sh(
        60, "RACELAB_CLAIMS=%s/lab.txt scripts/lab.sh tsan 01 wrong/local-mutex --runs 2 --more 0",
        tmp);
    exited(o, 1);
    cr_assert(strstr(o.err, "silent, but "), "%s", o.err);
}
