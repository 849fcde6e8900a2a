/*
 * sarif.c - SARIF 2.1.0 for editors and code scanning: one run, a rule for each kind
 * that occurs, a result for each finding, and one for the crash. A report that lost one
 * side of another finding is no result of its own: it counts as a witness of that one.
 *
 * A result stands at its first site's blamed frame. All sites are related locations,
 * which the message links to; each thread's way to its site is a thread flow, and its
 * stack as the tool gave it a stack. What the environment prevented is a notification
 * and never a result.
 */
#include <string.h>

#include "../blame.h"
#include "jsonout.h"
#include "sarif.h"
#include "threads.h"
#include "verdict.h"

enum {
    RULE_CRASH = KIND_COUNT, /* rules beside those of the kinds */
    RULE_DEADLOCK,
    RULE_COUNT
};

enum { WHO_MOST = 512, TITLE_MOST = 4096, CIRCLE_MOST = 4096 };

/* --- rules ------------------------------------------------------------------------------ */

struct rules {
    int index[RULE_COUNT]; /* place in the rules' array, or -1 */
    int count;
};

static int rule_of_core(const struct core *core) {
    if (core->cycle_count)
        return RULE_DEADLOCK;
    return core->signal ? RULE_CRASH : -1;
}

static struct rules rules_of(const struct casefile *c) {
    bool occurs[RULE_COUNT] = {false};
    for (size_t i = 0; i < c->finding_count; i++)
        occurs[c->findings[i]->kind] |= !c->findings[i]->part_of;
    if (c->core && rule_of_core(c->core) >= 0)
        occurs[rule_of_core(c->core)] = true;
    struct rules r = {.count = 0};
    for (int i = 0; i < RULE_COUNT; i++)
        r.index[i] = occurs[i] ? r.count++ : -1;
    return r;
}

/* "use-after-free": the kind's name, as one word. */
static const char *rule_id(struct pool *p, int rule) {
    if (rule >= KIND_COUNT)
        return rule == RULE_CRASH ? "crash" : "deadlock";
    char *id = pool_copy(p, kind_name((enum kind)rule));
    for (char *at = id; (at = strchr(at, ' '));)
        *at = '-';
    return id;
}

/* What leaves the program as good as it was is a warning. */
static const char *level(int rule) {
    switch (rule) {
    case KIND_LOCK_ORDER:
    case KIND_LEAK:
    case KIND_THREAD_LEAK:
    case KIND_SIGNAL_UNSAFE:
    case KIND_ERRNO_SPOILED:
    case KIND_LOCK_HELD_AT_EXIT:
    case KIND_LOCK_HELD_LONG:
    case KIND_API_ERROR:
    case KIND_OTHER: return "warning";
    default: return "error";
    }
}

static json_t *rule(struct pool *p, const struct casefile *c, int which) {
    const struct guide *g = which == RULE_CRASH      ? guide_for_fault(c->core->fault)
                            : which == RULE_DEADLOCK ? guide_for_deadlock()
                                                     : guide_for((enum kind)which);
    const char *id = rule_id(p, which);
    const char *name = which < KIND_COUNT ? kind_name((enum kind)which) : id;
    json_t *o = json_pack("{s:s,s:o,s:{s:s}}", "id", id, "shortDescription", sarif_message(p, name),
                          "defaultConfiguration", "level", level(which));
    if (g && g->means) {
        json_object_set_new(o, "fullDescription", sarif_message(p, g->means));
        json_object_set_new(
            o, "help",
            sarif_message(p,
                          pool_print(p, "%s\n\nLook at: %s\n\nRepair: %s\n\nOther tools: %s",
                                     g->means, g->look ? g->look : "-", g->repair ? g->repair : "-",
                                     g->silence ? g->silence : "-")));
    }
    return o;
}

