/*
 * html.c - a case as one HTML file: no script, no font, no picture from elsewhere; it
 * reads the same offline, on paper and on a phone. It is well-formed XML as well, so
 * that a plain tool can check it.
 */
#include <string.h>

#include "html.h"

enum { FILES_MOST = 8 }; /* reports that the footer's command names */

/* --- the verdict ---------------------------------------------------------------------------- */

static void put_verdict(struct page *h) {
    struct sentence sentences[SENTENCES_MOST];
    size_t n = verdict_of(h->c, sentences, &h->pool);
    html(h, "<p class=\"verdict\">");
    for (size_t i = 0; i < n; i++) {
        html(h, i ? " " : "");
        for (size_t w = 0; w < sentences[i].count; w++) {
            const struct words *words = &sentences[i].words[w];
            if (words->thread)
                put_thread(h, words->thread);
            else
                html(h, words->strong ? "<b>%s</b>" : "%s", words->text);
        }
    }
    html(h, "</p>\n");
}

static bool said_before(const struct casefile *c, const char *note) {
    for (size_t i = 0; i < c->note_count; i++)
        if (c->notes[i] && note && strcmp(c->notes[i], note) == 0)
            return true;
    return false;
}

/* What is missing or damaged. It stands before everything that rests on it. */
static void put_notes(struct page *h) {
    const struct casefile *c = h->c;
    const struct core *core = c->core;
    size_t threads = core ? threads_missing(core) : 0;
    bool misfit = core && core->fit == FIT_NO && core->note_count == 0;
    if (c->note_count + (core ? core->note_count : 0) + c->findings_dropped + threads == 0
        && !misfit)
        return;
    html(h,
         "<aside class=\"notes\" aria-label=\"Notes on the input\">\n<h2>Mind the input</h2>\n"
         "<ul>\n");
    for (size_t i = 0; i < c->note_count; i++)
        html(h, "<li>%s</li>\n", c->notes[i]);
    for (size_t i = 0; core && i < core->note_count; i++)
        if (!said_before(c, core->notes[i]))
            html(h, "<li>%s</li>\n", core->notes[i]);
    if (misfit)
        html(h, "<li>The core is not one of this program: names and lines may be wrong.</li>\n");
    if (threads > 0)
        html(h, "<li>%zu more threads of the core are not in this case.</li>\n", threads);
    if (c->findings_dropped > 0)
        html(h, "<li>%zu more reports were counted and not kept.</li>\n", c->findings_dropped);
    html(h, "</ul>\n</aside>\n");
}

/* --- the frame of the page ------------------------------------------------------------------- */

static void put_head(struct page *h) {
    const struct casefile *c = h->c;
    html(h,
         "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
         "<meta name=\"color-scheme\" content=\"light dark\" />\n"
         "<meta http-equiv=\"Content-Security-Policy\" "
         "content=\"default-src 'none'; style-src 'unsafe-inline'\" />\n");
    html(h, "<title>%s: racelab walk</title>\n<style>\n", case_title(c));
    for (size_t i = 0; html_style[i]; i++)
        fputs(html_style[i], h->out);
    html(h,
         "</style>\n</head>\n<body>\n<header class=\"page\">\n<p class=\"eyebrow\">racelab walk");
    if (c->lab.slug)
        html(h, " · %s", c->lab.slug);
    if (c->lab.class)
        html(h, " · %s", c->lab.class);
    html(h, "</p>\n<h1>%s</h1>\n", case_title(c));
    put_verdict(h);
    if (c->lab.title && c->program)
        html(h, "<p class=\"quiet\"><code>%s</code></p>\n", c->program);
    put_notes(h);
    html(h, "</header>\n");
}

static void put_foot(struct page *h) {
    const struct casefile *c = h->c;
    const char *files[FILES_MOST];
    size_t n = 0;
    html(h, "<footer>\n<p>racelab walk%s", h->culprit ? ", case " : "");
    if (h->culprit)
        html(h, "<code>%s</code>", h->culprit->identity);
    if (c->lab.slug)
        html(h, ". Again from the beginning: <code>make walk LAB=%s</code>", c->lab.slug);
    html(h,
         ".</p>\n<p>The same case in other forms (text, md, json, sarif, pprof, junit):</p>\n"
         "<pre><code>build/bin/walk --format text");
    if (!h->style->explain)
        html(h, " --explain");
    if (c->program && c->core)
        html(h, " --exe %s", c->program);
    if (c->core && c->core->path)
        html(h, " --core %s", c->core->path);
    for (size_t i = 0; i < c->finding_count && n < FILES_MOST; i++) {
        bool named = !c->findings[i]->file;
        for (size_t k = 0; k < n && !named; k++)
            named = strcmp(files[k], c->findings[i]->file) == 0;
        if (!named)
            html(h, " %s", files[n++] = c->findings[i]->file);
    }
    html(h, "</code></pre>\n</footer>\n</body>\n</html>\n");
}

bool tell_html(const struct casefile *c, FILE *out, const struct style *style) {
    static const struct {
        const char *id, *title;
        bool (*has)(const struct page *);
        void (*put)(struct page *);
    } sections[] = {{"crossing", "The crossing", has_crossing, html_crossing},
                    {"threads", "Who was where", has_threads, html_threads},
                    {"tools", "What each tool says", has_tools, html_tools},
                    {"memory", "What the memory says", has_memory, html_memory},
                    {"guide", "How to read this", NULL, html_guide}};
    enum { SECTIONS = sizeof sections / sizeof *sections };
    struct page h = {.out = out, .c = c, .style = style};
    h.culprit = case_main(c);
    put_head(&h);
    html(&h, "<nav aria-label=\"On this page\">\n<ul>\n");
    for (size_t i = 0; i < SECTIONS; i++)
        if (!sections[i].has || sections[i].has(&h))
            html(&h, "<li><a href=\"#%s\">%s</a></li>\n", sections[i].id, sections[i].title);
    html(&h, "</ul>\n</nav>\n<main>\n");
    for (size_t i = 0; i < SECTIONS; i++)
        if (!sections[i].has || sections[i].has(&h))
            sections[i].put(&h);
    html(&h, "</main>\n");
    put_foot(&h);
    pool_free(&h.pool);
    return fflush(out) == 0 && !ferror(out);
}
