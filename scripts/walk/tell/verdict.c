/* verdict.c - see verdict.h. */
#include "verdict.h"

#include <inttypes.h>
#include <string.h>

#include "../blame.h"
#include "threads.h"

enum { CIRCLE_NAMED = 4 }; /* threads of a circle that are named; more are counted */

unsigned runs_started(const struct casefile *c, enum tool tool) {
    return c->tools[tool].runs - c->tools[tool].not_started;
}

bool no_tool_ran(const struct casefile *c) {
    for (int t = 0; t < TOOL_COUNT; t++)
        if (c->tools[t].runs > 0)
            return false;
    return c->finding_count == 0;
}

/* --- witnesses --------------------------------------------------------------------- */

/* "2 of 7 schedules", "1 preemption suffices" */
static const char *schedules(const struct casefile *c, const struct witness *w, struct pool *p) {
    uint64_t all = c->tools[TOOL_EXPLORE].schedules;
    if (!w->schedules)
        return "a saved schedule";
    return pool_print(p, "%" PRIu64 " of %" PRIu64 " schedule%s", w->schedules,
                      all < w->schedules ? w->schedules : all, all > 1 ? "s" : "");
}

static const char *preemptions(const struct witness *w, struct pool *p) {
    return w->preemptions == 0   ? "no preemption is needed"
           : w->preemptions == 1 ? "1 preemption suffices"
                                 : pool_print(p, "%u preemptions suffice", w->preemptions);
}

const char *explored_words(const struct casefile *c, const struct finding *f, struct pool *p) {
    const struct witness *w = &f->witnesses[TOOL_EXPLORE];
    return w->runs ? pool_print(p, "in %s; %s", schedules(c, w, p), preemptions(w, p)) : NULL;
}

const char *silent_words(const struct casefile *c, enum tool tool, struct pool *p) {
    uint64_t n = c->tools[tool].schedules;
    return n ? pool_print(p, "silent: no failure in %" PRIu64 " schedule%s", n, n == 1 ? "" : "s")
             : "silent";
}

/* "ThreadSanitizer in 3 of 3 runs"; of a single run, how often it was reported; "explore in
 * 2 of 7 schedules (1 preemption suffices)". */
static const char *one_witness(const struct casefile *c, const struct finding *f, int tool,
                               const char *before, struct pool *p) {
    const struct witness *w = &f->witnesses[tool];
    const char *title = tool_title((enum tool)tool);
    unsigned started = runs_started(c, (enum tool)tool);
    if (tool == TOOL_EXPLORE)
        return pool_print(p, "%s%s in %s (%s)", before, title, schedules(c, w, p),
                          preemptions(w, p));
    return started > 1 ? pool_print(p, "%s%s in %u of %u runs", before, title, w->runs, started)
                       : pool_print(p, "%s%s (%u report%s)", before, title, w->reports,
                                    w->reports == 1 ? "" : "s");
}

/* Of the reports that saw one side of it, the one that this tool made in most runs. */
static const struct finding *side_by(const struct casefile *c, const struct finding *f, int tool) {
    const struct finding *most = NULL;
    for (size_t i = 0; i < c->finding_count; i++) {
        const struct finding *part = c->findings[i];
        if (part->part_of == f && part->witnesses[tool].runs
            && (!most || part->witnesses[tool].runs > most->witnesses[tool].runs))
            most = part;
    }
    return most;
}

const char *witness_words(const struct casefile *c, const struct finding *f, struct pool *p) {
    const char *words = "", *before = "";
    for (int t = 0; t < TOOL_COUNT; t++)
        if (f->witnesses[t].runs) {
            words = pool_print(p, "%s%s", words, one_witness(c, f, t, before, p));
            before = ", ";
        }
    before = "; one side of it by ";
    for (int t = 0; t < TOOL_COUNT; t++) {
        const struct finding *side = f->witnesses[t].runs ? NULL : side_by(c, f, t);
        if (side) {
            words = pool_print(p, "%s%s", words, one_witness(c, side, t, before, p));
            before = ", ";
        }
    }
    return words;
}

/* --- sentences --------------------------------------------------------------------- */

struct verdict { /* the sentences so far */
    struct sentence *sentences;
    size_t count;
    struct pool *pool;
};

static void begin(struct verdict *v, int about) {
    v->sentences[v->count++] = (struct sentence){.about = (unsigned)about};
}

static void add(struct verdict *v, struct words words) {
    struct sentence *s = &v->sentences[v->count - 1];
    s->words = pool_grown(v->pool, s->words, s->count, sizeof *s->words);
    s->words[s->count++] = words;
}

static void say(struct verdict *v, const char *text) {
    add(v, (struct words){.text = text});
}

static void stress(struct verdict *v, const char *text) {
    add(v, (struct words){.text = text, .strong = true});
}

static const char *name(struct verdict *v, const struct thread *t) {
    char who[256];
    const char *text = pool_copy(v->pool, thread_who(t, who, sizeof who));
    add(v, (struct words){.text = text, .thread = t});
    return text;
}

