/*
 * html_crossing.c - see html.h: two lanes that go down to where they meet, the shared
 * object. The threads are those of the core where it says who crossed, else those of
 * the finding that is linked with the crash, or the first.
 */
#include <string.h>

#include "html.h"

/* One of the two. */
struct lane {
    const struct thread *thread; /* from the core; or NULL */
    const struct site *site;     /* from a report; NULL where none is this thread's */
    const struct stack *stack;
};

/* How many lanes there are to draw: 0, 1 or 2. */
static size_t lanes_of(const struct page *h, struct lane lanes[2]) {
    const struct core *core = h->c->core;
    size_t n = 0;
    for (size_t i = 0; core && i < 2; i++) {
        const struct thread *t = thread_at(h, core->crossing[i]);
        if (t)
            lanes[n++] = (struct lane){.thread = t,
                                       .site = site_of_thread(h, h->culprit, core->crossing[i]),
                                       .stack = &t->stack};
    }
    if (n == 2)
        return n;
    n = 0;
    for (size_t i = 0; h->culprit && i < h->culprit->site_count && n < 2; i++)
        if (h->culprit->sites[i].stack.count > 0)
            lanes[n++] =
                (struct lane){.site = &h->culprit->sites[i], .stack = &h->culprit->sites[i].stack};
    return n;
}

bool has_crossing(const struct page *h) {
    struct lane lanes[2] = {{0}};
    return lanes_of(h, lanes) > 0;
}

static bool is_victim(const struct page *h, const struct lane *lane) {
    return lane->thread && lane->thread == thread_at(h, h->c->core->victim);
}

static const char *hue_of(struct page *h, const struct lane *lane) {
    return (lane->thread ? mark_of_thread(h, lane->thread) : mark_of_site(h, lane->site))->hue;
}

/* From a lane's end to the object. */
static void put_wire(struct page *h, const struct lane *lane, const char *side) {
    html(h, "<i class=\"wire %s %s\" aria-hidden=\"true\"></i>\n", side, hue_of(h, lane));
}

/* What the core itself says of locks is of this very run; a report is of another. */
static void put_holds(struct page *h, const struct thread *t) {
    enum { HOLDS_MOST = 4 };
    html(h, "<p class=\"access\">");
    for (size_t i = 0; i < t->hold_count && i < HOLDS_MOST; i++)
        if (t->holds[i].name)
            html(h, "<span class=\"tag lock\">holds %s</span> ", t->holds[i].name);
        else
            html(h, "<span class=\"tag lock\">holds 0x%llx</span> ",
                 (unsigned long long)t->holds[i].address);
    if (t->hold_count > HOLDS_MOST)
        html(h, "<span class=\"tag lock\">and %zu more</span>", t->hold_count - HOLDS_MOST);
    html(h, "</p>\n");
}

static void put_lane(struct page *h, const struct lane *lane, bool second) {
    html(h, "<section class=\"lane %s %s\">\n<header><h3>", second ? "second" : "first",
         hue_of(h, lane));
    if (lane->thread)
        put_thread(h, lane->thread);
    else
        put_site_thread(h, lane->site);
    html(h, "</h3>");
    if (is_victim(h, lane))
        html(h, " <span class=\"tag died\">died here: %s</span>", h->c->core->signal);
    if (lane->thread && lane->thread->where)
        html(h, "<p class=\"quiet\">%s</p>", lane->thread->where);
    html(h, "</header>\n");
    put_frames(h, lane->stack, lane->stack->blamed, lane->stack->blamed);
    if (lane->thread && (lane->thread->hold_count > 0 || lane->thread->waits.address)) {
        put_holds(h, lane->thread);
    } else if (lane->site) {
        html(h, "<p class=\"access\">");
        put_access(h, lane->site);
        if (lane->thread) /* the core is of another run than the report */
            html(h, " <span class=\"quiet\">as %s saw it</span>", tool_title(h->culprit->tool));
        html(h, "</p>\n");
    }
    html(h, "</section>\n");
}

/* The locks of a circle of two: who has it, who wants it. */
static bool put_wanted(struct page *h, const struct lane *lane) {
    const struct thread *t = lane->thread;
    if (!t || (!t->waits.address && !t->waits.name))
        return false;
    html(h, "<p>");
    put_thread(h, t);
    html(h, " waits for %s ", t->waits_kind ? t->waits_kind : "something");
    if (t->waits.name)
        html(h, "<code>%s</code>", t->waits.name);
    else
        html(h, "<code>0x%llx</code>", (unsigned long long)t->waits.address);
    if (thread_at(h, t->holder)) {
        html(h, ", held by ");
        put_thread(h, thread_at(h, t->holder));
    }
    html(h, "</p>\n");
    return true;
}

static void put_object(struct page *h, const struct lane *lanes, size_t n) {
    const struct finding *f = h->culprit;
    const char *why = h->c->core && lanes[0].thread ? h->c->core->crossing_why : NULL;
    html(h, "<div class=\"meet\">\n");
    put_wire(h, &lanes[0], "from");
    html(h, "<div class=\"object\">\n<p class=\"eyebrow\">where they meet</p>\n");
    bool waits = false;
    for (size_t i = 0; i < n; i++)
        waits |= put_wanted(h, &lanes[i]);
    if (!waits && f && f->object.what)
        html(h, "<p class=\"what\">%s</p>\n", f->object.what);
    if (why)
        html(h, "<p>%s</p>\n", why);
    if (!waits && !why && !(f && f->object.what)) {
        if (f && f->site_count > 0 && f->sites[0].address)
            html(h, "<p class=\"what\">memory at <code>0x%llx</code></p>\n",
                 (unsigned long long)f->sites[0].address);
        html(h, "<p>No tool says what it is.</p>\n");
    }
    html(h, "</div>\n");
    if (n == 2)
        put_wire(h, &lanes[1], "to");
    html(h, "</div>\n");
}

void html_crossing(struct page *h) {
    struct lane lanes[2] = {{0}};
    size_t n = lanes_of(h, lanes);
    html(h,
         "<section id=\"crossing\">\n<h2>The crossing</h2>\n"
         "<p class=\"quiet lead\">Calls go down, from the thread's first to the one where it "
         "met the other<span class=\"narrow\">; in the second lane they come up</span>. "
         "Open a frame to see its source.");
    if (!lanes[0].thread && h->culprit)
        html(h, " The stacks are %s's%s.", tool_title(h->culprit->tool),
             h->c->core ? ", of another run than the core" : "");
    html(h, "</p>\n<div class=\"crossing %s\">\n", n == 2 ? "two" : "one");
    if (n > 0)
        put_lane(h, &lanes[0], false);
    put_object(h, lanes, n);
    if (n == 2)
        put_lane(h, &lanes[1], true);
    html(h, "</div>\n</section>\n");
}
