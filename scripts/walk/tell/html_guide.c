/*
 * html_guide.c - see html.h: what the memory says, and how to read all this.
 */
#include "html.h"

enum { ROWS_MOST = 64, LINES_MOST = 40 };

/* --- memory -------------------------------------------------------------------------------- */

static bool fault_known(const struct core *core) {
    return core->signal && (core->fault_words || core->fault != FAULT_NONE);
}

bool has_memory(const struct page *h) {
    const struct core *core = h->c->core;
    return core && (core->look_count > 0 || fault_known(core));
}

static void put_look(struct page *h, const struct look *look) {
    html(h, "<div class=\"look\">\n<h3><code>%s</code></h3>\n<ul>\n", look->expression);
    for (size_t i = 0; i < look->line_count && i < LINES_MOST; i++)
        html(h, "<li>%s</li>\n", look->lines[i]);
    if (look->line_count > LINES_MOST)
        html(h, "<li class=\"quiet\">and %zu more lines</li>\n", look->line_count - LINES_MOST);
    html(h, "%s</ul>\n</div>\n", "");
}

void html_memory(struct page *h) {
    const struct core *core = h->c->core;
    html(h, "<section id=\"memory\">\n<h2>What the memory says</h2>\n");
    if (fault_known(core)) {
        const struct guide *guide = guide_for_fault(core->fault);
        html(h, "<div class=\"look\">\n<h3>%s: %s",
             core->fault == FAULT_NONE ? "The signal" : "The fault", core->signal);
        if (core->fault != FAULT_NONE)
            html(h, " at <code>0x%llx</code>", (unsigned long long)core->address);
        html(h, "</h3>\n");
        if (core->fault_words)
            html(h, "<p>%s</p>\n", core->fault_words);
        if (guide && guide->means)
            html(h, "<p class=\"quiet\">%s</p>\n", guide->means);
        html(h, "</div>\n");
    }
    for (size_t i = 0; i < core->look_count; i++)
        put_look(h, &core->looks[i]);
    html(h, "</section>\n");
}

/* --- how to read this ----------------------------------------------------------------------- */

static void put_rows(struct page *h, const struct row *rows, size_t n, const char *const heads[3]) {
    size_t columns = 2;
    for (size_t i = 0; i < n; i++)
        if (rows[i].cells[2])
            columns = 3;
    html(h, "<table>\n<thead><tr>");
    for (size_t i = 0; i < columns; i++)
        html(h, "<th scope=\"col\">%s</th>", heads[columns == 3 ? i : 2 * i]);
    html(h, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < n; i++) {
        html(h, "<tr><th scope=\"row\">%s</th>", rows[i].cells[0]);
        for (size_t k = 1; k < columns; k++)
            html(h, "<td data-label=\"%s\">%s</td>", heads[columns == 3 ? k : 2 * k],
                 rows[i].cells[k] ? rows[i].cells[k] : "");
        html(h, "</tr>\n");
    }
    html(h, "</tbody>\n</table>\n");
}

static void put_guide(struct page *h, const char *title, const struct guide *g) {
    const char *const parts[][2] = {{"What it is", g->means},
                                    {"What to look at next", g->look},
                                    {"What usually repairs it", g->repair},
                                    {"Why another tool may be silent", g->silence}};
    html(h, "<section class=\"guide\">\n<h3>%s</h3>\n<dl>\n", title);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i][1])
            html(h, "<dt>%s</dt><dd>%s</dd>\n", parts[i][0], parts[i][1]);
    html(h, "</dl>\n</section>\n");
}

static void put_guides(struct page *h) {
    struct guide_entry entries[ENTRIES_MOST];
    size_t n = guide_entries(h->c, entries);
    for (size_t i = 0; i < n; i++)
        put_guide(h, entries[i].title, entries[i].guide);
}

void html_guide(struct page *h) {
    static const char *const fields[3] = {"field", "here", "what it means"};
    static const char *const places[3] = {"tool", "where", "what it shows here"};
    struct row *rows = pool_array(&h->pool, ROWS_MOST, sizeof *rows);
    html(h,
         "<section id=\"guide\">\n<h2>How to read this</h2>\n"
         "<p>All over this page calls go down: the first frame of a list is the thread's "
         "outermost, the last is where it happened. A thread keeps its colour and its shape; it "
         "is known again in another run by the name that the program gave it.</p>\n");
    size_t n = key_fields(h->c, rows, ROWS_MOST, &h->pool);
    if (n > 0) {
        html(h, "<h3>The key fields</h3>\n");
        put_rows(h, rows, n, fields);
    }
    n = where_to_look(h->c, rows, ROWS_MOST, &h->pool);
    if (n > 0) {
        html(h, "<h3>Where to look</h3>\n");
        put_rows(h, rows, n, places);
    }
    if (h->style->explain)
        put_guides(h);
    html(h, "</section>\n");
}
