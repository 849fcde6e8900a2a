/*
 * json.c - a report for programs. The keys are stable; docs/schedules.md lists them.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../../walk/tell/jsonout.h" /* json_text(): names and output need not be UTF-8 */
#include "crossing.h"
#include "locks.h"
#include "memory.h"
#include "sites.h"
#include "story.h"
#include "symbols.h"
#include "tell_report.h"

static json_t *stack(const struct channel *c, const struct call_stack *s) {
    struct site_frame frames[SITE_FRAMES_MAX];
    json_t *list = json_array();
    for (int i = 0, n = site_frames(c, s, frames); i < n; i++)
        json_array_append_new(
            list,
            json_pack("{s:o, s:o, s:i, s:o, s:b}", "function", json_text(frames[i].place.function),
                      "file", json_text(frames[i].place.file), "line", frames[i].place.line,
                      "address", frames[i].outside ? json_null() : json_hex(frames[i].address),
                      "inlined", frames[i].inlined));
    return list;
}

/* Names of the locks that it holds there; null where the trace does not say. */
static json_t *locks(const struct channel *c, const struct defect_site *s) {
    uint32_t i = 0;
    while (i < c->event_count && (c->events[i].step != s->step || c->events[i].thread != s->thread))
        i++;
    if (i == c->event_count)
        return json_null();
    struct held_locks held;
    json_t *list = json_array();
    locks_held(c, s->thread, i, &held);
    for (int k = 0; k < held.count; k++) {
        char name[120];
        memory_object(c, held.address[k], s->step, name, sizeof name);
        json_array_append_new(list, json_text(name));
    }
    return list;
}

static json_t *site(const struct channel *c, const struct defect_site *s) {
    char object[160] = "";
    if (s->address)
        memory_said(c, s->address, s->size, s->step, object, sizeof object);
    return json_pack("{s:i, s:i, s:o, s:s, s:i, s:o, s:o, s:o, s:o, s:o}", "step", (int)s->step,
                     "thread", s->thread, "name", *s->name ? json_text(s->name) : json_null(),
                     "does", s->does, "size", (int)s->size, "address", json_hex(s->address),
                     "object", *object ? json_text(object) : json_null(), "stack",
                     stack(c, &s->stack), "held", s->held.pc ? stack(c, &s->held) : json_null(),
                     "locks", locks(c, s));
}

/* The site, the earlier one of a race and the like, the other threads of a circle. */
static void set_sites(json_t *o, const struct defect *d) {
    struct defect_site sites[SITES_MAX];
    int n = defect_sites(d, sites);
    bool in_circle = d->failure.cycle_count > 0;
    json_t *others = json_array();
    for (int i = 1; in_circle && i < n; i++)
        json_array_append_new(others, site(d->trace, &sites[i]));
    json_object_set_new(o, "site", n ? site(d->trace, &sites[0]) : json_null());
    json_object_set_new(o, "earlier",
                        n > 1 && !in_circle ? site(d->trace, &sites[1]) : json_null());
    json_object_set_new(o, "circle", others);
}

static void add_line(const char *line, int level, void *list) {
    (void)level;
    json_array_append_new(list, json_text(line));
}

static json_t *explanation(const struct defect *d) {
    json_t *list = json_array();
    story_explain(d, add_line, list);
    return list;
}

static json_t *threads(const struct defect *d) {
    char words[600];
    json_t *list = json_array();
    for (uint32_t i = 0; i < d->trace->result.thread_count; i++) {
        story_thread_end(d, (int)i, words, sizeof words);
        json_array_append_new(list, json_text(words));
    }
    return list;
}

/* The rows that the text shows, too. */
static json_t *interleaving(const struct defect *d) {
    static const char *const ends[] = {"preempted", "blocked", "yielded", "finished"};
    uint32_t count = 0;
    struct story_row *rows = d->trace->event_count ? story_rows(d, &count) : NULL;
    json_t *list = json_array();
    for (uint32_t i = 0; i < count; i++) {
        const struct story_row *r = &rows[i];
        if (r->kind == ROW_SWITCH) {
            json_array_append_new(list, json_pack("{s:i, s:i, s:s}", "from", r->thread, "to",
                                                  r->next, "switch", ends[r->end & 3]));
        } else if (r->kind == ROW_LEFT_OUT) {
            json_array_append_new(
                list, json_pack("{s:i, s:i}", "thread", r->thread, "left_out", r->times));
        } else {
            char said[400];
            struct place p[8];
            event_said(d, r->event, said, sizeof said);
            symbols_places(r->event->pc, p, 8);
            json_array_append_new(
                list, json_pack("{s:i, s:i, s:o, s:o, s:o, s:i, s:i, s:b}", "step",
                                (int)r->event->step, "thread", r->thread, "does", json_text(said),
                                "function", json_text(p[0].function), "file", json_text(p[0].file),
                                "line", p[0].line, "times", (int)r->times, "matters", r->matters));
        }
    }
    free(rows);
    return list;
}

