/*
 * test_evidence.c - what is recorded in traces/, what documents quote of it, and
 * what our GDB commands read from cores.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

TestSuite(evidence, .init = make_tmp, .fini = remove_tmp);

/* --- documents quote traces/, to the letter --------------------------------------- */

/* Every block that follows "<!-- trace: FILE -->" is traces/FILE. */
static void quotes_are_true(const char *document) {
    char *text = slurp("%s", document);
    for (char *at = text; (at = strstr(at, "\n<!-- trace: ")); at++) {
        char file[128], expected[65536];
        cr_assert_eq(sscanf(at, "\n<!-- trace: %127s -->", file), 1);
        snprintf(expected, sizeof expected, " -->\n```\n%s```\n", slurp("traces/%s", file));
        cr_assert(strncmp(strstr(at, " -->"), expected, strlen(expected)) == 0,
                  "%s does not quote traces/%s as it is: make traces", document, file);
    }
}

ParameterizedTestParameters(evidence, readmes_quote_what_was_recorded) {
    return each("labs/*/README.md");
}

ParameterizedTest(path_param *path, evidence, readmes_quote_what_was_recorded) {
    quotes_are_true(*path);
}

ParameterizedTestParameters(evidence, documents_quote_what_was_recorded) {
    return each("docs/*.md");
}

ParameterizedTest(path_param *path, evidence, documents_quote_what_was_recorded) {
    quotes_are_true(*path);
}

/* --- traces show what lab.txt claims ------------------------------------------------ */

#define LIBS ". scripts/lib/common.sh; . scripts/lib/labs.sh; "

ParameterizedTestParameters(evidence, traces_show_what_is_claimed) {
    return each("labs/[0-9]*/lab.txt");
}

ParameterizedTest(path_param *path, evidence, traces_show_what_is_claimed) {
    char *lab = lab_of(*path);
    const char *files[][2] = {{"tsan", "txt"}, {"helgrind", "xml"}, {"drd", "xml"}};
    for (int t = 0; t < 3; t++)
        exited(sh(10,
                  LIBS "walk --format list --%s traces/%s/%s.%s | grep -v ^deadly | "
                       "sed 's/^/1\\t/' >%s/found; findings_meet \"$(lab_says %s %s)\" %s/found",
                  files[t][0], lab, files[t][0], files[t][1], tmp, lab, files[t][0], tmp),
               0);
    exited(sh(10, "grep -q '^[0-9]  The repair' traces/%s/walk.txt", lab), 0);
}

/* The core itself is not kept; what GDB said of it stands for it. */
ParameterizedTestParameters(evidence, traces_can_be_walked_again) {
    return each("labs/[0-9]*/lab.txt");
}

ParameterizedTest(path_param *path, evidence, traces_can_be_walked_again) {
    char *lab = lab_of(*path);
    struct outcome o =
        sh(10,
           "cd traces/%s && ../../build/bin/walk --lab ../../%s core.json --tsan tsan.txt "
           "--helgrind helgrind.xml --drd drd.xml --schedule explore.json --sources ../..",
           lab, *path);
    exited(o, 1);
    cr_assert(strstr(o.out, "It died of SIG"), "%s", o.out);
    cr_assert(strstr(o.out, "What each tool says"), "%s", o.out);
    cr_assert(strstr(o.out, " of 300 schedules"), "%s", o.out);
}

Test(evidence, traces_do_not_name_the_place_they_were_recorded_in) {
    exited(sh(10, "grep -rqF \"$PWD/\" traces"), 1);
}

/* --- GDB's commands on a real core ------------------------------------------------------ */

/* What GDB prints for these commands on a core of this lab's racy side. */
static char *on_core_of(const char *lab, const char *commands) {
    exited(sh(120, "scripts/core.sh --out %s/o -- build/plain/labs/%s/lab", tmp, lab), 1);
    struct outcome o = sh(60,
                          "gdb -batch -nx -ex 'source scripts/gdb/racelab.py' -ex 'echo ---\\n' %s "
                          "build/plain/labs/%s/lab %s/o/core | sed '1,/^---$/d'",
                          commands, lab, tmp);
    exited(o, 0);
    return o.out;
}

