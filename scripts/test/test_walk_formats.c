/*
 * test_walk_formats.c - what all formats for programs have in common; pprof's profile, as
 * decoded and as the real tool reads it; JUnit's XML, as xmllint does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "scripts/walk/tell/profile.pb-c.h"

#include "told.h"

TestSuite(walk_formats, .init = make_tmp, .fini = remove_tmp);

/* --- all four ---------------------------------------------------------------------------- */

static teller *const tellers[] = {tell_json, tell_sarif, tell_pprof, tell_junit};

Test(walk_formats, the_same_case_is_told_in_the_same_bytes) {
    for (int i = 0; i < SAMPLES; i++)
        for (int k = 0; k < 4; k++) {
            size_t one, other;
            char *a = told_of(samples[i].make(), tellers[k], &one);
            char *b = told_of(samples[i].make(), tellers[k], &other);
            cr_assert(one > 0 && one == other && memcmp(a, b, one) == 0, "%s %d", samples[i].name,
                      k);
            free(a);
            free(b);
        }
}

Test(walk_formats, a_full_disk_is_said) {
    for (int k = 0; k < 4; k++) {
        struct casefile *c = sample_hostile();
        FILE *full = fopen("/dev/full", "w");
        cr_assert_not_null(full);
        cr_assert_not(tellers[k](c, full, &(struct style){.width = 80}), "teller %d", k);
        fclose(full);
        sample_free(c);
    }
}

/* --- pprof --------------------------------------------------------------------------------------
 */

static Pprof__Profile *profile_of(struct casefile *c) {
    size_t size;
    char *gz = told_of(c, tell_pprof, &size);
    cr_assert(size > 18 && memcmp(gz, "\x1f\x8b\x08", 3) == 0, "gzip");
    cr_assert_eq(memcmp(gz + 3, "\0\0\0\0\0", 5), 0, "no name and no time in it");
    enum { MOST = 4 << 20 };
    unsigned char *plain = malloc(MOST);
    z_stream z = {.next_in = (unsigned char *)gz,
                  .avail_in = (uInt)size,
                  .next_out = plain,
                  .avail_out = MOST};
    cr_assert_eq(inflateInit2(&z, MAX_WBITS + 16), Z_OK);
    cr_assert_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
    Pprof__Profile *profile = pprof__profile__unpack(NULL, z.total_out, plain);
    inflateEnd(&z);
    free(plain);
    free(gz);
    cr_assert_not_null(profile);
    cr_assert_str_eq(profile->string_table[0], "");
    return profile;
}

static const char *string(const Pprof__Profile *f, int64_t n) {
    cr_assert(n >= 0 && (size_t)n < f->n_string_table, "string %ld", (long)n);
    return f->string_table[n];
}

/* "kind=race tool=tsan …" */
static char *labels(const Pprof__Profile *f, const Pprof__Sample *s) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < s->n_label; i++)
        fprintf(out, "%s%s=%s", i ? " " : "", string(f, s->label[i]->key),
                string(f, s->label[i]->str));
    fclose(out);
    return text;
}

/* "hmap_assign:251 map_put:26 …"; what is inlined is in brackets with what it is in. */
static char *frames(const Pprof__Profile *f, const Pprof__Sample *s) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < s->n_location_id; i++) {
        const Pprof__Location *l = f->location[s->location_id[i] - 1];
        cr_assert_eq(l->id, s->location_id[i]);
        fprintf(out, "%s%s", i ? " " : "", l->n_line > 1 ? "[" : "");
        for (size_t k = 0; k < l->n_line; k++) {
            const Pprof__Function *function = f->function[l->line[k]->function_id - 1];
            fprintf(out, "%s%s:%ld", k ? " " : "", string(f, function->name),
                    (long)l->line[k]->line);
        }
        fprintf(out, "%s", l->n_line > 1 ? "]" : "");
    }
    fclose(out);
    return text;
}

