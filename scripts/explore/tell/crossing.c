/*
 * crossing.c - see crossing.h.
 */
#include "crossing.h"

#include <stdio.h>
#include <string.h>

#include "../../walk/tell/tell.h"
#include "locks.h"
#include "memory.h"
#include "story.h"
#include "symbols.h"
#include "tell_report.h"

static bool is_access(const struct event *e) {
    return e->kind <= EVENT_ATOMIC_RMW;
}

static bool writes(const struct event *e) {
    return e->kind == EVENT_WRITE || e->kind == EVENT_ATOMIC_STORE
           || (e->kind == EVENT_ATOMIC_RMW && !(e->flags & EVENT_FAILED));
}

static bool waits_for_lock(const struct event *e) {
    return e->flags & EVENT_BLOCKED && takes_lock(e);
}

static bool same_place(const struct event *a, const struct event *b) {
    uint64_t a_size = a->length ? a->length : 1, b_size = b->length ? b->length : 1;
    return a->address - b->address < b_size || b->address - a->address < a_size;
}

/* --- who crossed ------------------------------------------------------------------------- */

struct search {
    const struct defect *d;
    const struct channel *c;
    uint32_t left, resumed; /* indices: the last event before, the first after, or count */
    struct crossing best;
    double score;
};

/* No serial order of both threads gives what these three give. */
static bool unserialisable(const struct event *a, const struct event *b, const struct event *c) {
    if (!writes(a) && !writes(c)) /* two reads: of different values? */
        return writes(b) && !(a->flags & c->flags & EVENT_HAS_VALUE && a->value == c->value);
    if (writes(a) && !writes(c))
        return writes(b);
    if (!writes(a))
        return writes(b);
    return !writes(b); /* two writes, and somebody saw the first */
}

/* The last access of the preempted thread before it was, to the same place; a write, if
 * only those are looked for. */
static const struct event *last_before(const struct search *s, const struct event *b, bool write) {
    const struct event *left = &s->c->events[s->left];
    for (const struct event *e = left + 1; e-- > s->c->events;)
        if (e->thread == left->thread && is_access(e) && same_place(e, b) && (!write || writes(e)))
            return e;
    return NULL;
}

static const struct event *first_after(const struct search *s, const struct event *b) {
    const struct channel *c = s->c;
    for (uint32_t i = s->resumed; i < c->event_count; i++)
        if (c->events[i].thread == c->events[s->left].thread && is_access(&c->events[i])
            && same_place(&c->events[i], b))
            return &c->events[i];
    return NULL;
}

/* The better the pattern, and the nearer to the preemption, the better. */
static void consider(struct search *s, const struct event *b) {
    const struct channel *c = s->c;
    const struct event *left = &c->events[s->left], *before = last_before(s, b, false),
                       *after = first_after(s, b);
    double score;
    if (before && after && unserialisable(before, b, after)) {
        score = 3;
    } else if (before && (before = last_before(s, b, true))) { /* seen half done */
        score = 2;
        after = NULL;
    } else if (after && !before && (writes(after) || writes(b))) { /* too early */
        score = 1;
    } else {
        return;
    }
    double far = before ? left->own - before->own : 0;
    if (after)
        far += after->own - c->events[s->resumed].own;
    score -= far / (far + 1000.0);
    if (score > s->score) {
        s->score = score;
        s->best = (struct crossing){left, waits_for_lock(left), before, b, after};
    }
}

static void at_switch(struct search *s, uint32_t left_at) {
    const struct channel *c = s->c;
    const struct event *left = &c->events[left_at];
    s->left = left_at;
    s->resumed = left_at + 1;
    while (s->resumed < c->event_count && c->events[s->resumed].thread != left->thread)
        s->resumed++;
    for (uint32_t i = s->left + 1; i < s->resumed; i++)
        if (is_access(&c->events[i]) && !event_aside(s->d, &c->events[i]))
            consider(s, &c->events[i]);
}

