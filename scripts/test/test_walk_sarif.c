/*
 * test_walk_sarif.c - SARIF: what editors and code scanning are given. Its schema is
 * checked in test_walk_json.c, with the other's.
 */
#include <stdlib.h>
#include <string.h>

#include "../walk/tell/sarif.h"
#include "told.h"

TestSuite(walk_sarif, .init = make_tmp, .fini = remove_tmp);

/* --- SARIF --------------------------------------------------------------------------------- */

Test(walk_sarif, sarif_of_a_race) {
    json_t *o = json_of(sample_race(), tell_sarif);
    o = at(o, "runs.0");
    says(o, "tool.driver.rules.0.id", "race");
    says(o, "tool.driver.rules.1.id", "use-after-free");
    says(o, "tool.driver.rules.2.id", "crash");
    says(o, "results.0.ruleId", "crash");
    says(o, "results.1.ruleId", "race");
    counts(o, "results.1.ruleIndex", 0);
    says(o, "results.1.level", "error");
    says(o, "results.1.message.text",
         "race: hmap_assign, by two threads. [read of 8 bytes by writer 2 (T2)](1); [previous "
         "write of 8 bytes by writer 1 (T1)](2); [heap block of size 56 was made here](3)");
    says(o, "results.1.locations.0.physicalLocation.artifactLocation.uri", "labs/common/hmap.c");
    says(o, "results.1.locations.0.physicalLocation.artifactLocation.uriBaseId", "SRCROOT");
    counts(o, "results.1.locations.0.physicalLocation.region.startLine", 251);
    counts(o, "results.1.relatedLocations.1.physicalLocation.region.startLine", 260);
    counts(o, "results.1.relatedLocations.1.id", 2);
    many(o, "results.1.codeFlows.0.threadFlows", 2);
    says(o, "results.1.codeFlows.0.threadFlows.0.locations.0.location.message.text", "member");
    says(o, "results.1.codeFlows.0.threadFlows.1.locations.4.location.message.text", "grow");
    says(o, "results.1.codeFlows.0.threadFlows.1.locations.3.importance", "essential");
    says(o, "results.1.stacks.0.frames.0.location.message.text", "hmap_assign");
    cr_assert_eq(strlen(json_string_value(
                     json_object_get(at(o, "results.1.partialFingerprints"), "racelabCase/v1"))),
                 16);
    counts(o, "results.1.properties.witnesses.helgrind.runs", 3);
    cr_assert(json_is_true(at(o, "invocations.0.executionSuccessful")));
}

/* A report that saw one side is a witness of the whole, and no result of its own. */
Test(walk_sarif, sarif_counts_a_part_with_its_whole) {
    struct casefile *c = sample_race();
    c->findings[2]->part_of = c->findings[0];
    json_t *o = json_of(c, tell_sarif);
    many(o, "runs.0.results", 3);
    counts(o, "runs.0.results.1.properties.witnesses.drd.runs", 3);
}

Test(walk_sarif, sarif_of_a_deadlock) {
    json_t *o = at(json_of(sample_deadlock(), tell_sarif), "runs.0");
    says(o, "results.0.ruleId", "deadlock");
    says(o, "results.0.message.text",
         "each waits for the next: truck 1 -> truck 2 -> truck 1 (SIGABRT)");
    says(o, "results.1.ruleId", "lock-order");
    says(o, "results.1.level", "warning");
    says(o, "invocations.0.toolExecutionNotifications.0.descriptor.id", "note");
}

/* What the schema cannot say: rules and links refer to what is there. */
Test(walk_sarif, sarif_refers_to_what_is_there) {
    json_t *run = at(json_of(sample_hostile(), tell_sarif), "runs.0"), *result;
    size_t i;
    many(run, "results", KIND_COUNT - 1 + 1); /* and the deadlock */
    json_array_foreach(at(run, "results"), i, result) {
        size_t rule = (size_t)json_integer_value(at(result, "ruleIndex"));
        says(json_array_get(at(run, "tool.driver.rules"), rule), "id",
             json_string_value(at(result, "ruleId")));
        const char *text = json_string_value(at(result, "message.text"));
        size_t links = 0, related = json_array_size(at(result, "relatedLocations"));
        for (; (text = strstr(text, "](")); text++, links++)
            cr_assert_eq((size_t)atoi(text + 2), links + 1);
        cr_assert_eq(links, related);
    }
}

Test(walk_sarif, what_the_environment_prevented_is_no_result) {
    struct casefile *c = sample_empty();
    case_begin_run(c);
    case_add(c, &(struct finding){.kind = KIND_COULD_NOT_START,
                                  .tool = TOOL_TSAN,
                                  .headline = "FATAL: unexpected [memory] mapping"});
    json_t *run = at(json_of(c, tell_sarif), "runs.0");
    many(run, "results", 0);
    many(run, "tool.driver.rules", 0);
    cr_assert(json_is_false(at(run, "invocations.0.executionSuccessful")));
    json_t *said = at(run, "invocations.0.toolExecutionNotifications.0");
    says(said, "descriptor.id", "could-not-start");
    says(said, "message.text",
         "ThreadSanitizer could not start in 1 of 1 runs: FATAL: unexpected \\[memory\\] mapping");
}

static void uri_is(const char *file, bool own, const char *expected) {
    struct pool p = {0};
    const char *uri = sarif_uri(&p, file, own);
    cr_assert(expected ? uri && strcmp(uri, expected) == 0 : !uri, "%s: %s, not %s", file, uri,
              expected);
    pool_free(&p);
}

Test(walk_sarif, uris) {
    uri_is("labs/a.c", true, "labs/a.c");
    uri_is("./labs//x/../a.c", true, "labs/a.c");
    uri_is("/src/./x/../../../a b%.c", true, "file:///a%20b%25.c");
    uri_is("../lib/../../x.c", true, "../../x.c");
    uri_is("a/..", true, NULL);
    uri_is("c:x?y#z.c", true, "c%3Ax%3Fy%23z.c");
    uri_is("caf\xe9/\x01\\.c", true, "caf%E9/%01%5C.c");
    uri_is("/usr/include/c++/12/thread", false, "file:///usr/include/c++/12/thread");
    uri_is("../nptl/pthread_create.c", false, NULL);
    uri_is("", true, NULL);
    uri_is(NULL, true, NULL);
}

/* Brackets in a message are links: a name must not make one. */
Test(walk_sarif, names_make_no_links) {
    struct casefile *c = sample_empty();
    struct frame f = {.function = "operator[](9)", .file = "a.cpp", .line = 1};
    struct finding race = {.kind = KIND_RACE, .tool = TOOL_TSAN, .site_count = 1};
    race.sites[0] = (struct site){.thread = "T[1](2)\\", .stack = {.frames = &f, .count = 1}};
    case_begin_run(c);
    case_add(c, &race);
    says(json_of(c, tell_sarif), "runs.0.results.0.message.text",
         "race in operator\\[\\](9). [access by thread T\\[1\\](2)\\\\](1)");
}
