/*
 * story.c - see story.h.
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../walk/tell/tell.h"
#include "crossing.h"
#include "locks.h"
#include "memory.h"
#include "symbols.h"
#include "tell_report.h"

enum {
    AROUND = 3,     /* events told on each side of a preemption */
    LOOKED = 40,    /* … of so many at most */
    ABOUT_MOST = 30 /* events told on the addresses that the defect is about */
};

/* The addresses that the defect is about. */
struct subject {
    uint64_t addresses[20];
    uint64_t sizes[20];
    int count;
};

static void about_add(struct subject *s, uint64_t address, uint64_t size) {
    if (address && s->count < 20) {
        s->addresses[s->count] = address;
        s->sizes[s->count++] = size ? size : 1;
    }
}

static struct subject subject_of(const struct defect *d, const struct crossing *x, bool crossed) {
    const struct failure *f = &d->failure;
    struct subject s = {.count = 0};
    if (crossed)
        about_add(&s, x->between->address, x->between->length);
    if (f->kind == FAILURE_RACE || f->kind == FAILURE_USE_AFTER_FREE
        || f->kind == FAILURE_LOST_WAKEUP || f->kind == FAILURE_MISUSE
        || f->kind == FAILURE_DOUBLE_FREE)
        about_add(&s, f->address, f->size);
    for (int i = 0; i < f->cycle_count; i++)
        about_add(&s, d->trace->result.threads[f->cycle[i]].wait_for, 1);
    for (uint32_t i = d->trace->event_count; i-- > 0;)
        if (d->trace->events[i].flags & EVENT_OLD)
            about_add(&s, d->trace->events[i].address, d->trace->events[i].length);
    return s;
}

static bool about(const struct subject *s, const struct event *e) {
    if (!e->address || e->kind == EVENT_THREAD_JOIN || e->kind == EVENT_THREAD_CREATE)
        return false;
    for (int i = 0; i < s->count; i++)
        if (s->addresses[i] - e->address < (e->length ? e->length : 1)
            || e->address - s->addresses[i] < s->sizes[i])
            return true;
    return false;
}

static bool keep_matters(const struct defect *d, const struct crossing *x, const struct event *e) {
    return e->step == d->failure.step || (d->failure.other_step && e->step == d->failure.other_step)
           || e == x->before || e == x->between || e == x->after;
}

/* Up to `most` events from `i` on, in one direction, of the same thread: those that tell
 * something; and the first one anyhow. */
static void keep_around(const struct defect *d, bool *kept, uint32_t i, int step, int most) {
    const struct channel *c = d->trace;
    uint16_t thread = c->events[i].thread;
    kept[i] = true;
    for (int seen = 0, found = !event_aside(d, &c->events[i]); found < most && seen < LOOKED;
         seen++) {
        i += (uint32_t)step;
        if (i >= c->event_count || c->events[i].thread != thread)
            return;
        if (!event_aside(d, &c->events[i])) {
            kept[i] = true;
            found++;
        }
    }
}

static bool *keep(const struct defect *d, const struct crossing *x, const struct subject *s) {
    const struct channel *c = d->trace;
    uint32_t n = c->event_count, subjects = 0;
    bool *kept = calloc(n + 1, sizeof *kept);
    if (!kept)
        return NULL;
    uint32_t alone = 0; /* events before a second thread began: who made it, and no more */
    while (alone < n && c->events[alone].kind != EVENT_THREAD_START)
        alone++;
    for (uint32_t i = n; i-- > 0;) {
        bool made = c->events[i].kind == EVENT_ALLOC || c->events[i].kind == EVENT_OBJECT_INIT;
        bool harness = symbols_harness(c->events[i].pc) && d->failure.kind != FAILURE_RACE;
        kept[i] = keep_matters(d, x, &c->events[i])
                  || (about(s, &c->events[i]) && !harness && (i >= alone || made)
                      && subjects++ < ABOUT_MOST);
    }
    for (uint32_t i = 0; i + 1 < n; i++) {
        if (c->events[i].thread == c->events[i + 1].thread)
            continue;
        int most = story_end(c, &c->events[i]) == END_PREEMPTED ? AROUND : 1;
        keep_around(d, kept, i, -1, most);
        keep_around(d, kept, i + 1, 1, most);
    }
    if (n)
        keep_around(d, kept, n - 1, -1, AROUND);
    for (uint32_t i = 1; i + 1 < n; i++) /* to count one takes as much room as to tell it */
        if (!kept[i] && kept[i - 1] && kept[i + 1]
            && c->events[i - 1].thread == c->events[i + 1].thread)
            kept[i] = true;
    return kept;
}

enum segment_end story_end(const struct channel *c, const struct event *e) {
    for (uint32_t i = 0; i < c->result.segment_count; i++) {
        const struct segment *s = &c->result.segments[i];
        if (s->thread == e->thread && s->until == e->own + 1)
            return (enum segment_end)s->end;
    }
    return END_BLOCKED;
}

