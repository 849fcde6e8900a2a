/*
 * html_tools.c - see html.h: what each tool says, as a table, and then its findings.
 */
#include "html.h"

/* Findings of one tool that its row in the table names. */
enum { SAID_MOST = 5 };

static bool tool_in_case(const struct casefile *c, int tool) {
    return c->tools[tool].runs > 0 || c->silence[tool];
}

bool has_tools(const struct page *h) {
    return !no_tool_ran(h->c);
}

/* --- the table -------------------------------------------------------------------------- */

static void put_said(struct page *h, int tool) {
    const struct casefile *c = h->c;
    size_t said = 0;
    for (size_t i = 0; i < c->finding_count; i++) {
        const struct finding *f = c->findings[i];
        if (f->witnesses[tool].runs == 0 || ++said > SAID_MOST)
            continue;
        html(h,
             said > 1 ? "<br /><span class=\"kind\">%s</span> " : "<span class=\"kind\">%s</span> ",
             kind_name(f->kind));
        if (i < h->style->most)
            html(h, "<a href=\"#finding-%zu\"><code>%s</code></a>", i + 1, f->pair);
        else
            html(h, "<code>%s</code>", f->pair);
        const char *explored = tool == TOOL_EXPLORE ? explored_words(c, f, &h->pool) : NULL;
        html(h, " <span class=\"quiet\">in %u of %u%s%s%s</span>", f->witnesses[tool].runs,
             runs_started(c, (enum tool)tool), f->part_of ? ", one side of it" : "",
             explored ? ": " : "", explored ? explored : "");
    }
    if (said > SAID_MOST)
        html(h, "<br /><span class=\"quiet\">and %zu more</span>", said - SAID_MOST);
}

static void put_quiet_tool(struct page *h, int tool) {
    const struct tool_state *t = &h->c->tools[tool];
    if (t->runs > 0 && t->not_started == t->runs)
        html(h, "<b>could not start</b>, which is the environment's doing and no verdict");
    else
        html(h, "<b>%s</b>", silent_words(h->c, (enum tool)tool, &h->pool));
    if (t->not_started == 0 && h->c->silence[tool])
        html(h, "<br />%s", h->c->silence[tool]);
}

static void put_tool(struct page *h, int tool) {
    const struct tool_state *t = &h->c->tools[tool];
    html(h,
         "<tr><th scope=\"row\">%s</th><td data-label=\"runs\">%u</td>"
         "<td data-label=\"found in\">%u</td><td data-label=\"says\">",
         tool_title((enum tool)tool), t->runs, t->with_findings);
    if (t->with_findings > 0)
        put_said(h, tool);
    else
        put_quiet_tool(h, tool);
    if (t->not_started > 0)
        html(h, "<br /><span class=\"quiet\">could not start in %u of %u%s%s</span>",
             t->not_started, t->runs, t->reason ? ": " : "", t->reason ? t->reason : "");
    if (t->died > 0)
        html(h, "<br /><span class=\"quiet\">the program died under it in %u of %u</span>", t->died,
             t->runs);
    html(h, "</td></tr>\n");
}

/* --- one finding --------------------------------------------------------------------------- */

void put_access(struct page *h, const struct site *s) {
    char access[64];
    html(h, "<span class=\"tag access\">%s</span>", access_words(s, access, sizeof access));
    for (size_t i = 0; i < s->lock_count; i++)
        html(h, " <span class=\"tag lock\">%s %s</span>",
             s->locks[i].shared ? "holds for reading" : "holds", s->locks[i].name);
    if (s->locks_known && s->lock_count == 0)
        html(h, " <span class=\"tag none\">no lock held</span>");
}