bool crossing_find(const struct defect *d, struct crossing *x) {
    struct search s = {.d = d, .c = d->trace};
    if (d->failure.kind == FAILURE_RACE || d->failure.kind == FAILURE_USE_AFTER_FREE) {
        *x = (struct crossing){.before = event_at(d->trace, d->failure.other_step),
                               .between = event_at(d->trace, d->failure.step)};
        return x->before && x->between;
    }
    if (d->failure.kind == FAILURE_DEADLOCK || d->failure.kind == FAILURE_HANG)
        return false;
    for (int waits = 0; waits < 2 && s.score <= 0; waits++)
        for (uint32_t i = 0; i + 1 < s.c->event_count; i++) {
            const struct event *e = &s.c->events[i];
            if (e->thread != e[1].thread
                && (waits ? waits_for_lock(e) : story_end(s.c, e) == END_PREEMPTED))
                at_switch(&s, i);
        }
    *x = s.best;
    return s.score > 0;
}

/* --- in words ------------------------------------------------------------------------------ */

/* Weak memory: what was read was overwritten before. */
static void old_said(const struct defect *d, const struct event *e, const char *name, char *to,
                     size_t room) {
    char old[160] = "?", newest[160] = "?";
    struct event now = *e;
    now.value = e->newest;
    memory_value(d->trace, e, old, sizeof old);
    memory_value(d->trace, &now, newest, sizeof newest);
    snprintf(to, room, "reads an old value%s%s: %s (the newest is %s)", *name ? " of " : "", name,
             old, newest);
}

void event_said(const struct defect *d, const struct event *e, char *to, size_t room) {
    static const char *const orders[] = {"relaxed", "consume", "acquire",
                                         "release", "acq_rel", NULL};
    char name[160], value[160] = "";
    size_t n = (size_t)snprintf(to, room, "%s", event_words(e->kind));
    if (e->kind == EVENT_THREAD_CREATE || e->kind == EVENT_THREAD_JOIN
        || e->kind == EVENT_THREAD_DETACH || e->kind == EVENT_THREAD_CANCEL) {
        if (e->flags & EVENT_HAS_VALUE || e->address) {
            uint64_t who = e->flags & EVENT_HAS_VALUE ? e->value : e->address;
            n += (size_t)snprintf(to + n, room - n, " T%llu", (unsigned long long)who);
        }
    } else {
        memory_name(d->trace, e, name, sizeof name);
        if (e->flags & EVENT_OLD) {
            old_said(d, e, name, to, room);
            n = strlen(to);
            *name = 0;
        }
        if (*name && n < room)
            n += (size_t)snprintf(to + n, room - n, " %s", name);
        if (n < room && !(e->flags & EVENT_OLD) && memory_value(d->trace, e, value, sizeof value))
            n += (size_t)snprintf(to + n, room - n, " = %s", value);
    }
    if (e->kind >= EVENT_ATOMIC_LOAD && e->kind <= EVENT_ATOMIC_RMW && e->order < 5 && n < room)
        n += (size_t)snprintf(to + n, room - n, " (%s)", orders[e->order]);
    if (e->flags & EVENT_FAILED && n < room)
        n += (size_t)snprintf(to + n, room - n, ", in vain");
    if (e->flags & EVENT_BLOCKED && n < room)
        n += (size_t)snprintf(to + n, room - n, " (waits)");
    if (e->flags & EVENT_TIMED_OUT && n < room)
        snprintf(to + n, room - n, " (time is up)");
}

bool event_aside(const struct defect *d, const struct event *e) {
    return memory_private(d->trace, e) || symbols_harness(e->pc);
}

static uint64_t caller(const struct channel *c, const struct event *e, uint32_t k) {
    return k ? c->stacks[e->stack + k - 1] : e->pc;
}

/* Did the thread stay in a call, `level` frames deep, from one event to the other? */
static bool stayed(const struct event *a, const struct event *b, uint32_t level) {
    for (const struct event *e = a; e < b; e++)
        if (e->thread == a->thread && e->depth < level)
            return false;
    return true;
}

