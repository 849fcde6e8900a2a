/*
 * tell_json.c - a verdict for programs: as JSON of our own, and as the results.json that
 * Gradescope and graders like it read (gradescope-autograders.readthedocs.io, "Autograder
 * Specifications").
 */
#include <jansson.h>
#include <stdlib.h>

#include "../walk/tell/jsonout.h" /* json_text(): what is printed need not be UTF-8 */
#include "asked.h"
#include "tell.h"

static void put(const json_t *o, FILE *out) {
    if (json_dumpf(o, out, JSON_INDENT(2)) == 0)
        fputc('\n', out);
}

static const char *const names[] = {"not asked", "passed",      "doubted",
                                    "rejected",  "environment", "out of time"};

static json_t *opinion(const struct oracle *k, const struct opinion *o) {
    char *line = opinion_line(o);
    json_t *j = json_pack(
        "{s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:f}", "oracle", k->name, "verdict",
        names[o->verdict], "tries", (int)o->tries, "unit", json_text(o->unit), "found",
        json_text(o->found), "below_percent",
        o->verdict == PASSED && o->random ? json_real(below_percent(o->tries)) : json_null(),
        "says", json_text(line), "story", json_text(o->story), "cure",
        json_text(o->verdict == ENVIRONMENT ? o->cure : NULL), "seconds", o->seconds);
    free(line);
    return j;
}

void tell_json(const struct verdict_of *v, FILE *out) {
    json_t *all = json_array();
    char *line = verdict_line(v);
    for (int i = 0; oracles[i].name; i++)
        json_array_append_new(all, opinion(&oracles[i], &v->opinions[i]));
    json_t *like = json_null();
    if (v->by && *v->like.head.name)
        like = json_pack("{s:s, s:s, s:f}", "name", v->like.head.name, "belief",
                         v->like.head.belief, "degree", v->like.degree);
    json_t *j =
        json_pack("{s:s, s:s, s:o, s:o, s:i, s:o, s:o, s:o, s:f, s:o}", "format", "racelab check 1",
                  "lab", v->trial->lab, "map", json_text(v->trial->map), "verdict", json_text(line),
                  "status", v->status, "rejected_by", json_text(v->by ? v->by->name : NULL),
                  "looks_like", like, "question", json_text(v->by ? question_of(v) : NULL),
                  "seconds", v->seconds, "oracles", all);
    put(j, out);
    json_decref(j);
    free(line);
}

/* One point, or none: a wrong repair is not half right. Who was not asked, or could not be,
 * is neither passed nor failed. */
void tell_results(const struct verdict_of *v, FILE *out) {
    json_t *tests = json_array();
    char *line = verdict_line(v);
    for (int i = 0; oracles[i].name; i++) {
        const struct opinion *o = &v->opinions[i];
        char *says = opinion_line(o),
             *shown = words("%s%s%s", says, o->story ? "\n\n" : "", o->story ? o->story : "");
        json_t *test = json_pack("{s:s, s:s, s:o}", "name", oracles[i].looks_for, "number",
                                 oracles[i].name, "output", json_text(shown));
        if (o->verdict == PASSED || o->verdict == DOUBTED || o->verdict == REJECTED)
            json_object_set_new(test, "status",
                                json_string(o->verdict == REJECTED ? "failed" : "passed"));
        json_array_append_new(tests, test);
        free(shown);
        free(says);
    }
    json_t *j =
        json_pack("{s:f, s:f, s:o, s:s, s:o}", "score", v->by ? 0.0 : 1.0, "execution_time",
                  v->seconds, "output", json_text(line), "visibility", "visible", "tests", tests);
    put(j, out);
    json_decref(j);
    free(line);
}