static void put_tool(struct json_out *o, const struct casefile *c) {
    struct pool *p = &o->pool;
    json_open(o, "tool", '{');
    json_open(o, "driver", '{');
    json_put(o, "name", json_string("racelab walk"));
    json_put(o, "version", json_string("1"));
    json_open(o, "rules", '[');
    struct rules r = rules_of(c);
    for (int i = 0; i < RULE_COUNT; i++)
        if (r.index[i] >= 0)
            json_put(o, NULL, rule(p, c, i));
    json_close(o, ']');
    json_put(o, "notifications",
             json_pack("[{s:s,s:{s:s}},{s:s,s:{s:s}}]", "id", "could-not-start", "shortDescription",
                       "text", "The environment kept a tool from running.", "id", "note",
                       "shortDescription", "text",
                       "What is missing, damaged, or out of a tool's sight."));
    json_close(o, '}');
    json_close(o, '}');
}

/* --- notifications ------------------------------------------------------------------------ */

enum { COULD_NOT_START, NOTE }; /* as in tool.driver.notifications */

static void notify(json_t *all, struct pool *p, int which, const char *level_, const char *text) {
    json_array_append_new(all,
                          json_pack("{s:s,s:o,s:{s:s,s:i}}", "level", level_, "message",
                                    sarif_message(p, sarif_quoted(p, text)), "descriptor", "id",
                                    which == NOTE ? "note" : "could-not-start", "index", which));
}

static void notify_of_tools(json_t *all, struct pool *p, const struct casefile *c) {
    for (int i = 0; i < TOOL_COUNT; i++) {
        const struct tool_state *t = &c->tools[i];
        const char *title = tool_title((enum tool)i);
        if (t->not_started)
            notify(all, p, COULD_NOT_START, "error",
                   pool_print(p, "%s could not start in %u of %u runs: %s", title, t->not_started,
                              t->runs, t->reason ? t->reason : "it does not say why"));
        if (t->schedules && !t->with_findings)
            notify(all, p, NOTE, "note",
                   pool_print(p, "%s is %s", title, silent_words(c, (enum tool)i, p)));
        if (c->silence[i])
            notify(all, p, NOTE, "note", pool_print(p, "%s is silent: %s", title, c->silence[i]));
    }
}

static json_t *notifications(struct pool *p, const struct casefile *c) {
    json_t *all = json_array();
    notify_of_tools(all, p, c);
    for (size_t i = 0; c->core && i < c->core->note_count; i++)
        notify(all, p, NOTE, "note", c->core->notes[i]);
    for (size_t i = 0; i < c->note_count; i++)
        notify(all, p, NOTE, "note", c->notes[i]);
    if (c->findings_dropped)
        notify(all, p, NOTE, "warning",
               pool_print(p, "%zu reports are counted and not told: too many different findings",
                          c->findings_dropped));
    return all;
}

/* Did anything run at all? */
static bool successful(const struct casefile *c) {
    unsigned runs = 0, not_started = 0;
    for (int t = 0; t < TOOL_COUNT; t++) {
        runs += c->tools[t].runs;
        not_started += c->tools[t].not_started;
    }
    return c->core || runs == 0 || not_started < runs;
}

/* --- a finding's result --------------------------------------------------------------------- */

/* "previous write of 8 bytes by writer 1 (T1)" */
static const char *site_words(struct pool *p, const struct finding *f, size_t i) {
    const struct site *s = &f->sites[i];
    char who[WHO_MOST], access[64];
    bool later = i > 0 && f->kind == KIND_RACE;
    return pool_print(p, "%s%s by %s", later ? "previous " : "",
                      access_words(s, access, sizeof access), site_who(s, who, sizeof who));
}

static json_t *first_place(struct pool *p, const struct finding *f) {
    for (size_t i = 0; i < f->site_count; i++) {
        const struct frame *b = stack_blamed(&f->sites[i].stack);
        if (b && sarif_uri(p, b->file, b->own))
            return sarif_place(p, b, site_words(p, f, i), 0);
    }
    /* No source at all: then where the report itself is, or nothing could show it. */
    return sarif_file(p, f->file ? f->file : "report", f->line, "the report");
}

/* Adds one related place, and to the message a link to it. */
static const char *relate(json_t *places, struct pool *p, const char *message,
                          const struct stack *s, const char *words) {
    int id = (int)json_array_size(places) + 1;
    const struct frame *b = stack_blamed(s);
    json_array_append_new(places, sarif_place(p, b ? b : s->count ? s->frames : NULL, words, id));
    return pool_print(p, "%s%s[%s](%d)", message, id == 1 ? ". " : "; ", sarif_quoted(p, words),
                      id);
}