static json_t *segments(const struct channel *c) {
    static const char *const ends[] = {"preempted", "blocked", "yielded", "finished"};
    json_t *list = json_array();
    for (uint32_t i = 0; i < c->result.segment_count; i++) {
        const struct segment *s = &c->result.segments[i];
        json_array_append_new(list, json_pack("{s:i, s:I, s:s}", "thread", s->thread, "until",
                                              (json_int_t)s->until, "end", ends[s->end & 3]));
    }
    return list;
}

static json_t *defect(const struct report *r, const struct defect *d) {
    char words[600];
    json_t *o = json_object();
    json_object_set_new(o, "kind", json_string(defect_kind(d)));
    json_object_set_new(o, "pair", json_text(defect_pair(r, d)));
    story_verdict(d, words, sizeof words);
    json_object_set_new(o, "verdict", json_text(words));
    json_object_set_new(o, "words", json_text(d->failure.words));
    json_object_set_new(o, "seed", json_integer((json_int_t)d->seed));
    json_object_set_new(o, "policy", json_string(d->policy));
    json_object_set_new(o, "found_at", json_integer((json_int_t)d->found_at));
    json_object_set_new(o, "schedules", json_integer((json_int_t)d->count));
    json_object_set_new(o, "preemptions_before", json_integer(d->preemptions_before));
    json_object_set_new(o, "preemptions", json_integer(d->preemptions));
    json_object_set_new(o, "shrink_replays", json_integer(d->shrink_replays));
    json_object_set_new(o, "shrink_ms", json_real(d->shrink_seconds * 1e3));
    json_object_set_new(o, "fewer_tried", json_integer((json_int_t)d->fewer_tried));
    json_object_set_new(o, "confirmed", json_integer(d->confirmed));
    json_object_set_new(o, "confirmed_of", json_integer(d->confirmed_of));
    set_sites(o, d);
    json_object_set_new(o, "segments", segments(d->trace));
    json_object_set_new(o, "explanation", explanation(d));
    json_object_set_new(o, "interleaving", interleaving(d));
    json_object_set_new(o, "threads", threads(d));
    json_object_set_new(o, "output", json_text(d->output));
    return o;
}

void report_json(const struct report *r, FILE *out) {
    const struct totals *t = &r->totals;
    char hash[20];
    json_t *o = json_object(), *defects = json_array(), *notes = json_array();
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)t->hash_of_hashes);
    for (int i = 0; i < r->defect_count; i++)
        json_array_append_new(defects, defect(r, &r->defects[i]));
    for (int i = 0; i < r->note_count; i++)
        json_array_append_new(notes, json_text(r->notes[i].words));
    json_object_set_new(o, "format", json_string("racelab exploration 1"));
    json_object_set_new(o, "program", json_text(r->program));
    json_object_set_new(o, "schedules", json_integer((json_int_t)t->schedules));
    json_object_set_new(o, "failed",
                        json_integer((json_int_t)(t->schedules - t->by_failure[FAILURE_NONE])));
    json_object_set_new(o, "raced", json_integer((json_int_t)t->by_failure[FAILURE_RACE]));
    json_object_set_new(o, "events", json_integer((json_int_t)t->steps));
    json_object_set_new(o, "distinct_schedules", json_integer((json_int_t)t->distinct));
    json_object_set_new(o, "distinct_interleavings", json_integer((json_int_t)t->distinct_shared));
    json_object_set_new(o, "hash", json_string(hash));
    json_object_set_new(o, "seconds", json_real(r->seconds));
    json_object_set_new(o, "jobs", json_integer(r->jobs));
    json_object_set_new(o, "weak", json_boolean(r->weak));
    json_object_set_new(o, "reset", json_string(r->reset == RESET_FORK ? "fork" : "snapshot"));
    json_object_set_new(o, "reset_why", json_text(r->reset_why));
    json_object_set_new(o, "unconfirmed", json_integer((json_int_t)r->unconfirmed));
    json_object_set_new(o, "out_of_time", json_boolean(r->out_of_time));
    json_object_set_new(o, "notes", notes);
    json_object_set_new(o, "defects", defects);
    json_dumpf(o, out, JSON_INDENT(2));
    fputc('\n', out);
    json_decref(o);
}