static const struct event *next_of(const struct channel *c, uint32_t i) {
    for (uint32_t k = i + 1; k < c->event_count; k++)
        if (c->events[k].thread == c->events[i].thread)
            return &c->events[k];
    return NULL;
}

static bool folds(const struct story_row *last, const struct event *e, bool kept, bool matters) {
    if (!last || last->thread != e->thread || last->kind != (kept ? ROW_EVENT : ROW_LEFT_OUT))
        return false;
    if (!kept)
        return true;
    return last->event->pc == e->pc && last->event->kind == e->kind && !matters && !last->matters
           && (e->kind <= EVENT_WRITE || last->event->address == e->address);
}

struct story_row *story_rows(const struct defect *d, uint32_t *count) {
    const struct channel *c = d->trace;
    struct crossing x = {0};
    bool crossed = crossing_find(d, &x);
    struct subject s = subject_of(d, &x, crossed);
    bool *kept = keep(d, &x, &s);
    struct story_row *rows = calloc((size_t)c->event_count * 2 + 2, sizeof *rows), *r = rows;
    for (uint32_t i = 0; kept && rows && i < c->event_count; i++) {
        const struct event *e = &c->events[i];
        bool matters = keep_matters(d, &x, e);
        if (folds(r > rows ? r - 1 : NULL, e, kept[i], matters)) {
            r[-1].times++;
            r[-1].event = e;
        } else {
            *r++ = (struct story_row){.kind = kept[i] ? ROW_EVENT : ROW_LEFT_OUT,
                                      .thread = e->thread,
                                      .times = 1,
                                      .matters = matters,
                                      .event = e};
        }
        if (i + 1 < c->event_count && c->events[i + 1].thread != e->thread)
            *r++ = (struct story_row){.kind = ROW_SWITCH,
                                      .thread = e->thread,
                                      .next = c->events[i + 1].thread,
                                      .event = e,
                                      .end = (uint8_t)story_end(c, e),
                                      .resumed = next_of(c, i)};
    }
    free(kept);
    *count = rows ? (uint32_t)(r - rows) : 0;
    return rows;
}

int story_lanes(const struct story_row *rows, uint32_t count, int lane[THREADS_MAX]) {
    int lanes = 0;
    memset(lane, -1, sizeof *lane * THREADS_MAX);
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].kind == ROW_EVENT)
            lane[rows[i].thread] = 0;
    for (int t = 0; t < THREADS_MAX; t++)
        if (lane[t] == 0)
            lane[t] = lanes++;
    return lanes;
}

/* --- in words -------------------------------------------------------------------------------- */

static void place_said(const struct event *e, char *to, size_t room) {
    struct place p[8];
    symbols_places(e->pc, p, 8);
    if (p[0].line)
        snprintf(to, room, "%s, %s:%d", p[0].function, base_name(p[0].file), p[0].line);
    else
        snprintf(to, room, "%s", p[0].function);
}

void story_explain(const struct defect *d, crossing_teller *tell, void *data) {
    const struct channel *c = d->trace;
    struct crossing x = {0};
    char text[500], who[64], next[64], place[200];
    bool crossed = crossing_find(d, &x);
    if (crossed)
        crossing_tell(d, &x, tell, data);
    for (uint32_t i = 0; i + 1 < c->event_count; i++) {
        const struct event *e = &c->events[i];
        if (e == x.left || e->thread == e[1].thread || story_end(c, e) != END_PREEMPTED)
            continue;
        story_who(d, e->thread, who, sizeof who);
        story_who(d, e[1].thread, next, sizeof next);
        place_said(e, place, sizeof place);
        snprintf(text, sizeof text, "%s%s is preempted after step %u (%s), and %s goes on.",
                 !x.left                  ? ""
                 : e->step < x.left->step ? "Before that, "
                                          : "Later, ",
                 who, e->step, place, next);
        tell(text, 0, data);
    }
}

/* "waits for", "waits on", "waits at the barrier": what a blocked thread does. */
static const char *waiting_words(int kind) {
    switch (kind) {
    case EVENT_COND_WAIT:
    case EVENT_BARRIER_WAIT: return event_words(kind);
    case EVENT_SEM_WAIT: return "waits for the semaphore";
    case EVENT_SLEEP: return "sleeps";
    default: return "waits for";
    }
}

/* What a thread that cannot go on waits for, and who would have to let it. */
static size_t waits_said(const struct defect *d, const struct thread_end *t, uint32_t step,
                         char *to, size_t room) {
    char object[160], holder[64];
    if (t->waits == EVENT_THREAD_JOIN) {
        story_who(d, (int)t->wait_for, holder, sizeof holder);
        return (size_t)snprintf(to, room, "waits for %s to end", holder);
    }
    if (t->waits == EVENT_SYSTEM)
        return (size_t)snprintf(to, room, "waits for the system");
    memory_object(d->trace, t->wait_for, step, object, sizeof object);
    size_t n =
        (size_t)snprintf(to, room, "%s%s%s", waiting_words(t->waits),
                         t->waits == EVENT_SLEEP ? "" : " ", t->waits == EVENT_SLEEP ? "" : object);
    if (t->holder >= 0 && n < room) {
        story_who(d, t->holder, holder, sizeof holder);
        n += (size_t)snprintf(to + n, room - n, ", which %s holds", holder);
    }
    return n;
}

