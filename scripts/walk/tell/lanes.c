/* lanes.c - see lanes.h. */
#include "lanes.h"

#include <string.h>

#include "../blame.h"
#include "threads.h"

static bool any_own(const struct stack *s) {
    for (size_t i = 0; i < s->count; i++)
        if (frame_shown(&s->frames[i]))
            return true;
    return false;
}

size_t shown_frames(const struct stack *s, const struct frame **frames, size_t most) {
    bool own = any_own(s);
    size_t n = 0;
    /* what a library put on top of the blamed frame is not the story */
    for (size_t i = s->blamed > 0 ? (size_t)s->blamed : 0; i < s->count && n < most; i++)
        if (!own || frame_shown(&s->frames[i]))
            frames[n++] = &s->frames[i];
    return n;
}

static void locks_of(const struct site *s, char *buffer, size_t size) {
    size_t used = 0;
    if (s->lock_count == 0) {
        snprintf(buffer, size, "%s", s->locks_known ? ", holding no lock" : "");
        return;
    }
    for (size_t i = 0; i < s->lock_count && used < size; i++) {
        const char *before = i == 0 ? ", holding " : i + 1 == s->lock_count ? " and " : ", ";
        int n = snprintf(buffer + used, size - used, "%s%s%s", before,
                         s->locks[i].name ? s->locks[i].name : "a lock",
                         s->locks[i].shared ? " (to read)" : "");
        used += n > 0 ? (size_t)n : 0;
    }
}

void site_did(const struct site *s, char *buffer, size_t size) {
    char locks[160], access[64];
    locks_of(s, locks, sizeof locks);
    if ((s->access == ACCESS_UNKNOWN || s->access == ACCESS_CALL) && !s->size)
        snprintf(buffer, size, "%s", locks[0] ? locks + 2 : "");
    else
        snprintf(buffer, size, "%s%s", access_words(s, access, sizeof access), locks);
}

void lane_of_site(struct lane *l, const struct site *s) {
    site_who(s, l->who, sizeof l->who);
    site_did(s, l->what, sizeof l->what);
    l->stack = &s->stack;
    l->site = s;
}

void lanes_of_finding(const struct finding *f, struct lanes *l) {
    *l = (struct lanes){.source = tool_title(f->tool), .finding = f};
    for (size_t i = 0; i < f->site_count && i < 2; i++)
        lane_of_site(&l->lane[l->count++], &f->sites[i]);
    if (f->object.what)
        snprintf(l->object, sizeof l->object, "%s", f->object.what);
}

/* Every tool has its own word for the thread that ran main. */
const char *site_key(const struct site *s) {
    if (s->name)
        return s->name;
    if (!s->thread)
        return "?";
    bool main_thread = strcmp(s->thread, "main thread") == 0 || strcmp(s->thread, "#1") == 0
                       || strcmp(s->thread, "T0") == 0;
    return main_thread ? "main" : s->thread;
}

/* The linked finding's site of that thread. */
static const struct site *site_of_thread(const struct link *link, const struct thread *t,
                                         int index) {
    const struct finding *f = link->finding;
    for (size_t i = 0; f && t->name && i < f->site_count; i++)
        if (strcmp(site_key(&f->sites[i]), t->name) == 0)
            return &f->sites[i];
    /* where the report has no name, what the link says must do */
    bool linked =
        f && index == link->thread && link->site >= 0 && (size_t)link->site < f->site_count;
    return linked && !f->sites[link->site].name ? &f->sites[link->site] : NULL;
}

static void lane_of_thread(struct lane *l, const struct casefile *c, int index) {
    const struct thread *t = core_thread(c->core, index);
    char wish[180];
    thread_who(t, l->who, sizeof l->who);
    if (thread_is_waiting(t))
        snprintf(l->what, sizeof l->what, "waits for %s",
                 thread_wish(c->core, t, wish, sizeof wish));
    else if (t->where)
        snprintf(l->what, sizeof l->what, "%s", t->where);
    l->stack = &t->stack;
    l->thread = t;
    /* what the core says of locks is of this very run; a report is of another */
    if (!thread_is_waiting(t) && !t->hold_count)
        l->site = site_of_thread(&c->link, t, index);
    if (l->site)
        site_did(l->site, l->seen, sizeof l->seen);
}

void lanes_of(const struct casefile *c, struct lanes *l) {
    const struct core *core = c->core;
    const struct finding *f = case_main(c);
    int one = core ? core->crossing[0] : -1, other = core ? core->crossing[1] : -1;
    const char *why = core ? core->crossing_why : NULL;
    if (core && other < 0 && c->link.other >= 0) { /* the core alone saw none; with a finding: */
        one = c->link.thread;
        other = c->link.other;
        why = c->link.finding->object.what;
    }
    bool crossed = core && core_thread(core, one) && core_thread(core, other);
    bool died = core && core_thread(core, core->victim);
    const char *seer = c->link.finding ? tool_title(c->link.finding->tool) : NULL;
    *l = (struct lanes){0};
    if (crossed) {
        *l = (struct lanes){.source = "the core", .count = 2, .seer = seer};
        lane_of_thread(&l->lane[0], c, one);
        lane_of_thread(&l->lane[1], c, other);
        snprintf(l->object, sizeof l->object, "%s", why ? why : "");
    } else if (f && f->site_count && (f->site_count >= 2 || !died)) {
        lanes_of_finding(f, l);
    } else if (died) {
        *l = (struct lanes){.source = "the core", .count = 1, .seer = seer};
        lane_of_thread(&l->lane[0], c, core->victim);
    }
}
