/*
 * html_threads.c - see html.h: who was where, a lane for each thread of the core, and
 * the circle of a deadlock.
 */
#include <string.h>

#include "html.h"

enum {
    LANES_MOST = 96, /* a page of more is read by nobody; the rest is counted */
    HOLDS_MOST = 12
};

bool has_threads(const struct page *h) {
    return h->c->core && h->c->core->thread_count > 0;
}

static void put_locks(struct page *h, const struct thread *t) {
    if (t->hold_count == 0 && !thread_is_waiting(t))
        return;
    html(h, "<ul class=\"locks\">\n");
    for (size_t i = 0; i < t->hold_count && i < HOLDS_MOST; i++) {
        html(h, "<li>holds ");
        put_lock(h, &t->holds[i]);
        html(h, "</li>\n");
    }
    if (t->hold_count > HOLDS_MOST)
        html(h, "<li>and %zu more</li>\n", t->hold_count - HOLDS_MOST);
    if (thread_is_waiting(t)) {
        html(h, "<li>");
        put_waits(h, t);
        html(h, "</li>\n");
    }
    html(h, "</ul>\n");
}

static void put_lane(struct page *h, const struct crowd *crowd) {
    const struct core *core = h->c->core;
    const struct thread *t = core_thread(core, crowd->first);
    bool victim = crowd->first == core->victim;
    char who[512], where[256];
    html(h, "<section class=\"lane %s %s\">\n<header><h3>",
         crowd->count > 1 ? "tx" : mark_of_thread(h, t)->hue, victim ? "victim" : "other");
    if (crowd->count > 1)
        html(h,
             "<span class=\"who tx\"><span class=\"shape\" aria-hidden=\"true\">○</span> "
             "%s</span>",
             crowd_who(core, crowd, who, sizeof who));
    else
        put_thread(h, t);
    html(h, "</h3>");
    if (victim && core->signal)
        html(h, " <span class=\"tag died\">died here: %s</span>", core->signal);
    if (crowd->count == 1 && thread_role(t))
        html(h, " <span class=\"tag\">%s</span>", t->role);
    html(h, "<p class=\"quiet\">%s</p></header>\n", thread_where(t, where, sizeof where));
    put_locks(h, t);
    put_frames(h, &t->stack, 0, thread_has_part(core, crowd->first) ? t->stack.blamed : -1);
    put_all_frames(h, &t->stack);
    html(h, "</section>\n");
}

/* --- the circle ------------------------------------------------------------------------------ */

static void put_cycle(struct page *h) {
    const struct core *core = h->c->core;
    html(h, "<figure class=\"circle\">\n<div class=\"loop\">\n<ol>\n");
    for (size_t i = 0; i < core->cycle_count; i++) {
        const struct thread *t = core_thread(core, core->cycle[i]);
        if (!t)
            continue;
        html(h, "<li class=\"%s\"><div class=\"node\">", mark_of_thread(h, t)->hue);
        put_thread(h, t);
        html(h, "</div><span class=\"wants\">waits for %s ", t->waits_kind ? t->waits_kind : "");
        put_lock(h, &t->waits);
        html(h, ", held by</span></li>\n");
    }
    html(h, "</ol>\n<p class=\"again\">");
    put_thread(h, core_thread(core, core->cycle[0]));
    html(h,
         ", again</p>\n</div>\n<figcaption>Each waits for what the next one holds: none of them "
         "can ever go on.</figcaption>\n</figure>\n");
}

void html_threads(struct page *h) {
    const struct core *core = h->c->core;
    struct crowd crowds[LANES_MOST];
    size_t left_out, n = crowds_of(core, crowds, LANES_MOST, &left_out);
    html(h,
         "<section id=\"threads\">\n<h2>Who was where</h2>\n"
         "<p class=\"quiet lead\">%zu threads, when the core was written.",
         core->thread_count + threads_missing(core));
    if (n + left_out < core->thread_count)
        html(h, " Threads with the same stack share a lane.");
    html(h, "</p>\n");
    if (core->cycle_count > 0)
        put_cycle(h);
    html(h, "<div class=\"lanes\">\n");
    for (size_t i = 0; i < n; i++)
        put_lane(h, &crowds[i]);
    html(h, "</div>\n");
    if (left_out > 0)
        html(h,
             "<p class=\"quiet\">%zu more threads, each with a stack of its own, are not drawn "
             "here; <code>--format json</code> has them.</p>\n",
             left_out);
    html(h, "</section>\n");
}
