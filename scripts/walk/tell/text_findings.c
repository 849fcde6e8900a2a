/* text_findings.c - see text.h: what each tool says. */
#include <string.h>

#include "../blame.h"
#include "text.h"

enum { ROWS_MOST = 40 };

void witnesses(const struct casefile *c, const struct finding *f, char *buffer, size_t size) {
    size_t used = 0;
    buffer[0] = '\0';
    for (int t = 0; t < TOOL_COUNT && used < size; t++) {
        if (!f->witnesses[t].runs)
            continue;
        unsigned started = c->tools[t].runs - c->tools[t].not_started;
        int n =
            started > 1
                ? snprintf(buffer + used, size - used, "%s%s in %u of %u runs", used ? ", " : "",
                           tool_name((enum tool)t), f->witnesses[t].runs, started)
                : snprintf(buffer + used, size - used, "%s%s (%u report%s)", used ? ", " : "",
                           tool_name((enum tool)t), f->witnesses[t].reports,
                           f->witnesses[t].reports == 1 ? "" : "s");
        used += n > 0 ? (size_t)n : 0;
    }
}

static struct row row(const char *a, const char *b, const char *c) {
    return (struct row){{a, b, c}};
}

/* The findings of one tool, a row each; then what it did not say, and why. */
static size_t tool_rows(const struct casefile *c, enum tool tool, struct row *rows, size_t most,
                        struct pool *p) {
    const struct tool_state *s = &c->tools[tool];
    size_t n = 0, left_out = 0;
    unsigned started = s->runs - s->not_started;
    const char *name = tool_name(tool);
    for (size_t i = 0; i < c->finding_count; i++) {
        const struct finding *f = c->findings[i];
        if (!f->witnesses[tool].reports)
            continue;
        if (n + 1 >= most || n >= 6) {
            left_out++;
            continue;
        }
        char what[512];
        finding_title(f, what, sizeof what);
        rows[n++] =
            row(name, pool_print(p, "%u of %u", f->witnesses[tool].runs, started),
                f->part_of ? pool_print(p, "%s, one side of it", what) : pool_copy(p, what));
        name = "";
    }
    if (left_out && n < most)
        rows[n++] = row("", "", pool_print(p, "and %zu more", left_out));
    if (c->silence[tool] && n < most)
        rows[n++] = row(name, pool_print(p, "0 of %u", started),
                        pool_print(p, "silent. %s", c->silence[tool]));
    else if (n == 0 && started)
        rows[n++] = row(name, pool_print(p, "0 of %u", started), "silent");
    if (n)
        name = "";
    if (s->not_started && n < most)
        rows[n++] = row(name, pool_print(p, "%u of %u", s->not_started, s->runs),
                        pool_print(p,
                                   "could not start: %s. That is the environment, not the program; "
                                   "scripts/doctor.sh says more.",
                                   s->reason ? s->reason : "no reason given"));
    return n;
}

void text_tools(struct term *t, const struct casefile *c) {
    struct row rows[ROWS_MOST] = {row("tool", "runs", "says")};
    struct pool p = {0};
    size_t n = 1;
    for (int tool = 0; tool < TOOL_COUNT; tool++)
        if (c->tools[tool].runs)
            n += tool_rows(c, (enum tool)tool, rows + n, ROWS_MOST - n, &p);
    term_table(t, 2, rows, n, 3);
    pool_free(&p);
}

/* Sites beyond the first two, and what is not in the lanes. */
static void details(struct term *t, const struct finding *f) {
    for (size_t i = 2; i < f->site_count; i++) {
        struct lane l = {.stack = &f->sites[i].stack};
        struct lanes one = {.count = 1};
        site_who(&f->sites[i], l.who, sizeof l.who);
        site_did(&f->sites[i], l.what, sizeof l.what);
        one.lane[0] = l;
        text_lanes(t, &one, NULL);
    }
    for (size_t i = 0; i < f->site_count; i++)
        if (f->sites[i].stack.count == 0)
            term_say(t, 2, 2, DIM, "The second stack is lost%s%s%s.",
                     f->sites[i].stack.lost ? " (" : "",
                     f->sites[i].stack.lost ? f->sites[i].stack.lost : "",
                     f->sites[i].stack.lost ? ")" : "");
    if (f->object.what && f->object.stack.count && stack_blamed(&f->object.stack))
        term_say(t, 2, 2, DIM, "%s: from %s, %s:%d.", f->object.what,
                 stack_blamed(&f->object.stack)->function ? stack_blamed(&f->object.stack)->function
                                                          : "?",
                 short_path(stack_blamed(&f->object.stack)->file),
                 stack_blamed(&f->object.stack)->line);
    if (f->torn)
        term_say(t, 2, 2, DIM, "This report was damaged: what is shown may not be all of it.");
    if (f->file)
        term_say(t, 2, 2, DIM, "The report: %s, from line %zu.", short_path(f->file), f->line);
}

static void one_finding(struct term *t, const struct casefile *c, const struct finding *f,
                        bool lanes_shown) {
    char title[512], seen[512];
    term_blank(t);
    term_line(t, 2, BOLD, "%s", finding_title(f, title, sizeof title));
    witnesses(c, f, seen, sizeof seen);
    term_say(t, 2, 2, "", "Seen by %s.%s", seen,
             f == c->link.finding ? " The crash is taken for its work, see above." : "");
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
        parts += c->findings[i]->part_of != NULL;
        if (c->findings[i]->part_of || told == style->most)
            continue;
        one_finding(t, c, c->findings[i], above.finding == c->findings[i]);
        told++;
    }
    if (told + parts < c->finding_count || c->findings_dropped) {
        term_blank(t);
        term_say(t, 2, 2, DIM, "%zu more findings: --findings %zu tells them all.%s",
                 c->finding_count - told - parts, c->finding_count,
                 c->findings_dropped ? " Beyond these there were more than are told apart." : "");
    }
}