static void set_places(json_t *result, struct pool *p, const struct finding *f) {
    char title[TITLE_MOST];
    json_t *places = json_array();
    const char *message = sarif_quoted(p, finding_title(f, title, sizeof title));
    for (size_t i = 0; i < f->site_count; i++)
        message = relate(places, p, message, &f->sites[i].stack, site_words(p, f, i));
    if (f->object.stack.count)
        message = relate(
            places, p, message, &f->object.stack,
            pool_print(p, "%s was made here", f->object.what ? f->object.what : "the object"));
    json_object_set_new(result, "message", sarif_message(p, message));
    json_object_set_new(result, "locations", json_pack("[o]", first_place(p, f)));
    json_object_set_new(result, "relatedLocations", places);
}

static void set_flows(json_t *result, json_t *flows) {
    if (json_array_size(flows))
        json_object_set_new(result, "codeFlows", json_pack("[{s:o}]", "threadFlows", flows));
    else
        json_decref(flows);
}

static void append_flow(json_t *flows, json_t *flow) {
    if (flow)
        json_array_append_new(flows, flow);
}

static void set_stacks(json_t *result, struct pool *p, const struct finding *f) {
    json_t *stacks = json_array(), *flows = json_array();
    for (size_t i = 0; i < f->site_count; i++) {
        const struct site *s = &f->sites[i];
        const char *words = site_words(p, f, i);
        sarif_append_once(stacks, sarif_stack(p, &s->stack, words));
        sarif_append_once(stacks, sarif_stack(p, &s->earlier, "the lock held was taken here"));
        sarif_append_once(stacks, sarif_stack(p, &s->created, "the thread was created here"));
        append_flow(flows, sarif_flow(p, &s->earlier, &s->stack, words));
    }
    sarif_append_once(stacks, sarif_stack(p, &f->object.stack, "the object was made here"));
    json_object_set_new(result, "stacks", stacks);
    set_flows(result, flows);
}

/* Its own witnesses, and those of reports that saw only one side of it. */
static json_t *witnesses(const struct casefile *c, const struct finding *f) {
    json_t *all = json_object();
    for (int t = 0; t < TOOL_COUNT; t++) {
        uint64_t runs = f->witnesses[t].runs, reports = f->witnesses[t].reports;
        for (size_t i = 0; i < c->finding_count; i++) {
            const struct finding *part = c->findings[i];
            if (part->part_of != f)
                continue;
            reports += part->witnesses[t].reports;
            runs = part->witnesses[t].runs > runs ? part->witnesses[t].runs : runs;
        }
        if (runs)
            json_object_set_new(
                all, tool_name((enum tool)t),
                json_pack("{s:o,s:o}", "runs", json_size(runs), "reports", json_size(reports)));
    }
    return all;
}

static json_t *properties(struct pool *p, const struct casefile *c, const struct finding *f) {
    json_t *o = json_object();
    json_object_set_new(o, "pair", json_words(p, f->pair));
    json_object_set_new(o, "witnesses", witnesses(c, f));
    if (f->witnesses[TOOL_EXPLORE].runs)
        json_object_set_new(o, "explored", json_words(p, explored_words(c, f, p)));
    json_object_set_new(o, "object", json_words(p, f->object.what));
    if (f->torn)
        json_object_set_new(o, "torn", json_true());
    if (c->link.finding == f)
        json_object_set_new(o, "crash", json_words(p, c->link.reason));
    return o;
}

static json_t *result_of(struct pool *p, int which, int index) {
    return json_pack("{s:s,s:i,s:s}", "ruleId", rule_id(p, which), "ruleIndex", index, "level",
                     level(which));
}

