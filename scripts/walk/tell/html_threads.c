/*
 * html_threads.c - see html.h: who was where, a lane for each thread of the core, and
 * the circle of a deadlock.
 *
 * Where there are many threads, those with the same stack share a lane. A thread that
 * has a part in the story never does: the victim, who crossed, who is in the circle.
 */
#include <stdlib.h>
#include <string.h>

#include "html.h"

enum {
    FOLD_ABOVE = 12, /* threads; so many are drawn each for itself */
    LANES_MOST = 96, /* a page of more is read by nobody; the rest is counted */
    HOLDS_MOST = 12
};

struct lane {
    const struct thread *thread; /* the first of them */
    unsigned threads;
    bool alone;
};

bool has_threads(const struct page *h) {
    return h->c->core && h->c->core->thread_count > 0;
}

static bool has_part(const struct core *core, int thread) {
    if (thread == core->victim || thread == core->crossing[0] || thread == core->crossing[1])
        return true;
    for (size_t i = 0; i < core->cycle_count; i++)
        if (core->cycle[i] == thread)
            return true;
    return false;
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_stack(const struct stack *a, const struct stack *b) {
    if (a->count != b->count || a->omitted != b->omitted)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct frame *f = &a->frames[i], *g = &b->frames[i];
        if (f->line != g->line || !same_text(f->function, g->function)
            || !same_text(f->file, g->file) || !same_text(f->module, g->module))
            return false;
    }
    return true;
}

static bool same_lane(const struct thread *a, const struct thread *b) {
    return a->hold_count == 0 && b->hold_count == 0 && a->waits.address == b->waits.address
           && same_text(a->where, b->where) && same_stack(&a->stack, &b->stack);
}

/* Fills lanes; returns how many. Threads for which there is no room are counted. */
static size_t fold(const struct core *core, struct lane *lanes, size_t *left_out) {
    size_t n = 0;
    bool folded = core->thread_count > FOLD_ABOVE;
    *left_out = 0;
    /* of many, who has a part comes first, so that there is room for it */
    for (int round = 0; round < (folded ? 2 : 1); round++)
        for (size_t t = 0; t < core->thread_count; t++) {
            const struct thread *thread = &core->threads[t];
            bool alone = has_part(core, (int)t);
            if (folded && alone != (round == 0))
                continue;
            size_t i = n;
            if (!alone && folded)
                for (i = 0; i < n; i++)
                    if (!lanes[i].alone && same_lane(lanes[i].thread, thread))
                        break;
            if (i < n)
                lanes[i].threads++;
            else if (n < LANES_MOST)
                lanes[n++] = (struct lane){thread, 1, alone};
            else
                ++*left_out;
        }
    return n;
}

static void put_lock(struct page *h, const struct held *held) {
    if (held->name)
        html(h, "<code>%s</code>", held->name);
    else
        html(h, "<code>0x%llx</code>", (unsigned long long)held->address);
}

static void put_holder(struct page *h, const struct thread *t) {
    if (!thread_at(h, t->holder))
        return;
    html(h, ", held by ");
    put_thread(h, thread_at(h, t->holder));
}

static void put_waits(struct page *h, const struct thread *t) {
    html(h, "waits for %s ", t->waits_kind ? t->waits_kind : "something");
    put_lock(h, &t->waits);
    put_holder(h, t);
}

static void put_locks(struct page *h, const struct thread *t) {
    if (t->hold_count == 0 && !t->waits.address)
        return;
    html(h, "<ul class=\"locks\">\n");
    for (size_t i = 0; i < t->hold_count && i < HOLDS_MOST; i++) {
        html(h, "<li>holds ");
        put_lock(h, &t->holds[i]);
        html(h, "</li>\n");
    }
    if (t->hold_count > HOLDS_MOST)
        html(h, "<li>and %zu more</li>\n", t->hold_count - HOLDS_MOST);
    if (t->waits.address) {
        html(h, "<li>");
        put_waits(h, t);
        html(h, "</li>\n");
    }
    html(h, "</ul>\n");
}

static void put_lane(struct page *h, const struct lane *lane) {
    const struct core *core = h->c->core;
    const struct thread *t = lane->thread;
    bool victim = t == thread_at(h, core->victim);
    html(h, "<section class=\"lane %s %s\">\n<header><h3>",
         lane->threads > 1 ? "tx" : mark_of_thread(h, t)->hue, victim ? "victim" : "other");
    if (lane->threads > 1)
        html(h,
             "<span class=\"who tx\"><span class=\"shape\" aria-hidden=\"true\">○</span> "
             "%u threads</span> <span class=\"tag\">× %u</span>",
             lane->threads, lane->threads);
    else
        put_thread(h, t);
    html(h, "</h3>");
    if (victim)
        html(h, " <span class=\"tag died\">died here: %s</span>", core->signal);
    if (t->role && lane->threads == 1 && !same_text(t->role, t->name))
        html(h, " <span class=\"tag\">%s</span>", t->role);
    if (t->where)
        html(h, "<p class=\"quiet\">%s</p>", t->where);
    else if (t->doing)
        html(h, "<p class=\"quiet\">in %s</p>", t->doing);
    html(h, "</header>\n");
    put_locks(h, t);
    put_frames(h, &t->stack, 0, lane->alone ? t->stack.blamed : -1);
    put_all_frames(h, &t->stack);
    html(h, "</section>\n");
}

/* --- the circle ------------------------------------------------------------------------------ */

static void put_cycle(struct page *h) {
    const struct core *core = h->c->core;
    html(h, "<figure class=\"circle\">\n<div class=\"loop\">\n<ol>\n");
    for (size_t i = 0; i < core->cycle_count; i++) {
        const struct thread *t = thread_at(h, core->cycle[i]);
        if (!t)
            continue;
        html(h, "<li class=\"%s\"><div class=\"node\">", mark_of_thread(h, t)->hue);
        put_thread(h, t);
        html(h, "</div><span class=\"wants\">waits for %s ", t->waits_kind ? t->waits_kind : "");
        put_lock(h, &t->waits);
        html(h, ", held by</span></li>\n");
    }
    html(h, "</ol>\n<p class=\"again\">");
    put_thread(h, thread_at(h, core->cycle[0]));
    html(h,
         ", again</p>\n</div>\n<figcaption>Each waits for what the next one holds: none of them "
         "can ever go on.</figcaption>\n</figure>\n");
}

void html_threads(struct page *h) {
    const struct core *core = h->c->core;
    struct lane lanes[LANES_MOST];
    size_t left_out, n = fold(core, lanes, &left_out);
    html(h,
         "<section id=\"threads\">\n<h2>Who was where</h2>\n"
         "<p class=\"quiet lead\">%zu threads, when the core was written.",
         core->thread_total > core->thread_count ? core->thread_total : core->thread_count);
    if (n + left_out < core->thread_count)
        html(h, " Threads with the same stack share a lane.");
    html(h, "</p>\n");
    if (core->cycle_count > 0)
        put_cycle(h);
    html(h, "<div class=\"lanes\">\n");
    for (size_t i = 0; i < n; i++)
        put_lane(h, &lanes[i]);
    html(h, "</div>\n");
    if (left_out > 0)
        html(h,
             "<p class=\"quiet\">%zu more threads, each with a stack of its own, are not drawn "
             "here; <code>--format json</code> has them.</p>\n",
             left_out);
    html(h, "</section>\n");
}
