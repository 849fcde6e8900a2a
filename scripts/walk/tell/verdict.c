/* verdict.c - see verdict.h. */
#include "verdict.h"

#include <string.h>

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

/* "ThreadSanitizer in 3 of 3 runs"; of a single run, how often it was reported. */
static const char *one_witness(const struct casefile *c, const struct finding *f, int tool,
                               const char *before, struct pool *p) {
    const struct witness *w = &f->witnesses[tool];
    const char *title = tool_title((enum tool)tool);
    unsigned started = runs_started(c, (enum tool)tool);
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

static void say_nothing(struct verdict *v, const struct casefile *c) {
    bool none = no_tool_ran(c), started = false;
    for (int t = 0; t < TOOL_COUNT; t++)
        started |= runs_started(c, (enum tool)t) > 0;
    if (none && c->core)
        return;
    begin(v, SAYS_NOTHING);
    say(v, !none && !started ? "No tool could start. That is the environment, and says nothing of "
                               "the program."
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
    return v.count;
}

const char *sentence_text(const struct sentence *s, struct pool *p) {
    const char *text = "";
    for (size_t i = 0; i < s->count; i++)
        text = pool_print(p, "%s%s", text, s->words[i].text);
    return text;
}