static void put_site(struct page *h, const struct site *s) {
    html(h, "<section class=\"lane %s\">\n<header><h4>", mark_of_site(h, s)->hue);
    put_site_thread(h, s);
    html(h, "</h4><p class=\"access\">");
    put_access(h, s);
    if (s->address)
        html(h, " <span class=\"quiet\">at <code>0x%llx</code></span>",
             (unsigned long long)s->address);
    html(h, "</p></header>\n");
    put_frames(h, &s->stack, 0, s->stack.blamed);
    put_all_frames(h, &s->stack);
    put_stack_folded(h, &s->earlier, "where the lock already held was taken");
    if (s->created.count > 0) {
        char words[256];
        snprintf(words, sizeof words, "where the thread was created%s%s", s->creator ? ", by " : "",
                 s->creator ? s->creator : "");
        put_stack_folded(h, &s->created, words);
    }
    html(h, "</section>\n");
}

static void put_shared(struct page *h, const struct object *o) {
    if (!o->what && !o->address)
        return;
    html(h,
         "<div class=\"object\">\n<p class=\"eyebrow\">the shared object</p>\n"
         "<p class=\"what\">%s</p>\n",
         o->what ? o->what : "memory");
    if (o->address)
        html(h, "<p class=\"quiet\">at <code>0x%llx</code></p>\n", (unsigned long long)o->address);
    put_stack_folded(h, &o->stack, "where it was made");
    html(h, "</div>\n");
}

static void put_witnesses(struct page *h, const struct finding *f) {
    for (int t = 0; t < TOOL_COUNT; t++)
        if (t == TOOL_EXPLORE && f->witnesses[t].runs > 0)
            html(h, " <span class=\"tag\">explore: %s</span>", explored_words(h->c, f, &h->pool));
        else if (f->witnesses[t].runs > 0)
            html(h, " <span class=\"tag\">%s %u of %u</span>", tool_title((enum tool)t),
                 f->witnesses[t].runs, runs_started(h->c, (enum tool)t));
    if (f == h->c->link.finding)
        html(h, " <span class=\"tag culprit\">%s</span>",
             h->c->link.sure ? "taken for the cause" : "perhaps the cause");
    if (f->torn)
        html(h, " <span class=\"tag torn\">report damaged</span>");
}

static void put_finding(struct page *h, size_t i) {
    const struct finding *f = h->c->findings[i];
    char title[1024];
    html(h, "<details class=\"finding\" id=\"finding-%zu\"", i + 1);
    html(h, f == h->culprit ? " open=\"open\">\n" : ">\n");
    html(h, "<summary><h3>%s</h3> ", finding_title(f, title, sizeof title));
    put_witnesses(h, f);
    html(h, "</summary>\n<div class=\"inside\">\n<p class=\"headline\">");
    if (f->headline)
        html(h, "<q>%s</q> ", f->headline);
    html(h, "<span class=\"quiet\">%s", tool_title(f->tool));
    if (f->file)
        html(h, ", %s", short_path(f->file));
    if (f->file && f->line > 0)
        html(h, ":%zu", f->line);
    html(h, "</span></p>\n");
    if (f->torn)
        html(h,
             "<p class=\"quiet\">The report is cut off or mixed with others: what is here may "
             "be incomplete.</p>\n");
    html(h, "<div class=\"sites\">\n");
    for (size_t s = 0; s < f->site_count; s++)
        put_site(h, &f->sites[s]);
    html(h, "</div>\n");
    put_shared(h, &f->object);
    html(h, "</div>\n</details>\n");
}

void html_tools(struct page *h) {
    const struct casefile *c = h->c;
    html(h,
         "<section id=\"tools\">\n<h2>What each tool says</h2>\n<table class=\"tools\">\n"
         "<thead><tr><th scope=\"col\">tool</th><th scope=\"col\">runs</th>"
         "<th scope=\"col\">found in</th><th scope=\"col\">what it says, or why it is silent"
         "</th></tr></thead>\n<tbody>\n");
    for (int t = 0; t < TOOL_COUNT; t++)
        if (tool_in_case(c, t))
            put_tool(h, t);
    html(h, "</tbody>\n</table>\n");
    size_t told = c->finding_count < h->style->most ? c->finding_count : h->style->most;
    for (size_t i = 0; i < told; i++)
        put_finding(h, i);
    if (told < c->finding_count)
        html(h,
             "<p class=\"quiet\">%zu more findings are not told here; "
             "<code>--format list</code> names them all.</p>\n",
             c->finding_count - told);
    html(h, "</section>\n");
}
