/*
 * json.c - the whole case for programs: docs/case-format.md says what is where, and
 * docs/case.schema.json the same for validators. A key that is added here is added
 * there; a test compares them. One that is removed or renamed raises VERSION.
 *
 * Every key is there each time, in this order; what is not known is null.
 */
#include "../blame.h"
#include "jsonout.h"
#include "tell.h"

enum { VERSION = 1 };

/* An array of what `make` makes of each element; `list` is an array of `type`. */
#define ARRAY(type, list, count, make)                                                             \
    __extension__({                                                                                \
        json_t *array_ = json_array();                                                             \
        for (size_t i_ = 0; i_ < (count); i_++) {                                                  \
            const type *each = &(list)[i_];                                                        \
            json_array_append_new(array_, make);                                                   \
        }                                                                                          \
        array_;                                                                                    \
    })

static json_t *hex_or_null(uint64_t address) {
    return address ? json_hex(address) : json_null();
}

static json_t *line_or_null(int line) {
    return json_known(line > 0 ? (uint64_t)line : 0);
}

/* --- stacks --------------------------------------------------------------------------- */

/* Only a core's frames have arguments and locals. */
static json_t *frame(struct pool *p, const struct frame *f, bool of_core) {
    json_t *o =
        json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:b}", "function", json_words(p, f->function),
                  "file", json_words(p, f->file), "line", line_or_null(f->line), "column",
                  line_or_null(f->column), "module", json_words(p, f->module), "address",
                  hex_or_null(f->address), "own", f->own, "inlined", f->inlined);
    if (!of_core)
        return o;
    json_object_set_new(o, "args", json_words(p, f->args));
    json_object_set_new(o, "locals",
                        ARRAY(struct variable, f->locals, f->local_count,
                              json_pack("{s:o,s:o}", "name", json_words(p, each->name), "value",
                                        json_words(p, each->value))));
    return o;
}

static json_t *stack(struct pool *p, const struct stack *s, bool of_core) {
    return json_pack("{s:o,s:o,s:o,s:o}", "frames",
                     ARRAY(struct frame, s->frames, s->count, frame(p, each, of_core)), "blamed",
                     json_index(s->blamed, s->count), "omitted", json_size(s->omitted), "lost",
                     json_words(p, s->lost));
}

/* For a stack that need not be there at all. */
static json_t *stack_or_null(struct pool *p, const struct stack *s) {
    return s->count || s->lost || s->omitted ? stack(p, s, false) : json_null();
}

/* --- findings -------------------------------------------------------------------------- */

static json_t *locks(struct pool *p, const struct site *s) {
    if (!s->locks_known && s->lock_count == 0)
        return json_null();
    return ARRAY(struct lock, s->locks, s->lock_count,
                 json_pack("{s:o,s:b}", "name", json_words(p, each->name), "shared", each->shared));
}

static json_t *site(struct pool *p, const struct site *s) {
    return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "access", access_name(s->access),
                     "size", json_known(s->size), "address", hex_or_null(s->address), "thread",
                     json_words(p, s->thread), "name", json_words(p, s->name), "locks", locks(p, s),
                     "stack", stack(p, &s->stack, false), "earlier", stack_or_null(p, &s->earlier),
                     "created", stack_or_null(p, &s->created), "creator",
                     json_words(p, s->creator));
}

static json_t *object(struct pool *p, const struct object *o) {
    if (!o->what && !o->address && !o->size && !o->stack.count)
        return json_null();
    return json_pack("{s:o,s:o,s:o,s:o}", "what", json_words(p, o->what), "address",
                     hex_or_null(o->address), "size", json_known(o->size), "stack",
                     stack_or_null(p, &o->stack));
}