Test(walk_formats, profile_of_a_race) {
    Pprof__Profile *f = profile_of(sample_race());
    cr_assert_eq(f->n_sample_type, 2);
    cr_assert_str_eq(string(f, f->sample_type[0]->type), "races");
    cr_assert_str_eq(string(f, f->sample_type[1]->type), "threads");
    cr_assert_str_eq(string(f, f->sample_type[1]->unit), "count");
    cr_assert_str_eq(string(f, f->default_sample_type), "races");
    cr_assert_str_eq(string(f, f->mapping[0]->filename),
                     "build/plain/labs/01-concurrent-write/lab");
    cr_assert_str_eq(string(f, f->mapping[0]->build_id), "9c1d60a8b3f0e5");
    cr_assert_eq(f->n_sample, 5 + 3); /* sites, threads */
    cr_assert_eq(f->sample[0]->n_value, 2);
    cr_assert_eq(f->sample[0]->value[0], 6); /* reports */
    cr_assert_eq(f->sample[0]->value[1], 0);
    cr_assert_str_eq(frames(f, f->sample[0]), "hmap_assign:251 map_put:26 sign_up:21 member:54");
    char *said = labels(f, f->sample[0]);
    cr_assert(strstr(said,
                     "kind=race tool=tsan tool=helgrind access=read thread=writer 2 (T2) "
                     "finding="),
              "%s", said);
    cr_assert_str_eq(frames(f, f->sample[3]), "[failed to restore the stack]:0");
    cr_assert_eq(f->sample[7]->value[0], 0);
    cr_assert_eq(f->sample[7]->value[1], 1);
    cr_assert_str_eq(labels(f, f->sample[7]), "thread=writer 2 role=writer signal=SIGABRT");
    /* one hmap_assign, whichever stack it is in */
    int assigns = 0;
    for (size_t i = 0; i < f->n_function; i++)
        assigns += strcmp(string(f, f->function[i]->name), "hmap_assign") == 0;
    cr_assert_eq(assigns, 1);
}

Test(walk_formats, inlined_frames_share_a_location) {
    struct casefile *c = sample_empty();
    struct frame stack[] = {{.function = "inner", .file = "a.c", .line = 1, .inlined = true},
                            {.function = "middle", .file = "a.c", .line = 2, .inlined = true},
                            {.function = "outer", .file = "a.c", .line = 3, .address = 0x40},
                            {.function = "main", .file = "a.c", .line = 4},
                            {.function = "odd", .file = "a.c", .line = 5, .inlined = true}};
    struct finding race = {.kind = KIND_RACE, .tool = TOOL_TSAN, .site_count = 1};
    race.sites[0].stack = (struct stack){.frames = stack, .count = 5, .omitted = 7};
    case_begin_run(c);
    case_add(c, &race);
    Pprof__Profile *f = profile_of(c);
    cr_assert_eq(f->n_sample, 1);
    cr_assert_str_eq(frames(f, f->sample[0]),
                     "[inner:1 middle:2 outer:3] main:4 odd:5 [7 frames left out]:0");
    cr_assert_eq(f->location[0]->address, 0x40);
    cr_assert_str_eq(string(f, f->mapping[0]->filename), "[program not named]");
    cr_assert_eq(f->location[0]->mapping_id, 0);
}

/* Numbers that refer to something, whatever is in the case. */
Test(walk_formats, profiles_refer_to_what_is_there) {
    for (int i = 0; i < SAMPLES; i++) {
        Pprof__Profile *f = profile_of(samples[i].make());
        for (size_t k = 0; k < f->n_sample; k++) {
            cr_assert_gt(f->sample[k]->n_location_id, 0);
            frames(f, f->sample[k]);
            labels(f, f->sample[k]);
        }
        for (size_t k = 0; k < f->n_location; k++)
            cr_assert_leq(f->location[k]->mapping_id, f->n_mapping);
        for (size_t k = 0; k < f->n_function; k++)
            string(f, f->function[k]->filename);
        for (size_t k = 0; k < f->n_comment; k++)
            string(f, f->comment[k]);
        pprof__profile__free_unpacked(f, NULL);
    }
}

