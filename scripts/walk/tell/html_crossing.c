/*
 * html_crossing.c - see html.h: two lanes that go down to where they meet, the shared
 * object. lanes.h says whose lanes they are.
 */
#include "html.h"

/* Where the core says who crossed, or a report does. The victim alone is no crossing: it
 * stands among the threads. */
static bool crossing_of(const struct page *h, struct lanes *l) {
    lanes_of(h->c, l);
    return l->count == 2 || (l->count && l->finding);
}

bool has_crossing(const struct page *h) {
    struct lanes l;
    return crossing_of(h, &l);
}

static const char *hue_of(struct page *h, const struct lane *lane) {
    return (lane->thread ? mark_of_thread(h, lane->thread) : mark_of_site(h, lane->site))->hue;
}

/* From a lane's end to the object. */
static void put_wire(struct page *h, const struct lane *lane, const char *side) {
    html(h, "<i class=\"wire %s %s\" aria-hidden=\"true\"></i>\n", side, hue_of(h, lane));
}

static void put_holds(struct page *h, const struct thread *t) {
    enum { HOLDS_MOST = 4 };
    html(h, "<p class=\"access\">");
    for (size_t i = 0; i < t->hold_count && i < HOLDS_MOST; i++) {
        char name[32];
        html(h, "<span class=\"tag lock\">holds %s</span> ",
             held_name(&t->holds[i], name, sizeof name));
    }
    if (t->hold_count > HOLDS_MOST)
        html(h, "<span class=\"tag lock\">and %zu more</span>", t->hold_count - HOLDS_MOST);
    html(h, "</p>\n");
}

static void put_lane(struct page *h, const struct lanes *l, int which) {
    const struct lane *lane = &l->lane[which];
    const struct core *core = h->c->core;
    const struct thread *t = lane->thread;
    html(h, "<section class=\"lane %s %s\">\n<header><h3>", which ? "second" : "first",
         hue_of(h, lane));
    if (t)
        put_thread(h, t);
    else
        put_site_thread(h, lane->site);
    html(h, "</h3>");
    if (t && t == core_thread(core, core->victim) && core->signal)
        html(h, " <span class=\"tag died\">died here: %s</span>", core->signal);
    if (t && t->where)
        html(h, "<p class=\"quiet\">%s</p>", t->where);
    html(h, "</header>\n");
    put_frames(h, lane->stack, lane->stack->blamed, lane->stack->blamed);
    if (lane->site) {
        html(h, "<p class=\"access\">");
        put_access(h, lane->site);
        if (t) /* the core is of another run than the report */
            html(h, " <span class=\"quiet\">as %s saw it</span>", l->seer);
        html(h, "</p>\n");
    } else if (t->hold_count)
        put_holds(h, t);
    html(h, "</section>\n");
}

static void put_object(struct page *h, const struct lanes *l) {
    const struct finding *f = l->finding ? l->finding : h->c->link.finding;
    const char *why = l->finding ? NULL : h->c->core->crossing_why;
    bool waits = false;
    html(h, "<div class=\"meet\">\n");
    put_wire(h, &l->lane[0], "from");
    html(h, "<div class=\"object\">\n<p class=\"eyebrow\">where they meet</p>\n");
    for (size_t i = 0; i < l->count; i++) {
        const struct thread *t = l->lane[i].thread;
        if (!t || !thread_is_waiting(t))
            continue;
        waits = true;
        html(h, "<p>");
        put_thread(h, t);
        html(h, " ");
        put_waits(h, t);
        html(h, "</p>\n");
    }
    if (!waits && f && f->object.what)
        html(h, "<p class=\"what\">%s</p>\n", f->object.what);
    if (why)
        html(h, "<p>%s</p>\n", why);
    if (!waits && !why && !(f && f->object.what)) {
        if (f && f->sites[0].address)
            html(h, "<p class=\"what\">memory at <code>0x%llx</code></p>\n",
                 (unsigned long long)f->sites[0].address);
        html(h, "<p>No tool says what it is.</p>\n");
    }
    html(h, "</div>\n");
    if (l->count == 2)
        put_wire(h, &l->lane[1], "to");
    html(h, "</div>\n");
}

void html_crossing(struct page *h) {
    struct lanes l;
    crossing_of(h, &l);
    html(h,
         "<section id=\"crossing\">\n<h2>The crossing</h2>\n"
         "<p class=\"quiet lead\">Calls go down, from the thread's first to the one where it "
         "met the other<span class=\"narrow\">; in the second lane they come up</span>. "
         "Open a frame to see its source.");
    if (l.finding)
        html(h, " The stacks are %s's%s.", l.source,
             h->c->core ? ", of another run than the core" : "");
    html(h, "</p>\n<div class=\"crossing %s\">\n", l.count == 2 ? "two" : "one");
    put_lane(h, &l, 0);
    put_object(h, &l);
    if (l.count == 2)
        put_lane(h, &l, 1);
    html(h, "</div>\n</section>\n");
}