static json_t *witnesses(const struct finding *f) {
    json_t *all = json_object();
    for (int t = 0; t < TOOL_COUNT; t++) {
        const struct witness *w = &f->witnesses[t];
        if (w->runs)
            json_object_set_new(
                all, tool_name((enum tool)t),
                json_pack("{s:o,s:o,s:o,s:o}", "runs", json_size(w->runs), "reports",
                          json_size(w->reports), "schedules", json_known(w->schedules),
                          "preemptions",
                          t == TOOL_EXPLORE ? json_size(w->preemptions) : json_null()));
    }
    return all;
}

static json_t *finding(struct pool *p, const struct finding *f) {
    json_t *where = f->file ? json_pack("{s:o,s:o}", "file", json_words(p, f->file), "line",
                                        json_known(f->line))
                            : json_null();
    return json_pack("{s:o,s:s,s:o,s:o,s:s,s:o,s:o,s:b,s:o,s:o,s:o}", "identity",
                     json_words(p, f->identity), "kind", kind_name(f->kind), "pair",
                     json_words(p, f->pair), "headline", json_words(p, f->headline), "tool",
                     tool_name(f->tool), "witnesses", witnesses(f), "report", where, "torn",
                     f->torn, "part_of", json_words(p, f->part_of ? f->part_of->identity : NULL),
                     "object", object(p, &f->object), "sites",
                     ARRAY(struct site, f->sites, f->site_count, site(p, each)));
}

/* --- the crash --------------------------------------------------------------------------- */

static json_t *held(struct pool *p, const struct held *h) {
    return json_pack("{s:o,s:o}", "name", json_words(p, h->name), "address",
                     hex_or_null(h->address));
}

static json_t *waits(struct pool *p, const struct thread *t, size_t threads) {
    if (t->waits.address == 0)
        return json_null();
    json_t *o = held(p, &t->waits);
    json_object_set_new(o, "kind", json_words(p, t->waits_kind));
    json_object_set_new(o, "holder", json_index(t->holder, threads));
    return o;
}

static json_t *thread(struct pool *p, const struct thread *t, size_t threads) {
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "number", line_or_null(t->number),
                     "lwp", line_or_null(t->lwp), "name", json_words(p, t->name), "role",
                     json_words(p, t->role), "doing", json_words(p, t->doing), "where",
                     json_words(p, t->where), "holds",
                     ARRAY(struct held, t->holds, t->hold_count, held(p, each)), "waits",
                     waits(p, t, threads), "stack", stack(p, &t->stack, true));
}

static json_t *fault(struct pool *p, const struct core *core) {
    return json_pack("{s:s,s:o,s:o}", "kind", fault_name(core->fault), "address",
                     core->fault == FAULT_NONE ? json_null() : json_hex(core->address), "words",
                     json_words(p, core->fault_words));
}

static json_t *crossing(struct pool *p, const struct core *core) {
    json_t *one = json_index(core->crossing[0], core->thread_count);
    json_t *other = json_index(core->crossing[1], core->thread_count);
    if (json_is_null(one) || json_is_null(other)) {
        json_decref(one);
        json_decref(other);
        return json_null();
    }
    return json_pack("{s:[o,o],s:o}", "threads", one, other, "why",
                     json_words(p, core->crossing_why));
}

static json_t *cycle(const struct core *core) {
    return ARRAY(int, core->cycle, core->cycle_count, json_index(*each, core->thread_count));
}

static json_t *file_of_core(struct pool *p, const struct core *core) {
    static const char *const fits[] = {
        [FIT_UNKNOWN] = "unknown", [FIT_YES] = "yes", [FIT_NO] = "no"};
    return json_pack("{s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:b,s:o}", "path", json_words(p, core->path),
                     "program", json_words(p, core->program), "fits", fits[core->fit],
                     "program_build_id", json_words(p, core->program_id), "core_build_id",
                     json_words(p, core->core_id), "bytes", json_known(core->have), "bytes_wanted",
                     json_known(core->want), "truncated", core->have < core->want, "notes",
                     ARRAY(char *const, core->notes, core->note_count, json_words(p, *each)));
}