Test(walk_formats, go_tool_pprof_reads_them, .timeout = 180) {
    if (sh(20, "command -v go && go tool -n pprof").status != 0)
        cr_skip_test("go tool pprof is not here: the profile was checked by decoding it only");
    keep_samples(tell_pprof, "pb.gz");
    struct outcome o = sh(60, "go tool pprof -top %s/race.pb.gz", tmp);
    exited(o, 0);
    cr_assert(strstr(o.out, "File: lab\n"), "%s", o.out);
    cr_assert(strstr(o.out, "Type: races\nShowing nodes accounting for 17, 100% of 17 total"), "%s",
              o.out);
    cr_assert(strstr(o.out, "16 94.12%  hmap_assign\n"), "%s", o.out);
    o = sh(60, "go tool pprof -traces -tagfocus=kind='use after free' %s/race.pb.gz", tmp);
    exited(o, 0);
    cr_assert(strstr(o.out, "1   evacuate\n             grow_work\n             hmap_assign\n"),
              "%s", o.out);
    cr_assert_null(strstr(o.out, "helgrind"), "%s", o.out);
    o = sh(60, "go tool pprof -sample_index=threads -top %s/deadlock.pb.gz", tmp);
    exited(o, 0);
    cr_assert(strstr(o.out, "3 75.00% 75.00%          3 75.00%  futex_wait\n"), "%s", o.out);
    o = sh(60, "go tool pprof -traces %s/hostile.pb.gz && go tool pprof -top %s/empty.pb.gz", tmp,
           tmp);
    exited(o, 0);
    cr_assert_str_eq(o.err, ""); /* nothing that it could not make sense of */
}

#define BAD "\xef\xbf\xbd" /* U+FFFD */

/* --- JUnit ---------------------------------------------------------------------------------- */

/* What XPath finds in the sample. */
static void xpath(const char *sample, const char *expression, const char *expected) {
    struct outcome o = sh(20, "xmllint --xpath \"%s\" %s/%s.xml", expression, tmp, sample);
    exited(o, 0);
    o.out[strcspn(o.out, "\n")] = '\0';
    cr_assert_str_eq(o.out, expected, "%s", expression);
}

Test(walk_formats, junit_of_the_samples, .timeout = 60) {
    keep_samples(tell_junit, "xml");
    exited(sh(20, "xmllint --noout %s/*.xml", tmp), 0);
    xpath("race", "concat(//testsuite/@tests, //testsuite/@failures, //testsuite/@errors)", "440");
    xpath("race", "string(//testcase[@name='drd']/failure/@message)", "race in hmap_assign");
    xpath("race", "string(//testcase[@name='tsan']/failure/@message)",
          "2 findings: race: hmap_assign, by two threads; ...");
    xpath("race", "contains(//testcase[@name='tsan']/failure, 'use after free in hmap_assign')",
          "true");
    xpath("race", "string(//testcase[@name='crash']/failure/@type)", "SIGABRT");
    xpath("race", "string(//testcase[1]/@classname)", "build/plain/labs/01-concurrent-write/lab");
    xpath("deadlock", "concat(//testsuite/@tests, //testsuite/@failures)", "43");
    xpath("deadlock", "count(//testcase[@name='drd']/*)", "1");
    xpath("deadlock", "contains(//testcase[@name='drd']/system-out, 'it does not note')", "true");
    xpath("hostile", "count(//testcase[count(failure | error) > 1])", "0");
    xpath("hostile",
          "//testsuite/@tests = count(//testcase) and //testsuite/@failures = "
          "count(//failure) and //testsuite/@errors = count(//error)",
          "true");
    xpath("empty", "count(//testcase)", "0");
}

Test(walk_formats, junit_has_an_error_for_the_environment) {
    struct casefile *c = sample_empty();
    case_begin_run(c);
    case_add(c, &(struct finding){.kind = KIND_COULD_NOT_START,
                                  .tool = TOOL_TSAN,
                                  .headline = "FATAL: \x01 <\"unexpected\"> & \xff"});
    case_begin_run(c);
    case_tool_ran(c, TOOL_DRD);
    size_t size;
    char *text = told_of(c, tell_junit, &size);
    keep("none.xml", text, size);
    xpath("none", "concat(//testsuite/@tests, //testsuite/@failures, //testsuite/@errors)", "201");
    xpath("none", "string(//testcase[@name='tsan']/error/@message)",
          "FATAL: " BAD " <\"unexpected\"> & " BAD);
    xpath("none", "count(//testcase[@name='drd'][failure or error])", "0");
}
