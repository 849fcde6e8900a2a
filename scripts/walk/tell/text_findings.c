/* text_findings.c - see text.h: what each tool says. */
#include <string.h>

#include "../blame.h"
#include "text.h"

enum { ROWS_MOST = 64, TOLD_MOST = 6 };

struct tool_table {
    struct row rows[ROWS_MOST];
    size_t count;
    struct pool pool;
    const char *reason; /* for silence, as last given */
};

static void add_row(struct tool_table *r, const char *a, const char *b, const char *c) {
    if (r->count < ROWS_MOST)
        r->rows[r->count++] = (struct row){{a, b, c}};
}

/* Silent: why, or that the reason is the one just given. */
static void silent_row(const struct casefile *c, enum tool tool, struct tool_table *r) {
    const char *why = c->silence[tool];
    unsigned started = runs_started(c, tool);
    add_row(r, tool_name(tool), pool_print(&r->pool, "0 of %u", started),
            !why ? silent_words(c, tool, &r->pool)
            : why == r->reason
                ? "silent, for the same reason"
                : pool_print(&r->pool, "%s. %s", silent_words(c, tool, &r->pool), why));
    r->reason = why ? why : r->reason;
}

/* The findings of one tool, a row each; or its silence, and why. */
static void tool_rows(const struct casefile *c, enum tool tool, struct tool_table *r) {
    const struct tool_state *s = &c->tools[tool];
    size_t first = r->count, left_out = 0;
    unsigned started = runs_started(c, tool);
    if (started && (c->silence[tool] || !s->with_findings))
        silent_row(c, tool, r);
    for (size_t i = 0; i < c->finding_count; i++) {
        const struct finding *f = c->findings[i];
        if (!f->witnesses[tool].reports)
            continue;
        if (r->count - first >= TOLD_MOST) {
            left_out++;
            continue;
        }
        char what[512];
        finding_title(f, what, sizeof what);
        const char *explored = tool == TOOL_EXPLORE ? explored_words(c, f, &r->pool) : NULL;
        add_row(r, r->count == first ? tool_name(tool) : "",
                pool_print(&r->pool, "%u of %u", f->witnesses[tool].runs, started),
                pool_print(&r->pool, "%s%s%s%s", what, f->part_of ? ", one side of it" : "",
                           explored ? ", " : "", explored ? explored : ""));
    }
    if (left_out)
        add_row(r, "", "", pool_print(&r->pool, "and %zu more", left_out));
    if (s->not_started)
        add_row(r, r->count == first ? tool_name(tool) : "",
                pool_print(&r->pool, "0 of %u", s->runs),
                pool_print(&r->pool,
                           "could not start in %u: %s. That is the environment, not the program; "
                           "scripts/doctor.sh says more.",
                           s->not_started, s->reason ? s->reason : "no reason given"));
}

void text_tools(struct term *t, const struct casefile *c) {
    struct tool_table r = {0};
    add_row(&r, "tool", "runs", "says");
    for (int tool = 0; tool < TOOL_COUNT; tool++)
        if (c->tools[tool].runs)
            tool_rows(c, (enum tool)tool, &r);
    term_table(t, 2, r.rows, r.count, 3);
    pool_free(&r.pool);
}

/* Sites beyond the first two, and what is not in the lanes. */
static void details(struct term *t, const struct finding *f) {
    for (size_t i = 0; i < f->site_count; i++) {
        struct lanes one = {.count = 1};
        const char *lost = f->sites[i].stack.lost;
        lane_of_site(&one.lane[0], &f->sites[i]);
        if (i >= 2)
            text_lanes(t, &one, NULL);
        if (f->sites[i].stack.count == 0)
            term_say(t, 2, 2, DIM, "The stack of %s is lost%s%s%s.", one.lane[0].who,
                     lost ? " (" : "", lost ? lost : "", lost ? ")" : "");
    }
    const struct frame *made = stack_blamed(&f->object.stack);
    if (f->object.what && made)
        term_say(t, 2, 2, DIM, "%s: from %s, %s:%d.", f->object.what, frame_name(made),
                 short_path(made->file), made->line);
    if (f->torn)
        term_say(t, 2, 2, DIM, "This report was damaged: what is shown may not be all of it.");
    if (f->file && f->line)
        term_say(t, 2, 2, DIM, "The report: %s, from line %zu.", short_path(f->file), f->line);
}

static void one_finding(struct term *t, const struct casefile *c, const struct finding *f,
                        bool lanes_shown) {
    char title[512];
    struct pool p = {0};
    term_blank(t);
    term_line(t, 2, BOLD, "%s", finding_title(f, title, sizeof title));
    term_say(t, 2, 2, "", "Seen by %s.%s", witness_words(c, f, &p),
             f != c->link.finding ? ""
             : c->link.sure       ? " The crash is taken for its work, see above."
                                  : " The crash may be its work, see above.");
    pool_free(&p);
    struct lanes l;
    lanes_of_finding(f, &l);
    if (l.count && !lanes_shown && l.lane[0].stack->count) {
        term_blank(t);
        text_lanes(t, &l, NULL);
        term_blank(t);
    }
    details(t, f);
}

void text_findings(struct term *t, const struct casefile *c, const struct style *style) {
    struct lanes above;
    lanes_of(c, &above);
    size_t told = 0, parts = 0;
    for (size_t i = 0; i < c->finding_count; i++) {
        const struct finding *f = c->findings[i];
        /* that it also died under a tool is in the table; how, the core tells better */
        bool in_table = f->part_of || case_told_by_core(c, f);
        parts += in_table;
        if (in_table || told == style->most)
            continue;
        one_finding(t, c, f, above.finding == f);
        told++;
    }
    if (told + parts < c->finding_count || c->findings_dropped) {
        term_blank(t);
        size_t more = c->finding_count - told - parts;
        term_say(t, 2, 2, DIM, "%zu more finding%s: --findings %zu tells all.%s", more,
                 more == 1 ? "" : "s", c->finding_count,
                 c->findings_dropped ? " Beyond these there were more than are told apart." : "");
    }
}
