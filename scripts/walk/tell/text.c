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
    const char *title = case_title(c);
    if (c->lab.slug)
        term_line(t, 0, BOLD, "%s  %s", c->lab.slug, title);
    else
        term_line(t, 0, BOLD, "%s", title);
    if (c->lab.class)
        term_line(t, 2, DIM, "class: %s", c->lab.class);
}

/* The first thing a reader wants: what happened, and who did it. */
static void verdict(struct term *t, const struct casefile *c) {
    static const struct {
        int indent, hang;
        const char *colour; /* NULL: it is told elsewhere */
    } styles[SENTENCES_MOST] = {
        [SAYS_DEATH] = {2, 2, "31"}, [SAYS_DEADLOCK] = {2, 2, "31"}, [SAYS_FAULT] = {0, 0, NULL},
        [SAYS_CAUSE] = {2, 2, BOLD}, [SAYS_SEEN] = {4, 0, ""},       [SAYS_LINK] = {4, 0, ""},
        [SAYS_NOTHING] = {2, 2, ""}, [SAYS_DEMAND] = {2, 2, ""},
    };
    struct sentence sentences[SENTENCES_MOST];
    struct pool p = {0};
    size_t n = verdict_of(c, sentences, &p);
    term_blank(t);
    for (size_t i = 0; i < n; i++)
        if (styles[sentences[i].about].colour)
            term_say(t, styles[sentences[i].about].indent, styles[sentences[i].about].hang,
                     styles[sentences[i].about].colour, "%s", sentence_text(&sentences[i], &p));
    for (size_t i = 0; i < c->note_count; i++)
        term_say(t, 2, 2, DIM, "Note: %s", c->notes[i]);
    pool_free(&p);
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

/* The colour that it has in the crossing, too. */
static const char *thread_paint(const struct core *core, int thread) {
    for (int i = 0; i < 2; i++)
        if (core->crossing[i] == thread)
            return thread_colour(i);
    if (thread != core->victim)
        return "";
    return core->crossing[0] < 0 ? thread_colour(0) : BOLD; /* or it would look like the first */
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
    if (l.count == 2 && l.finding && c->core) {
        term_say(t, 2, 0, DIM, "As %s saw it: the core shows no second thread there any more.",
                 l.source);
        term_blank(t);
    }
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

static void explanations(struct term *t, const struct casefile *c) {
    struct guide_entry entries[ENTRIES_MOST];
    size_t n = guide_entries(c, entries);
    if (n)
        term_section(t, "The words, explained");
    for (size_t i = 0; i < n; i++) {
        const struct guide *g = entries[i].guide;
        if (i)
            term_blank(t);
        term_line(t, 2, BOLD, "%s", entries[i].title);
        term_say(t, 4, 0, "", "%s", g->means);
        term_say(t, 4, 2, "", "Look: %s", g->look);
        term_say(t, 4, 2, "", "Repair: %s", g->repair);
        term_say(t, 4, 2, "", "Silence: %s", g->silence);
    }
}

bool tell_text(const struct casefile *c, FILE *out, const struct style *style) {
    struct term t = {
        .out = out, .width = style->width, .colour = style->colour, .sections = style->sections};
    if (!style->sections)
        header(&t, c);
    verdict(&t, c);
    if (c->core) {
        about_core(&t, c->core);
        threads(&t, c->core);
    }
    crossing(&t, c, style);
    if (!no_tool_ran(c)) {
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
