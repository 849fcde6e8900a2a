/*
 * page.c - a report as one HTML file, in the style of walk's (walk/tell/html.h): no
 * script, nothing from elsewhere. Time goes downwards, each thread has a lane and a
 * colour.
 */
#include <stdlib.h>
#include <string.h>

#include "../../walk/tell/html.h"
#include "crossing.h"
#include "locks.h"
#include "story.h"
#include "symbols.h"
#include "tell_report.h"

/* clang-format off: one line of the style sheet a line */
static const char steps_style[] =
    ".story > h3 { margin: 2.25rem 0 .6rem; }\n"
    ".story > h2 { max-width: 56ch; }\n"
    ".why { list-style: none; padding: 0; max-width: 76ch; }\n"
    ".why li { margin-top: .5rem; }\n"
    ".why .deep { margin-left: 1.5rem; margin-top: .1rem; font-family: var(--mono); font-size: "
    ".85rem; }\n"
    ".steps { list-style: none; padding: 0; font-size: .875rem; --lane: 0; }\n"
    ".steps > li { display: grid; grid-template-columns: 4.5rem minmax(0, 1fr); align-items: "
    "baseline; }\n"
    ".steps .number { text-align: right; padding-right: 1rem; }\n"
    ".steps .deed {\n"
    "  margin-left: calc(var(--at) * 100% / var(--lanes)); padding: .12rem .7rem;\n"
    "  border-left: 3px solid var(--hue); display: flex; flex-wrap: wrap; gap: 0 1rem;\n"
    "}\n"
    ".steps .deed .does { font-weight: 600; }\n"
    ".steps .deed .text { color: var(--soft); }\n"
    ".steps .deed .place { margin-left: auto; }\n"
    ".steps .matters .deed { background: color-mix(in srgb, var(--hue) 13%, transparent); }\n"
    ".steps .matters .does, .steps .matters .number { color: var(--hue); font-weight: 700; }\n"
    ".steps .skip .deed { color: var(--soft); font-style: italic; }\n"
    ".steps .switch { display: block; margin: .35rem 0; padding: .1rem 0 .1rem 4.5rem;\n"
    "  border-top: 1px dashed var(--line); color: var(--soft); }\n"
    ".steps .preempted { border-top: 2px solid var(--warn); background: var(--warn-tint); color: "
    "var(--warn); font-weight: 650; }\n"
    ".steps .names { position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid "
    "var(--line); }\n"
    ".names .row-of { display: grid; grid-template-columns: repeat(var(--lanes), minmax(0, 1fr)); "
    "}\n"
    ".said { padding: .75rem 1rem; border-radius: .5rem; background: var(--tint); white-space: "
    "pre-wrap; }\n"
    ".hidden { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: "
    "hidden; }\n"
    "@media screen and (max-width: 46rem) { .steps .deed { margin-left: calc(var(--at) * 1.1rem); "
    "}\n"
    "  .steps > li { grid-template-columns: 3rem minmax(0, 1fr); } .steps .switch { padding-left: "
    "3rem; }\n"
    "  .names .row-of { display: flex; flex-wrap: wrap; gap: 0 1rem; } }\n";
/* clang-format on */

static const char *hue(int thread) {
    static const char *const hues[] = {"t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"};
    return thread >= 0 && thread < 8 ? hues[thread] : "tx";
}

static void put_who(struct page *h, const struct defect *d, int thread) {
    char who[64];
    story_who(d, thread, who, sizeof who);
    html(h, "<span class=\"who %s\">%s</span>", hue(thread), who);
}

/* --- the interleaving --------------------------------------------------------------------- */

struct lanes_of_page {
    int lane[THREADS_MAX]; /* -1: none */
    int count;
};

static void put_names(struct page *h, const struct defect *d, const struct lanes_of_page *l) {
    html(h, "<li class=\"names\"><span class=\"number\">step</span><span class=\"row-of\">");
    for (int t = 0; t < THREADS_MAX; t++)
        if (l->lane[t] >= 0)
            put_who(h, d, t);
    html(h, "</span></li>\n");
}