/* The innermost call that both events are part of: its frame is the same, and so is where
 * it was called. The addresses in its code where it was at each. */
static bool common_frame(const struct channel *c, const struct event *a, const struct event *b,
                         uint64_t *at_a, uint64_t *at_b) {
    for (uint32_t level = a->depth < b->depth ? a->depth : b->depth; level > 0; level--) {
        uint32_t i = a->depth - level, k = b->depth - level;
        uint64_t cfa = c->frames[a->stack + i];
        if (cfa && cfa == c->frames[b->stack + k]
            && c->stacks[a->stack + i] == c->stacks[b->stack + k] && stayed(a, b, level)) {
            *at_a = caller(c, a, i);
            *at_b = caller(c, b, k);
            return true;
        }
    }
    return false;
}

static void quoted(const struct place *p, char *to, size_t room) {
    enum { MOST = 64 };
    static const struct style style = {.width = 80};
    const char *text = p->line ? source_line(&style, p->file, p->line) : NULL;
    if (!text)
        text = p->function;
    snprintf(to, room, strlen(text) > MOST ? "`%.*s...`" : "`%.*s`", MOST, text);
}

/* "in the middle of `counter++` (add, count.c:6)", "in get, between `look(…)` (pool.c:31)
 * and `store(…)` (line 34)", "in look, after `…` (pool.c:12)". */
static void where_said(const struct channel *c, const struct crossing *x, char *to, size_t room) {
    struct place a[8] = {{0}}, b[8] = {{0}};
    char first[200], second[200];
    uint64_t at_a = 0, at_b = 0;
    const struct event *from = x->before ? x->before : x->left;
    symbols_places(from->pc, a, 8);
    if (x->before && x->after && common_frame(c, x->before, x->after, &at_a, &at_b)) {
        symbols_places(at_a, a, 8);
        symbols_places(at_b, b, 8);
        quoted(&a[0], first, sizeof first);
        quoted(&b[0], second, sizeof second);
        if (a[0].line == b[0].line)
            snprintf(to, room, "in the middle of %s (%s, %s:%d)", first, a[0].function,
                     base_name(a[0].file), a[0].line);
        else
            snprintf(to, room, "in %s, between %s (%s:%d) and %s (line %d)", a[0].function, first,
                     base_name(a[0].file), a[0].line, second, b[0].line);
        return;
    }
    quoted(&a[0], first, sizeof first);
    snprintf(to, room, "in %s, after %s (%s:%d)", a[0].function, first, base_name(a[0].file),
             a[0].line);
}

static void tell_deed(const struct defect *d, const struct event *e, crossing_teller *tell,
                      void *data) {
    char text[700], event[400], who[64];
    struct place p[8];
    if (!e)
        return;
    symbols_places(e->pc, p, 8);
    story_who(d, e->thread, who, sizeof who);
    event_said(d, e, event, sizeof event);
    snprintf(text, sizeof text, "step %u: %s %s (%s, %s:%d)", e->step, who, event, p[0].function,
             base_name(p[0].file), p[0].line);
    tell(text, 1, data);
}

void crossing_tell(const struct defect *d, const struct crossing *x, crossing_teller *tell,
                   void *data) {
    char text[1100], who[64], where[700], lock[160] = "", how[200] = "is preempted";
    if (x->left) {
        story_who(d, x->left->thread, who, sizeof who);
        where_said(d->trace, x, where, sizeof where);
        if (x->waits) {
            memory_name(d->trace, x->left, lock, sizeof lock);
            snprintf(how, sizeof how, "has to wait for %s", *lock ? lock : "a lock");
        }
        snprintf(text, sizeof text, "%s %s %s:", who, how, where);
        tell(text, 0, data);
    } else {
        tell("No lock, no join and no atomic puts one of these before the other:", 0, data);
    }
    tell_deed(d, x->before, tell, data);
    tell_deed(d, x->between, tell, data);
    tell_deed(d, x->after, tell, data);
}
