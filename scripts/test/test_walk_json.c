/*
 * test_walk_json.c - the case as JSON: field by field on cases built by hand; and against
 * docs/case.schema.json, as everything that is recorded.
 */
#include <stdlib.h>
#include <string.h>

#include "../walk/tell/utf8.h"
#include "told.h"

TestSuite(walk_json, .init = make_tmp, .fini = remove_tmp);

/* --- the schemas, and SARIF's --------------------------------------------------------- */

Test(walk_json, samples_are_valid_by_the_schemas) {
    keep_samples(tell_json, "json");
    keep_samples(tell_sarif, "sarif");
    exited(sh(60, CHECK "--strict " CASE_SCHEMA " %s/*.json", tmp), 0);
    exited(sh(60, CHECK SARIF_SUBSET " %s/*.sarif", tmp), 0);
    exited(sh(60, CHECK "%s %s/*.sarif", sarif_schema(), tmp), 0);
}

/* Every recorded report in both formats; one Python for all, as it starts slowly. */
Test(walk_json, recorded_reports_are_valid_by_the_schemas, .timeout = 300) {
    struct outcome o =
        sh(200,
           "n=0; for f in scripts/test/fixtures/reports/*.{txt,xml} "
           "scripts/test/fixtures/explored/*.{json,schedule}; do"
           "  for format in json sarif; do"
           "    build/bin/walk --format $format --output %s/$(basename $f).$format $f;"
           "    case $? in 0|1|3) ;; 2) [[ $f = *junk* ]] ;; *) echo \"$f: $format: $?\"; exit 9;; "
           "esac;"
           "  done; n=$((n + 1)); done; [ $n -ge 20 ] && echo $n",
           tmp);
    exited(o, 0);
    exited(sh(100, CHECK "--strict " CASE_SCHEMA " %s/*.json", tmp), 0);
    exited(sh(100, CHECK SARIF_SUBSET " %s/*.sarif", tmp), 0);
    exited(sh(100, CHECK "%s %s/*.sarif", sarif_schema(), tmp), 0);
}

/* Every key that the schema has is in the document, too. */
Test(walk_json, the_document_names_every_key) {
    struct outcome o = sh(20,
                          "for key in $(jq -r '[.. | objects | .properties? // empty | keys[]] | "
                          "unique[]' " CASE_SCHEMA
                          "); do grep -qF \"\\`$key\\`\" docs/case-format.md || echo $key; done");
    exited(o, 0);
    cr_assert_str_eq(o.out, "");
}

/* The examples with jq do what is said of them. */
Test(walk_json, the_documents_examples_work) {
    keep_samples(tell_json, "json");
    struct outcome o = sh(20,
                          "cp %s/race.json %s/case.json && "
                          "sed -n '/^## With jq/,/^## /s/^    //p' docs/case-format.md >%s/run "
                          "&& cd %s && bash -e run",
                          tmp, tmp, tmp, tmp);
    exited(o, 0);
    cr_assert_str_eq(o.out,
                     "race hmap_assign/hmap_assign helgrind,tsan\n"
                     " \tmain\tmain\n \twriter 1\thmap_assign\n"
                     "*\twriter 2\thmap_assign\n");
}

/* What is wrong with a document, as jq would make it so, and its check's exit status. */
static void with(const char *file, const char *change, const char *check, int status) {
    struct outcome o = sh(60, "jq '%s' %s/%s >%s/changed && " CHECK "%s %s/changed", change, tmp,
                          file, tmp, check, tmp);
    cr_assert_eq(o.status, status, "%s: %d, not %d: %s%s", change, o.status, status, o.out, o.err);
}

Test(walk_json, schemas_refuse_what_is_wrong, .timeout = 120) {
    keep_samples(tell_json, "json");
    const char *strict = "--strict " CASE_SCHEMA;
    with("race.json", ".", strict, 0);
    with("race.json", "del(.findings[0].identity)", strict, 1);
    with("race.json", "del(.crash.threads[1].stack.frames[0].own)", strict, 1);
    with("race.json", ".version = 2", strict, 1);
    with("race.json", ".findings[0].sites[0].address = 12", strict, 1);
    with("race.json", ".findings[0].kind = \"rice\"", strict, 1);
    with("race.json", ".link.why = \"\"", strict, 1);
    with("race.json", ".link.why = \"\"", CASE_SCHEMA, 0); /* readers allow additions */
    keep_samples(tell_sarif, "sarif");
    with("race.sarif", ".", SARIF_SUBSET, 0);
    with("race.sarif", "del(.runs[0].results[0].message)", SARIF_SUBSET, 1);
    with("race.sarif", ".runs[0].results[0].where = 1", SARIF_SUBSET, 1);
    with("race.sarif", ".runs[0].results[1].locations[0].physicalLocation.region.startLine = 0",
         SARIF_SUBSET, 1);
    with("race.sarif",
         ".runs[0].results[1].locations[0].physicalLocation.artifactLocation.uri = \"a b\"",
         SARIF_SUBSET, 1);
    with("race.sarif",
         ".runs[0].results[1].relatedLocations[1] = "
         ".runs[0].results[1].relatedLocations[0]",
         SARIF_SUBSET, 1);
}

/* --- JSON --------------------------------------------------------------------------------- */