static void put_step(struct page *h, const struct defect *d, const struct story_row *r, int lane) {
    char said[400], who[64];
    struct place p[8];
    story_who(d, r->thread, who, sizeof who);
    html(h,
         "<li class=\"%s\"><span class=\"number\">%u</span><span class=\"deed %s\" "
         "style=\"--at:%d\"><span class=\"hidden\">%s</span> ",
         r->matters ? "matters" : "step", r->event->step, hue(r->thread), lane, who);
    event_said(d, r->event, said, sizeof said);
    html(h, "<code class=\"does\">%s</code>", said);
    if (r->times > 1)
        html(h, " <span class=\"tag\">%u times</span>", r->times);
    symbols_places(r->event->pc, p, 8);
    const char *text = p[0].line ? source_line(h->style, p[0].file, p[0].line) : NULL;
    if (text)
        html(h, " <code class=\"text\">%s</code>", text);
    if (p[0].line)
        html(h, " <span class=\"place\">%s, %s:%d</span>", p[0].function, base_name(p[0].file),
             p[0].line);
    html(h, "</span></li>\n");
}

static void put_rows(struct page *h, const struct defect *d) {
    static const char *const ends[] = {"is preempted", "waits", "yields", "has ended"};
    struct lanes_of_page l;
    uint32_t count = 0;
    struct story_row *rows = story_rows(d, &count);
    l.count = story_lanes(rows, count, l.lane);
    html(h, "<h3>The interleaving</h3>\n<ol class=\"steps\" style=\"--lanes:%d\">\n", l.count);
    put_names(h, d, &l);
    for (uint32_t i = 0; i < count; i++) {
        const struct story_row *r = &rows[i];
        int lane = l.lane[r->thread];
        if (r->kind == ROW_EVENT) {
            put_step(h, d, r, lane);
        } else if (r->kind == ROW_SWITCH) {
            html(h, "<li class=\"switch%s\">", r->end == END_PREEMPTED ? " preempted" : "");
            put_who(h, d, r->thread);
            html(h, " %s; ", ends[r->end]);
            put_who(h, d, r->next);
            html(h, " goes on</li>\n");
        } else if (lane >= 0) {
            html(h,
                 "<li class=\"skip\"><span class=\"number\"></span><span class=\"deed %s\" "
                 "style=\"--at:%d\">%u more</span></li>\n",
                 hue(r->thread), lane, r->times);
        }
    }
    free(rows);
    html(h, "</ol>\n");
}

/* --- stacks, threads, words ------------------------------------------------------------------ */

static void put_stack(struct page *h, const struct defect *d, const struct event *e) {
    char said[400], locks[300];
    struct held_locks held;
    if (!e)
        return;
    event_said(d, e, said, sizeof said);
    locks_held(d->trace, e->thread, (uint32_t)(e - d->trace->events), &held);
    locks_said(d->trace, &held, e->step, locks, sizeof locks);
    html(h, "<section class=\"lane %s\"><header><h4>", hue(e->thread));
    put_who(h, d, e->thread);
    html(h, "</h4><p>%s, step %u%s</p></header>\n<ol class=\"frames\">\n", said, e->step, locks);
    for (int i = -1; i < (int)e->depth; i++) {
        struct place places[8];
        uint64_t pc = i < 0 ? e->pc : d->trace->stacks[e->stack + (uint32_t)i];
        int n = symbols_places(pc, places, 8);
        for (int k = 0; k < n; k++)
            if (places[k].line)
                html(h,
                     "<li class=\"frame raw\"><code class=\"fn\">%s</code> <span "
                     "class=\"place\">%s:%d</span></li>\n",
                     places[k].function, places[k].file, places[k].line);
    }
    html(h, "</ol></section>\n");
}

