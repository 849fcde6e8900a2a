/*
 * text.c - the page for a terminal: the verdict, the crash, who was where, the
 * crossing, what each tool says, what memory says, and how to read all that.
 */
#include "text.h"

#include <inttypes.h>
#include <string.h>

#include "../blame.h"

enum { ROWS_MOST = 24, THREADS_MOST = 32 };

static void header(struct term *t, const struct casefile *c) {
    const char *title = c->lab.title ? c->lab.title
                        : c->program ? short_path(c->program)
                                     : "a case";
    if (c->lab.slug)
        term_line(t, 0, BOLD, "%s  %s", c->lab.slug, title);
    else
        term_line(t, 0, BOLD, "%s", title);
    if (c->lab.class)
        term_line(t, 2, DIM, "class: %s", c->lab.class);
}

/* "2 threads wait for one another", or the one that waits for itself */
static const char *deadlock_words(const struct core *core, char *buffer, size_t size) {
    char name[128];
    if (core->cycle_count == 1)
        snprintf(buffer, size, "%s waits for a lock that it holds itself",
                 thread_who(&core->threads[core->cycle[0]], name, sizeof name));
    else
        snprintf(buffer, size, "%zu threads wait for one another", core->cycle_count);
    return buffer;
}

/* The first thing a reader wants: what happened, and who did it. */
static void verdict(struct term *t, const struct casefile *c) {
    const struct core *core = c->core;
    char name[128] = "", title[512], seen[512], circle[200];
    term_blank(t);
    if (core && core->victim >= 0)
        thread_who(&core->threads[core->victim], name, sizeof name);
    if (core && core->signal)
        term_say(t, 2, 2, thread_colour(0), "It died of %s%s%s.", core->signal,
                 name[0] ? ", in " : "", name);
    else if (core)
        term_say(t, 2, 2, "", "It had not died: this is what it was doing.");
    if (core && core->cycle_count)
        term_say(t, 2, 2, thread_colour(0), "%s: a deadlock.",
                 deadlock_words(core, circle, sizeof circle));
    const struct finding *f = case_main(c);
    if (f) {
        witnesses(c, f, seen, sizeof seen);
        term_say(t, 2, 2, BOLD, "%s", finding_title(f, title, sizeof title));
        term_say(t, 4, 0, "", "seen by %s", seen);
    }
    if (c->link.finding)
        term_say(t, 4, 0, "", "linked with the crash: %s", c->link.reason);
    else if (f && core && core->signal)
        term_say(t, 4, 0, "", "not linked with the crash: no stack in the core touches it");
    else if (!f && !core)
        term_say(t, 2, 2, GREEN, "Nothing was found in what was read.");
    for (size_t i = 0; i < c->note_count; i++)
        term_say(t, 2, 2, DIM, "Note: %s", c->notes[i]);
}

static void about_core(struct term *t, const struct core *core) {
    term_section(t, "The crash");
    if (core->fault_words)
        term_say(t, 2, 0, "", "%s", core->fault_words);
    if (core->path && core->have)
        term_say(t, 2, 2, DIM, "%s, %" PRIu64 " kB%s%s%s", short_path(core->path),
                 core->have / 1024, core->program ? ", of " : "",
                 core->program ? short_path(core->program) : "",
                 core->fit == FIT_YES  ? " (the build-ids agree)"
                 : core->fit == FIT_NO ? " - but it is NOT OF THIS PROGRAM: the build-ids differ"
                                       : " (no build-id to tell by)");
    for (size_t i = 0; i < core->note_count; i++)
        term_say(t, 2, 2, "33", "Note: %s", core->notes[i]);
}

static const char *thread_paint(const struct core *core, int thread) {
    for (int i = 0; i < 2; i++)
        if (core->crossing[i] == thread)
            return thread_colour(i);
    return thread == core->victim ? thread_colour(0) : "";
}

static void one_crowd(struct term *t, const struct core *core, const struct crowd *crowd,
                      int columns) {
    const struct thread *th = core_thread(core, crowd->first);
    bool victim = crowd->first == core->victim;
    char who[512], where[1024], text[1200], safe[1400];
    const char *role = crowd->count == 1 ? thread_role(th) : NULL;
    const char *paint = thread_paint(core, crowd->first);
    fputs(victim ? "* " : "  ", t->out);
    term_cell(t, paint, crowd_who(core, crowd, who, sizeof who), columns);
    fputs("  ", t->out);
    snprintf(text, sizeof text, "%s%s%s%s%s", role ? role : "", role ? ": " : "",
             thread_where(th, where, sizeof where), victim && core->signal ? "  <- " : "",
             victim && core->signal ? core->signal : "");
    clean(safe, sizeof safe, text, t->width - columns - 5);
    term_cell(t, paint, safe, 0);
    fputc('\n', t->out);
}

static void who_was_where(struct term *t, const struct core *core, const struct crowd *crowds,
                          size_t count, size_t left_out) {
    int columns = 0, most = t->width / 2;
    term_section(t, "Who was where");
    for (size_t i = 0; i < count; i++) {
        char who[512], safe[1024];
        int wide = clean(safe, sizeof safe, crowd_who(core, &crowds[i], who, sizeof who), most);
        columns = wide > columns ? wide : columns;
    }
    for (size_t i = 0; i < count; i++)
        one_crowd(t, core, &crowds[i], columns);
    if (left_out)
        term_line(t, 2, DIM, "and %zu more threads: --format json has them all", left_out);
}