static void say_death(struct verdict *v, const struct core *core) {
    const struct thread *victim = core_thread(core, core->victim);
    char where[256];
    begin(v, SAYS_DEATH);
    if (!core->signal) {
        say(v, "It had not died: this is what it was doing.");
        return;
    }
    say(v, "It died of ");
    stress(v, core->signal);
    if (victim) {
        say(v, " in ");
        const char *who = name(v, victim), *at = thread_where(victim, where, sizeof where);
        if (strcmp(at, "?") != 0 && (strncmp(at, "in ", 3) != 0 || strcmp(at + 3, who) != 0))
            say(v, pool_print(v->pool, ", %s", at));
    }
    say(v, ".");
}

static void say_deadlock(struct verdict *v, const struct core *core) {
    begin(v, SAYS_DEADLOCK);
    say(v, "A deadlock: ");
    if (core->cycle_count > CIRCLE_NAMED) {
        say(v, pool_print(v->pool, "%zu threads", core->cycle_count));
    } else
        for (size_t i = 0; i < core->cycle_count; i++) {
            if (i > 0)
                say(v, i + 1 == core->cycle_count ? " and " : ", ");
            name(v, core_thread(core, core->cycle[i]));
        }
    say(v, core->cycle_count == 1 ? " waits for a lock that it holds itself."
                                  : " wait for one another.");
}

static void say_cause(struct verdict *v, const struct casefile *c, const struct finding *f) {
    char title[1024];
    bool linked = c->link.finding != NULL;
    begin(v, SAYS_CAUSE);
    if (linked)
        say(v, c->link.sure ? "The likely cause: " : "A lead, no more: ");
    stress(v, pool_copy(v->pool, finding_title(f, title, sizeof title)));
    say(v, ".");
    begin(v, SAYS_SEEN);
    say(v, pool_print(v->pool, "Seen by %s.", witness_words(c, f, v->pool)));
    if (linked && c->link.reason) {
        begin(v, SAYS_LINK);
        say(v, pool_print(v->pool,
                          c->link.sure ? "Linked with the crash: %s."
                                       : "Perhaps linked with the crash: %s.",
                          c->link.reason));
    } else if (!linked && c->core && c->core->signal) {
        begin(v, SAYS_LINK);
        say(v, "Not linked with the crash: no stack in the core touches it.");
    }
}

/* What explore saw of the end of the program: best where the core has it, too. */
static const struct finding *on_demand(const struct casefile *c) {
    const struct thread *victim = c->core ? core_thread(c->core, c->core->victim) : NULL;
    const char *where = victim ? stack_blamed_name(&victim->stack) : "?";
    const struct finding *first = NULL;
    for (size_t i = 0; i < c->finding_count; i++) {
        const struct finding *f = c->findings[i];
        bool ends = f->kind == KIND_DEADLY_SIGNAL || f->kind == KIND_EXIT_STATUS;
        if (!ends || !f->witnesses[TOOL_EXPLORE].runs)
            continue;
        if (strcmp(f->pair, where) == 0)
            return f;
        first = first ? first : f;
    }
    return first;
}

static void say_demand(struct verdict *v, const struct casefile *c, const struct finding *f) {
    begin(v, SAYS_DEMAND);
    say(v, pool_print(v->pool, "On demand: explore makes it %s%s%s %s.",
                      f->kind == KIND_EXIT_STATUS ? "fail" : "die",
                      strcmp(f->pair, "?") == 0 ? "" : " in ",
                      strcmp(f->pair, "?") == 0 ? "" : f->pair, explored_words(c, f, v->pool)));
}

static void say_nothing(struct verdict *v, const struct casefile *c) {
    bool none = no_tool_ran(c), started = false;
    for (int t = 0; t < TOOL_COUNT; t++)
        started |= runs_started(c, (enum tool)t) > 0;
    if (none && c->core)
        return;
    begin(v, SAYS_NOTHING);
    say(v, !none && !started ? "No tool could start. That is the environment, and says nothing of "
                               "the program."
           : on_demand(c)    ? "No detector found anything."
           : c->core         ? "No tool found anything."
                             : "Nothing was found in what was read.");
}

size_t verdict_of(const struct casefile *c, struct sentence sentences[SENTENCES_MOST],
                  struct pool *p) {
    struct verdict v = {sentences, 0, p};
    const struct core *core = c->core;
    const struct finding *f = case_main(c);
    if (core)
        say_death(&v, core);
    if (core && core->cycle_count)
        say_deadlock(&v, core);
    if (core && core->fault_words) {
        begin(&v, SAYS_FAULT);
        say(&v, core->fault_words);
    }
    if (f)
        say_cause(&v, c, f);
    else
        say_nothing(&v, c);
    if (core && core->signal && on_demand(c) && on_demand(c) != f)
        say_demand(&v, c, on_demand(c));
    return v.count;
}

const char *sentence_text(const struct sentence *s, struct pool *p) {
    const char *text = "";
    for (size_t i = 0; i < s->count; i++)
        text = pool_print(p, "%s%s", text, s->words[i].text);
    return text;
}