static json_t *finding_result(struct pool *p, const struct casefile *c, const struct finding *f,
                              const struct rules *r) {
    json_t *o = result_of(p, (int)f->kind, r->index[f->kind]);
    set_places(o, p, f);
    set_stacks(o, p, f);
    json_object_set_new(o, "partialFingerprints",
                        json_pack("{s:o}", "racelabCase/v1", json_words(p, f->identity)));
    json_object_set_new(o, "properties", properties(p, c, f));
    return o;
}

/* --- the crash's ------------------------------------------------------------------------------ */

/* The thread that a crash stands at: the victim, or of a deadlock the first in the circle. */
static const struct thread *subject(const struct core *core, int which) {
    return core_thread(core, which == RULE_DEADLOCK ? core->cycle[0] : core->victim);
}

static const char *crash_words(struct pool *p, const struct casefile *c, int which) {
    struct sentence sentences[SENTENCES_MOST];
    size_t n = verdict_of(c, sentences, p);
    const char *words = sentence_text(&sentences[0], p);
    char circle[CIRCLE_MOST];
    if (which == RULE_DEADLOCK)
        return pool_print(p, "each waits for the next: %s (%s)",
                          circle_words(c->core, circle, sizeof circle),
                          c->core->signal ? c->core->signal : "no signal");
    for (size_t i = 1; i < n; i++)
        if (sentences[i].about == SAYS_FAULT)
            words = pool_print(p, "%s %s", words, sentence_text(&sentences[i], p));
    return words;
}

static json_t *crash_result(struct pool *p, const struct casefile *c, const struct rules *r) {
    const struct core *core = c->core;
    int which = rule_of_core(core);
    const struct thread *t = subject(core, which);
    const struct frame *b = t ? stack_blamed(&t->stack) : NULL;
    const char *words = crash_words(p, c, which);
    json_t *o = result_of(p, which, r->index[which]);
    json_object_set_new(o, "message", sarif_message(p, sarif_quoted(p, words)));
    const char *program = core->program ? core->program : c->program;
    json_object_set_new(
        o, "locations",
        json_pack("[o]", b && sarif_uri(p, b->file, b->own)
                             ? sarif_place(p, b, words, 0)
                             : sarif_file(p, program ? program : "core", 0, words)));
    json_t *stacks = json_array(), *flows = json_array();
    for (size_t i = 0; i < core->thread_count; i++) {
        char who[WHO_MOST];
        const struct thread *each = &core->threads[i];
        const char *name = thread_who(each, who, sizeof who);
        sarif_append_once(stacks, sarif_stack(p, &each->stack, name));
        if (each == t || thread_has_part(core, (int)i))
            append_flow(flows, sarif_flow(p, &(struct stack){0}, &each->stack, name));
    }
    json_object_set_new(o, "stacks", stacks);
    set_flows(o, flows);
    return o;
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static void put_results(struct json_out *o, const struct casefile *c) {
    struct rules r = rules_of(c);
    json_open(o, "results", '[');
    if (c->core && rule_of_core(c->core) >= 0)
        json_put(o, NULL, crash_result(&o->pool, c, &r));
    for (size_t i = 0; i < c->finding_count; i++)
        if (!c->findings[i]->part_of)
            json_put(o, NULL, finding_result(&o->pool, c, c->findings[i], &r));
    json_close(o, ']');
}

bool tell_sarif(const struct casefile *c, FILE *out, const struct style *style) {
    (void)style;
    struct json_out o = {.out = out};
    json_open(&o, NULL, '{');
    json_put(&o, "$schema", json_string("https://json.schemastore.org/sarif-2.1.0.json"));
    json_put(&o, "version", json_string("2.1.0"));
    json_open(&o, "runs", '[');
    json_open(&o, NULL, '{');
    put_tool(&o, c);
    json_put(&o, "originalUriBaseIds",
             json_pack("{s:{s:{s:s}}}", "SRCROOT", "description", "text",
                       "Where relative names in the debug information start from."));
    json_put(&o, "invocations",
             json_pack("[{s:b,s:o}]", "executionSuccessful", successful(c),
                       "toolExecutionNotifications", notifications(&o.pool, c)));
    put_results(&o, c);
    json_close(&o, '}');
    json_close(&o, ']');
    json_close(&o, '}');
    return json_end(&o);
}