void story_thread_end(const struct defect *d, int thread, char *to, size_t size) {
    const struct channel *c = d->trace;
    const struct thread_end *t = &c->result.threads[thread];
    char who[64], place[200];
    const struct event *last = NULL;
    struct held_locks held;
    for (uint32_t i = 0; i < c->event_count; i++)
        if (c->events[i].thread == thread)
            last = &c->events[i];
    story_who(d, thread, who, sizeof who);
    size_t n = (size_t)snprintf(to, size, "%s ", who);
    uint32_t step = c->event_count ? c->events[c->event_count - 1].step : 0;
    if (t->state == THREAD_BLOCKED)
        n += waits_said(d, t, step, to + n, size - n);
    else
        n += (size_t)snprintf(to + n, size - n, "%s",
                              t->state == THREAD_FINISHED   ? "has ended"
                              : thread == d->failure.thread ? "runs"
                                                            : "could go on");
    if (t->state == THREAD_FINISHED || !last || n >= size)
        return;
    locks_held(c, thread, c->event_count, &held);
    if (held.count) {
        locks_said(c, &held, step, to + n, size - n);
        n += strlen(to + n);
    }
    place_said(last, place, sizeof place);
    if (n < size)
        snprintf(to + n, size - n, " (%s)", place);
}

void story_who(const struct defect *d, int thread, char *to, size_t size) {
    const char *name = thread >= 0 && (uint32_t)thread < d->trace->result.thread_count
                           ? d->trace->result.threads[thread].name
                           : "";
    snprintf(to, size, *name ? "T%d (%s)" : "T%d", thread, name);
    if (thread == 0)
        snprintf(to, size, "main");
}

void story_verdict(const struct defect *d, char *to, size_t size) {
    const struct failure *f = &d->failure;
    char who[64], other[64], object[160];
    story_who(d, f->thread, who, sizeof who);
    story_who(d, f->other, other, sizeof other);
    memory_said(d->trace, f->address, f->size, f->step, object, sizeof object);
    switch (f->kind) {
    case FAILURE_RACE:
        snprintf(to, size, "data race: %s and %s meet at %s, and nothing orders them", who, other,
                 object);
        break;
    case FAILURE_USE_AFTER_FREE:
        snprintf(to, size, "use after free: %s uses %s, which %s has freed", who, object, other);
        break;
    case FAILURE_DOUBLE_FREE:
        snprintf(to, size, "double free: %s frees %s, which %s has freed", who, object, other);
        break;
    case FAILURE_DEADLOCK: {
        int n = snprintf(to, size, "deadlock: ");
        for (int i = 0; i < f->cycle_count && n < (int)size; i++) {
            story_who(d, f->cycle[i], who, sizeof who);
            story_who(d, f->cycle[(i + 1) % f->cycle_count], other, sizeof other);
            memory_object(d->trace, d->trace->result.threads[f->cycle[i]].wait_for, f->step, object,
                          sizeof object);
            n += snprintf(to + n, size - (size_t)n, "%s%s waits for %s, which %s holds",
                          i ? "; " : "", who, object, other);
        }
        if (!f->cycle_count && !f->address && *f->words)
            snprintf(to + n, size - (size_t)n, "%s %s", who, f->words);
        else if (!f->cycle_count)
            snprintf(to + n, size - (size_t)n, "%s waits for %s: %s", who, object,
                     *f->words ? f->words : "nobody is left to let it go on");
        break;
    }
    case FAILURE_LOST_WAKEUP:
        snprintf(to, size, "lost wakeup: %s waits for %s, and nobody is left to wake it", who,
                 object);
        break;
    case FAILURE_CRASH:
        snprintf(to, size, "crash: %s dies of SIG%s", who, sigabbrev_np(f->value));
        break;
    case FAILURE_ABORT: snprintf(to, size, "abort: %s ends the program", who); break;
    case FAILURE_ASSERTION:
        snprintf(to, size, "assertion: %s finds that not: %s", who, f->words);
        break;
    case FAILURE_EXIT:
        snprintf(to, size, "exit status: the program exits with %d", f->value);
        break;
    case FAILURE_THREAD_LEAK:
        snprintf(to, size, "thread leak: %s has ended, and nobody joins or detaches it", who);
        break;
    case FAILURE_HANG: snprintf(to, size, "hang: no event any more, before the time limit"); break;
    default: snprintf(to, size, "%s: %s, by %s at %s", defect_kind(d), f->words, who, object);
    }
}