Test(evidence, team_lists_every_thread_by_name_role_and_place) {
    char *out = on_core_of("02-read-during-write", "-ex team");
    cr_assert_eq(lines(out), 4, "%s", out);
    cr_assert(strstr(out, "* reader      reader    yes         in hmap_next"), "%s", out);
    cr_assert(strstr(out, "<- SIGABRT\n"), "%s", out);
    cr_assert(strstr(out, "  main        main      no "), "%s", out);
    cr_assert(strstr(out, "  writer      writer "), "%s", out);
}

Test(evidence, crossing_shows_two_stacks_that_meet) {
    char *out = on_core_of("01-concurrent-write", "-ex crossing");
    int both = 0;
    for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n")) {
        char *bar = strstr(line, " | ");
        both += bar && strstr(bar, "map_put") && strstr(line, "map_put") < bar;
    }
    cr_assert_eq(both, 1, "one line has map_put on both sides");
}

/* "truck 1 -> clerk -> truck 1" */
static char *circle_in(const char *out) {
    char *circle = strstr(out, "the circle: ");
    cr_assert_not_null(circle, "%s", out);
    circle = strndup(circle + 12, strcspn(circle + 12, "\n"));
    return circle;
}

/* The trucks meet each other, or one of them the clerk. */
Test(evidence, locks_reads_the_cycle_of_a_deadlock) {
    char *out = on_core_of("12-lock-order", "-ex locks");
    cr_assert(strstr(out, " waits for mutex 0x") && strstr(out, ", held by "), "%s", out);
    char *circle = circle_in(out), *first_arrow = strstr(circle, " -> ");
    cr_assert_not_null(first_arrow, "%s", circle);
    size_t name = (size_t)(first_arrow - circle);
    cr_assert(strncmp(circle, circle + strlen(circle) - name, name) == 0, "%s", circle);
    cr_assert(strstr(circle, "truck"), "%s", circle);
    free(circle);
}

Test(evidence, look_tells_what_a_map_really_holds) {
    char *out =
        on_core_of("08-load-then-store",
                   "-ex 'look pool->by_host' -ex 'print pool->by_host->count' -ex 'look nonesuch'");
    cr_assert(strstr(out, "count says 500, and the buckets hold 500: they agree"), "%s", out);
    cr_assert(strstr(out, "nonesuch: not to be found in this core"), "%s", out);
}

Test(evidence, look_knows_a_map_that_was_damaged) {
    struct outcome o =
        sh(60,
           "gdb -batch -nx -ex 'source scripts/gdb/racelab.py' -ex 'break map_free' -ex run "
           "-ex 'set var m->users->count = 7' -ex 'look m->users' "
           "build/plain/solutions/01-concurrent-write/lab");
    exited(o, 0);
    cr_assert(strstr(o.out, "count says 7, but the buckets hold 8000\n"), "%s", o.out);
}

/* --- doctor ------------------------------------------------------------------------------- */

Test(evidence, doctor_says_of_each_thing_fine_instead_or_cure) {
    struct outcome o = sh(60, "scripts/doctor.sh");
    exited(o, 0);
    cr_assert(strstr(o.out, " fine, "), "%s", o.out);
    cr_assert(strstr(o.out, " 0 to cure\n"), "%s", o.out);
}

static void doctor_on(const char *file, const char *content, const char *says) {
    exited(sh(10,
              "mkdir -p %s/sys/kernel %s/sys/vm && cp /proc/sys/kernel/core_pattern %s/sys/kernel/ "
              "&& echo '%s' >%s/%s",
              tmp, tmp, tmp, content, tmp, file),
           0);
    struct outcome o = sh(60, "DOCTOR_PROC=%s scripts/doctor.sh", tmp);
    cr_assert(o.status == 0 || o.status == 3);
    cr_assert(strstr(o.out, says), "%s", o.out);
}

Test(evidence, doctor_knows_too_many_random_bits) {
    doctor_on("sys/vm/mmap_rnd_bits", "32", "setarch -R");
}

Test(evidence, doctor_knows_a_core_pattern_that_is_a_pipe) {
    doctor_on("sys/kernel/core_pattern", "|/usr/share/apport/apport %p", "apport");
}

Test(evidence, doctor_speaks_json) {
    struct outcome o =
        sh(60,
           "scripts/doctor.sh --json >%s/d.json; gdb -batch -nx -ex 'python import json; "
           "d = json.load(open(\"%s/d.json\")); print(len(d) > 10, "
           "sorted({x[\"state\"] for x in d} - {\"fine\", \"instead\", \"cure\"}))'",
           tmp, tmp);
    exited(o, 0);
    cr_assert_str_eq(o.out, "True []\n");
}
