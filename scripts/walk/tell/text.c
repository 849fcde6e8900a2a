/*
 * text.c - the page for a terminal: the verdict, the crash, who was where, the
 * crossing, what each tool says, what memory says, and how to read all that.
 */
#include "text.h"

#include <inttypes.h>
#include <string.h>

#include "../blame.h"

enum { ROWS_MOST = 24, THREADS_MOST = 16 };

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
static const char *circle_words(const struct core *core, char *buffer, size_t size) {
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
                 circle_words(core, circle, sizeof circle));
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

static int colour_index(const struct core *core, int thread) {
    for (int i = 0; i < 2; i++)
        if (core->crossing[i] == thread)
            return i;
    return thread == core->victim ? 0 : -1;
}

/* Is this thread one of those that matter? When there are hundreds, the rest is counted. */
static bool matters(const struct core *core, int i) {
    if (i == core->victim || colour_index(core, i) >= 0 || core->threads[i].waits_kind)
        return true;
    return core->threads[i].hold_count > 0;
}

static void one_thread(struct term *t, const struct core *core, int i) {
    const struct thread *th = &core->threads[i];
    char name[128], end[64] = "";
    int columns = t->width > 110 ? 28 : 14;
    int colour = colour_index(core, i);
    const char *paint = colour < 0 ? "" : thread_colour(colour);
    if (i == core->victim && core->signal)
        snprintf(end, sizeof end, "  <- %s", core->signal);
    fputs(i == core->victim ? "* " : "  ", t->out);
    term_cell(t, paint, thread_who(th, name, sizeof name), columns);
    fputc(' ', t->out);
    if (th->role)
        term_cell(t, paint, th->role, 10);
    const char *where = th->where                  ? th->where
                        : stack_blamed(&th->stack) ? stack_blamed_name(&th->stack)
                                                   : "?";
    char text[1200], safe[1400];
    snprintf(text, sizeof text, "%s%s", where, end);
    clean(safe, sizeof safe, text, t->width - columns - 4 - (th->role ? 10 : 0));
    term_cell(t, paint, safe, 0);
    fputc('\n', t->out);
}

static void who_was_where(struct term *t, const struct core *core) {
    term_section(t, "Who was where");
    size_t shown = 0, left_out = 0;
    bool many = core->thread_count > THREADS_MOST;
    for (size_t i = 0; i < core->thread_count; i++) {
        if (many && (!matters(core, (int)i) || shown == 2 * THREADS_MOST)
            && (int)i != core->victim) {
            left_out++;
            continue;
        }
        one_thread(t, core, (int)i);
        shown++;
    }
    left_out +=
        core->thread_total > core->thread_count ? core->thread_total - core->thread_count : 0;
    if (left_out)
        term_line(t, 2, DIM, "and %zu more threads: --format json has them all", left_out);
}

/* What this thread waits for is part of the story, unless it is joined with others that
 * have not ended, or idle in the labs' team. */
static bool wait_matters(const struct thread *t) {
    return t->waits_kind && strcmp(t->waits_kind, "join") != 0 && t->stack.blamed >= 0;
}

static void locks(struct term *t, const struct core *core) {
    char name[128], holder[128];
    bool any = false;
    for (size_t i = 0; i < core->thread_count; i++) {
        const struct thread *th = &core->threads[i];
        const char *what = th->waits.name ? th->waits.name : "that has no name";
        if (!any && (th->hold_count || wait_matters(th)))
            term_blank(t), any = true;
        thread_who(th, name, sizeof name);
        for (size_t h = 0; h < th->hold_count; h++)
            term_say(t, 2, 6, "", "%s holds %s", name,
                     th->holds[h].name ? th->holds[h].name : "a mutex");
        if (wait_matters(th))
            term_say(t, 2, 6, "", "%s waits for %s %s%s%s", name, th->waits_kind, what,
                     th->holder >= 0 ? ", held by " : "",
                     th->holder >= 0 ? thread_who(&core->threads[th->holder], holder, sizeof holder)
                                     : "");
    }
    if (!core->cycle_count)
        return;
    char circle[2048];
    size_t used = 0;
    for (size_t i = 0; i <= core->cycle_count && used < sizeof circle; i++)
        used += (size_t)snprintf(
            circle + used, sizeof circle - used, "%s%s", i ? " -> " : "",
            thread_who(&core->threads[core->cycle[i % core->cycle_count]], name, sizeof name));
    term_blank(t);
    term_say(t, 2, 6, thread_colour(0), "the circle: %s", circle);
    term_say(t, 2, 6, "",
             core->cycle_count == 1 ? "It waits for itself, and can never go on."
                                    : "Each waits for the next; none of them can ever go on.");
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
        who_was_where(&t, c->core);
        locks(&t, c->core);
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
