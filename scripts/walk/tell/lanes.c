/* lanes.c - see lanes.h. */
#include "lanes.h"

#include <inttypes.h>
#include <string.h>

#include "../blame.h"

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
    char locks[160], bytes[32] = "";
    locks_of(s, locks, sizeof locks);
    if (s->size)
        snprintf(bytes, sizeof bytes, " of %u byte%s", s->size, s->size == 1 ? "" : "s");
    if ((s->access == ACCESS_UNKNOWN || s->access == ACCESS_CALL) && !s->size)
        snprintf(buffer, size, "%s", locks[0] ? locks + 2 : "");
    else
        snprintf(buffer, size, "%s%s%s", access_name(s->access), bytes, locks);
}

static void lane_of_site(struct lane *l, const struct site *s) {
    site_who(s, l->who, sizeof l->who);
    site_did(s, l->what, sizeof l->what);
    l->stack = &s->stack;
}

void lanes_of_finding(const struct finding *f, struct lanes *l) {
    *l = (struct lanes){.source = tool_title(f->tool), .finding = f};
    for (size_t i = 0; i < f->site_count && i < 2; i++)
        lane_of_site(&l->lane[l->count++], &f->sites[i]);
    if (f->object.what)
        snprintf(l->object, sizeof l->object, "%s", f->object.what);
}

static void lane_of_thread(struct lane *l, const struct core *core, int index) {
    const struct thread *t = &core->threads[index];
    thread_who(t, l->who, sizeof l->who);
    if (t->waits.address || t->waits.name) {
        char holder[128] = "";
        if (t->holder >= 0)
            thread_who(&core->threads[t->holder], holder, sizeof holder);
        snprintf(l->what, sizeof l->what, "waits for %s%s%s",
                 t->waits.name   ? t->waits.name
                 : t->waits_kind ? t->waits_kind
                                 : "a lock",
                 holder[0] ? ", held by " : "", holder);
    } else if (t->where)
        snprintf(l->what, sizeof l->what, "%s", t->where);
    l->stack = &t->stack;
}

void lanes_of(const struct casefile *c, struct lanes *l) {
    const struct core *core = c->core;
    const struct finding *f = case_main(c);
    if (core && core->crossing[0] >= 0 && core->crossing[1] >= 0) {
        *l = (struct lanes){.source = "the core", .count = 2};
        for (int i = 0; i < 2; i++)
            lane_of_thread(&l->lane[i], core, core->crossing[i]);
        if (core->crossing_why)
            snprintf(l->object, sizeof l->object, "%s", core->crossing_why);
    } else if (f && f->site_count >= 2) {
        lanes_of_finding(f, l);
    } else if (core && core->victim >= 0) {
        *l = (struct lanes){.source = "the core", .count = 1};
        lane_of_thread(&l->lane[0], core, core->victim);
    } else if (f && f->site_count) {
        lanes_of_finding(f, l);
    } else
        *l = (struct lanes){0};
}