/* What this thread waits for is part of the story, unless it is joined with others that
 * have not ended, or idle in the labs' team. */
static bool wait_matters(const struct thread *t) {
    return t->waits_kind && strcmp(t->waits_kind, "join") != 0 && t->stack.blamed >= 0;
}

static void locks(struct term *t, const struct core *core, const struct crowd *crowds,
                  size_t count) {
    char who[512], words[256], circle[2048];
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct thread *th = core_thread(core, crowds[i].first);
        if (!any && (th->hold_count || wait_matters(th)))
            term_blank(t), any = true;
        crowd_who(core, &crowds[i], who, sizeof who);
        for (size_t h = 0; h < th->hold_count; h++)
            term_say(t, 2, 6, "", "%s holds %s", who,
                     held_name(&th->holds[h], words, sizeof words));
        if (wait_matters(th))
            term_say(t, 2, 6, "", "%s wait%s for %s", who, crowds[i].count > 1 ? "" : "s",
                     thread_wish(core, th, words, sizeof words));
    }
    if (!core->cycle_count)
        return;
    term_blank(t);
    term_say(t, 2, 6, thread_colour(0), "the circle: %s",
             circle_words(core, circle, sizeof circle));
    term_say(t, 2, 6, "",
             core->cycle_count == 1 ? "It waits for itself, and can never go on."
                                    : "Each waits for the next; none of them can ever go on.");
}

static void threads(struct term *t, const struct core *core) {
    struct crowd crowds[THREADS_MOST];
    size_t left_out, count = crowds_of(core, crowds, THREADS_MOST, &left_out);
    who_was_where(t, core, crowds, count, left_out + threads_missing(core));
    locks(t, core, crowds, count);
}

static void crossing(struct term *t, const struct casefile *c, const struct style *style) {
    struct lanes l;
    lanes_of(c, &l);
    if (!l.count)
        return;
    term_section(t, l.count == 2 ? "The crossing" : "The stack");
    if (l.count == 2 && l.finding && c->core)
        term_say(t, 2, 0, DIM, "As %s saw it: the core shows no second thread there any more.",
                 l.source);
    text_lanes(t, &l, style);
}

static void memory(struct term *t, const struct core *core) {
    term_section(t, "What memory says");
    for (size_t i = 0; i < core->look_count; i++)
        for (size_t n = 0; n < core->looks[i].line_count; n++)
            term_say(t, 2, 6, "", "%s", core->looks[i].lines[n]);
}

static void how_to_read(struct term *t, const struct casefile *c) {
    struct row fields[ROWS_MOST] = {{{"field", "here", "means"}}},
               tools[ROWS_MOST] = {{{"tool", "where to look", "here"}}};
    struct pool p = {0};
    size_t n = key_fields(c, fields + 1, ROWS_MOST - 1, &p),
           m = where_to_look(c, tools + 1, ROWS_MOST - 1, &p);
    if (n + m)
        term_section(t, "How to read this");
    if (n)
        term_table(t, 2, fields, n + 1, 3);
    if (n && m)
        term_blank(t);
    if (m)
        term_table(t, 2, tools, m + 1, 3);
    pool_free(&p);
}

static void guide(struct term *t, const char *title, const struct guide *g) {
    if (!g)
        return;
    term_blank(t);
    term_line(t, 2, BOLD, "%s", title);
    term_say(t, 4, 0, "", "%s", g->means);
    term_say(t, 4, 2, "", "Look: %s", g->look);
    term_say(t, 4, 2, "", "Repair: %s", g->repair);
    term_say(t, 4, 2, "", "Silence: %s", g->silence);
}

static void explanations(struct term *t, const struct casefile *c) {
    bool told[KIND_COUNT] = {false};
    term_section(t, "The words, explained");
    if (c->core && c->core->cycle_count)
        guide(t, "deadlock", guide_for_deadlock());
    else if (c->core && c->core->signal)
        guide(t, fault_title(c->core->fault), guide_for_fault(c->core->fault));
    for (size_t i = 0; i < c->finding_count; i++) {
        enum kind kind = c->findings[i]->kind;
        if (!told[kind])
            guide(t, kind_name(kind), guide_for(kind));
        told[kind] = true;
    }
}

bool tell_text(const struct casefile *c, FILE *out, const struct style *style) {
    struct term t = {
        .out = out, .width = style->width, .colour = style->colour, .sections = style->sections};
    bool any = false;
    for (int tool = 0; tool < TOOL_COUNT; tool++)
        any |= c->tools[tool].runs > 0;
    if (!style->sections)
        header(&t, c);
    verdict(&t, c);
    if (c->core) {
        about_core(&t, c->core);
        threads(&t, c->core);
    }
    crossing(&t, c, style);
    if (any) {
        term_section(&t, "What each tool says");
        text_tools(&t, c);
        text_findings(&t, c, style);
    }
    if (c->core && c->core->look_count)
        memory(&t, c->core);
    how_to_read(&t, c);
    if (style->explain)
        explanations(&t, c);
    return fflush(out) == 0 && !ferror(out);
}