/* Source stands between backticks in a sentence. */
static void put_line(const char *line, int level, void *data) {
    char *copy = strdup(line), *rest = copy;
    html(data, "<li class=\"%s\">", level ? "deep" : "plain");
    for (bool source = false; rest; source = !source) {
        const char *part = strsep(&rest, "`");
        html(data, source ? "<code>%s</code>" : "%s", part);
    }
    html(data, "</li>\n");
    free(copy);
}

static void put_ends(struct page *h, const struct defect *d) {
    const struct result *r = &d->trace->result;
    char text[600];
    html(h, "<h3>The threads at the end</h3>\n<ul class=\"why\">\n");
    for (uint32_t i = 0; i < r->thread_count; i++) {
        if (r->threads[i].state == THREAD_UNUSED)
            continue;
        story_thread_end(d, (int)i, text, sizeof text);
        html(h, "<li>%s</li>\n", text);
    }
    html(h, "</ul>\n");
}

static void put_defect(struct page *h, const struct report *r, const struct defect *d, int number) {
    char text[700];
    symbols_open(r->program, d->trace->load_bias);
    story_verdict(d, text, sizeof text);
    html(h, "<section class=\"story\" id=\"d%d\">\n<h2>%s</h2>\n", number, text);
    html(h, "<h3>What happened</h3>\n<ul class=\"why\">\n");
    story_explain(d, put_line, h);
    html(h, "</ul>\n");
    if (d->trace->event_count) {
        put_rows(h, d);
        html(h, "<h3>The stacks</h3>\n<div class=\"sites\">\n");
        if (d->failure.other_step)
            put_stack(h, d, event_at(d->trace, d->failure.other_step));
        put_stack(h, d, event_at(d->trace, d->failure.step));
        html(h, "</div>\n");
        put_ends(h, d);
    }
    if (d->output)
        html(h, "<h3>The program said</h3>\n<pre class=\"said\">%s</pre>\n", d->output);
    html(h, "<h3>How sure that is</h3>\n<ul class=\"why\">\n");
    story_sure(r, d, put_line, h);
    html(h, "</ul>\n</section>\n");
}

void report_html(const struct report *r, FILE *out) {
    static const struct style style = {.width = 80};
    struct page h = {.out = out, .style = &style};
    char text[900];
    html(&h,
         "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
         "<meta name=\"color-scheme\" content=\"light dark\" />\n"
         "<meta http-equiv=\"Content-Security-Policy\" "
         "content=\"default-src 'none'; style-src 'unsafe-inline'\" />\n"
         "<title>%s: racelab explore</title>\n<style>\n",
         base_name(r->program));
    for (size_t i = 0; html_style[i]; i++)
        fputs(html_style[i], out);
    fputs(steps_style, out);
    story_bottom(r, text, sizeof text);
    html(&h,
         "</style>\n</head>\n<body>\n<header class=\"page\">\n<p class=\"eyebrow\">racelab "
         "explore</p>\n<h1>%s</h1>\n<p class=\"verdict\">%s.</p>\n"
         "<p class=\"quiet\"><code>%s</code></p>\n</header>\n",
         base_name(r->program), text, short_path(r->program));
    if (r->defect_count > 1) {
        html(&h, "<nav aria-label=\"On this page\">\n<ul>\n");
        for (int i = 0; i < r->defect_count; i++)
            html(&h, "<li><a href=\"#d%d\">%s %s</a></li>\n", i, defect_kind(&r->defects[i]),
                 defect_pair(r, &r->defects[i]));
        html(&h, "</ul>\n</nav>\n");
    }
    html(&h, "<main>\n");
    for (int i = 0; i < r->defect_count; i++)
        put_defect(&h, r, &r->defects[i], i);
    html(&h,
         "</main>\n<footer>\n<p>How to read this, and what an exploration cannot see: "
         "docs/schedules.md.</p>\n</footer>\n</body>\n</html>\n");
}