Test(walk_json, json_of_a_race) {
    json_t *o = json_of(sample_race(), tell_json);
    says(o, "format", "racelab-case");
    counts(o, "version", 1);
    says(o, "program", "build/plain/labs/01-concurrent-write/lab");
    says(o, "lab.slug", "01-concurrent-write");
    says(o, "crash.signal", "SIGABRT");
    says(o, "crash.core.fits", "yes");
    says(o, "crash.core.core_build_id", "9c1d60a8b3f0e5");
    says(o, "crash.fault.kind", "none");
    unknown(o, "crash.fault.address");
    counts(o, "crash.victim", 2);
    counts(o, "crash.crossing.threads.1", 1);
    many(o, "crash.threads", 3);
    says(o, "crash.threads.1.name", "writer 1");
    counts(o, "crash.threads.1.number", 2);
    says(o, "crash.threads.1.stack.frames.5.function", "hmap_assign");
    says(o, "crash.threads.1.stack.frames.5.locals.0.name", "hash");
    says(o, "crash.threads.1.stack.frames.5.locals.0.value", "3421674724");
    unknown(o, "crash.threads.1.waits");
    says(o, "crash.looks.0.expression", "table->users");
    many(o, "findings", 3);
    says(o, "findings.0.kind", "race");
    says(o, "findings.0.pair", "hmap_assign/hmap_assign");
    counts(o, "findings.0.witnesses.tsan.runs", 3);
    counts(o, "findings.0.witnesses.helgrind.reports", 3);
    says(o, "findings.0.report.file", "traces/01-concurrent-write/tsan.txt");
    counts(o, "findings.0.report.line", 2);
    says(o, "findings.0.sites.0.access", "read");
    says(o, "findings.0.sites.0.address", "0x7b1000000020");
    many(o, "findings.0.sites.0.locks", 0); /* none were held, which is known */
    unknown(o, "findings.0.sites.0.earlier");
    counts(o, "findings.0.sites.1.stack.blamed", 1);
    says(o, "findings.0.sites.1.stack.frames.0.function", "grow");
    counts(o, "findings.0.object.size", 56);
    says(o, "link.finding", json_string_value(at(o, "findings.0.identity")));
    counts(o, "link.thread", 2);
    counts(o, "tools.tsan.died", 3);
    cr_assert_null(at(o, "tools.asan")); /* it did not run */
}

Test(walk_json, json_of_a_deadlock) {
    json_t *o = json_of(sample_deadlock(), tell_json);
    many(o, "crash.cycle", 2);
    counts(o, "crash.cycle.0", 1);
    says(o, "crash.threads.1.holds.0.name", "depot->bays[0].lock");
    says(o, "crash.threads.1.waits.address", "0x55a3fee87f70");
    says(o, "crash.threads.1.waits.kind", "mutex");
    counts(o, "crash.threads.1.waits.holder", 2);
    says(o, "findings.0.sites.1.locks.0.name", "M2");
    says(o, "findings.0.sites.1.earlier.frames.1.function", "map_move");
    says(o, "tools.drd.silence",
         "DRD is right as far as it looks: each access has its lock. In "
         "which order a thread takes its locks, it does not note.");
    counts(o, "tools.drd.with_findings", 0);
}

Test(walk_json, json_of_hostile_bytes_and_numbers) {
    json_t *o = json_of(sample_hostile(), tell_json);
    says(o, "program", "/tmp/<script>alert('x')</script>/\xef\xbf\xbd");
    counts(o, "crash.threads_total", 100000);
    many(o, "crash.threads", 200);
    cr_assert(json_is_true(at(o, "crash.core.truncated")));
    says(o, "crash.core.fits", "no");
    says(o, "crash.fault.address", "0x0"); /* an address, as there was a fault */
    unknown(o, "crash.threads.0.lwp");
    says(o, "crash.threads.0.waits.address", "0xffffffffffffff00");
    counts(o, "crash.threads.12.stack.omitted", 99744);
    says(o, "crash.threads.12.stack.frames.2.function",
         "caf\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd "
         "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    says(o, "crash.threads.12.stack.frames.1.address", "0xffffffffffffffff");
    many(o, "findings", KIND_COUNT - 1); /* what could not start is none */
}

Test(walk_json, json_of_nothing) {
    json_t *o = json_of(sample_empty(), tell_json);
    unknown(o, "program");
    unknown(o, "crash");
    unknown(o, "lab");
    unknown(o, "link");
    many(o, "findings", 0);
}

/* --- UTF-8 ------------------------------------------------------------------------------------ */

static void cleans(const char *dirty, const char *expected) {
    struct pool p = {0};
    cr_assert_str_eq(utf8_clean(&p, dirty), expected);
    pool_free(&p);
}

#define BAD "\xef\xbf\xbd"

Test(walk_json, bytes_that_are_no_utf8) {
    const char *good = "plain, caf\xc3\xa9, \xe2\x86\x92, \xf0\x9f\x92\xa5, \xef\xbf\xbf";
    struct pool p = {0};
    cr_assert_eq(utf8_clean(&p, good), good, "what is valid is not copied");
    cr_assert_null(utf8_clean(&p, NULL));
    cleans(
        "a\xff"
        "b",
        "a" BAD "b");
    cleans("\xc0\xaf", BAD BAD);         /* overlong */
    cleans("\xe0\x9f\xbf", BAD BAD BAD); /* overlong */
    cleans("\xed\xa0\x80", BAD BAD BAD); /* a surrogate */
    cleans("\xed\x9f\xbf", "\xed\x9f\xbf");
    cleans("\xf4\x90\x80\x80", BAD BAD BAD BAD); /* beyond the last */
    cleans("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf");
    cleans("\xf0\x8f\xbf\xbf", BAD BAD BAD BAD);
    cleans("\xe2\x86", BAD BAD); /* cut off */
    cleans("\xc3", BAD);
}