static json_t *look(struct pool *p, const struct look *l) {
    return json_pack("{s:o,s:o}", "expression", json_words(p, l->expression), "lines",
                     ARRAY(char *const, l->lines, l->line_count, json_words(p, *each)));
}

static void put_crash(struct json_out *o, const struct core *core) {
    struct pool *p = &o->pool;
    json_open(o, "crash", '{');
    json_put(o, "core", file_of_core(p, core));
    json_put(o, "signal", json_words(p, core->signal));
    json_put(o, "fault", fault(p, core));
    json_put(o, "victim", json_index(core->victim, core->thread_count));
    json_put(o, "crossing", crossing(p, core));
    json_put(o, "cycle", cycle(core));
    json_open(o, "threads", '[');
    for (size_t i = 0; i < core->thread_count; i++)
        json_put(o, NULL, thread(p, &core->threads[i], core->thread_count));
    json_close(o, ']');
    json_put(o, "threads_total", json_size(core->thread_total));
    json_put(o, "looks", ARRAY(struct look, core->looks, core->look_count, look(p, each)));
    json_close(o, '}');
}

/* --- the rest ------------------------------------------------------------------------------ */

static json_t *lab(struct pool *p, const struct lab *l) {
    if (!l->slug && !l->title)
        return json_null();
    return json_pack("{s:o,s:o,s:o,s:o,s:o}", "slug", json_words(p, l->slug), "title",
                     json_words(p, l->title), "class", json_words(p, l->class), "source",
                     json_words(p, l->source), "silent", json_words(p, l->silent));
}

static json_t *link_of(struct pool *p, const struct casefile *c) {
    const struct link *l = &c->link;
    if (!l->finding)
        return json_null();
    size_t threads = c->core ? c->core->thread_count : 0;
    return json_pack("{s:o,s:o,s:b,s:o,s:o,s:o}", "finding", json_words(p, l->finding->identity),
                     "reason", json_words(p, l->reason), "sure", l->sure, "thread",
                     json_index(l->thread, threads), "other", json_index(l->other, threads), "site",
                     json_index(l->site, l->finding->site_count));
}

static json_t *tools(struct pool *p, const struct casefile *c) {
    json_t *all = json_object();
    for (int i = 0; i < TOOL_COUNT; i++) {
        const struct tool_state *t = &c->tools[i];
        if (t->runs == 0 && !c->silence[i])
            continue;
        json_object_set_new(
            all, tool_name((enum tool)i),
            json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "title", tool_title((enum tool)i),
                      "runs", json_size(t->runs), "with_findings", json_size(t->with_findings),
                      "died", json_size(t->died), "not_started", json_size(t->not_started),
                      "reason", json_words(p, t->reason), "schedules", json_known(t->schedules),
                      "silence", json_words(p, c->silence[i])));
    }
    return all;
}

bool tell_json(const struct casefile *c, FILE *out, const struct style *style) {
    (void)style; /* everything is told, whatever the page would hold */
    struct json_out o = {.out = out};
    struct pool *p = &o.pool;
    json_open(&o, NULL, '{');
    json_put(&o, "format", json_string("racelab-case"));
    json_put(&o, "version", json_integer(VERSION));
    json_put(&o, "program", json_words(p, c->program));
    json_put(&o, "lab", lab(p, &c->lab));
    if (c->core)
        put_crash(&o, c->core);
    else
        json_put(&o, "crash", json_null());
    json_put(&o, "link", link_of(p, c));
    json_open(&o, "findings", '[');
    for (size_t i = 0; i < c->finding_count; i++)
        json_put(&o, NULL, finding(p, c->findings[i]));
    json_close(&o, ']');
    json_put(&o, "findings_dropped", json_size(c->findings_dropped));
    json_put(&o, "inputs", json_size(c->runs));
    json_put(&o, "tools", tools(p, c));
    json_put(&o, "notes", ARRAY(char *const, c->notes, c->note_count, json_words(p, *each)));
    json_close(&o, '}');
    return json_end(&o);
}
