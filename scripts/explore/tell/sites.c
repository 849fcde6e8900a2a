/*
 * sites.c - see sites.h.
 */
#include "sites.h"

#include <string.h>

#include "locks.h"
#include "tell_report.h"

static struct call_stack stack_of(const struct channel *c, const struct event *e) {
    return (struct call_stack){e->pc, c->stacks + e->stack, e->depth};
}

static const char *name_of(const struct channel *c, int thread) {
    bool known = thread >= 0 && (uint32_t)thread < c->result.thread_count;
    return known ? c->result.threads[thread].name : "";
}

static struct defect_site site_of(const struct channel *c, const struct event *e) {
    bool access = e->kind <= EVENT_ATOMIC_RMW;
    bool thread = e->kind == EVENT_THREAD_CREATE || e->kind == EVENT_THREAD_JOIN;
    return (struct defect_site){.thread = e->thread,
                                .name = name_of(c, e->thread),
                                .does = event_words(e->kind),
                                .step = e->step,
                                .size = !access          ? 0
                                        : e->size == 255 ? e->length
                                                         : e->size,
                                .address = thread ? 0 : e->address,
                                .stack = stack_of(c, e)};
}

/* A thread's last event: where it is when the schedule ends. */
static const struct event *last_of(const struct channel *c, int thread) {
    for (uint32_t i = c->event_count; i-- > 0;)
        if (c->events[i].thread == thread)
            return &c->events[i];
    return NULL;
}

/* Where the thread of event `e` took the lock at that address, before `e`. */
static const struct event *taken_before(const struct channel *c, const struct event *e,
                                        uint64_t address) {
    for (const struct event *b = e; address && b-- > c->events;)
        if (b->thread == e->thread && takes_lock(b) && b->address == address)
            return b;
    return NULL;
}

/* --- of each kind of failure ----------------------------------------------------------- */

static int circle(const struct defect *d, struct defect_site *to) {
    const struct channel *c = d->trace;
    const struct failure *f = &d->failure;
    int n = 0;
    for (int i = 0; i < f->cycle_count && n < SITES_MAX; i++) {
        const struct event *e = last_of(c, f->cycle[i]);
        if (!e)
            continue;
        to[n] = site_of(c, e);
        int before = f->cycle[(i + f->cycle_count - 1) % f->cycle_count];
        uint64_t wanted = c->result.threads[before].wait_for;
        const struct event *held = taken_before(c, e, wanted);
        if (held)
            to[n].held = stack_of(c, held);
        n++;
    }
    return n;
}

/* A failure that is no event of its own. */
static int end_of_program(const struct defect *d, const char *does, struct defect_site *to) {
    const struct channel *c = d->trace;
    *to = (struct defect_site){.thread = d->failure.thread,
                               .name = name_of(c, d->failure.thread),
                               .does = does,
                               .step = d->failure.step,
                               .address = d->failure.address,
                               .stack = {d->failure.pc, c->failure_stack, c->failure_depth}};
    return 1;
}

static int thread_leak(const struct defect *d, struct defect_site *to) {
    const struct channel *c = d->trace;
    for (uint32_t i = c->event_count; i-- > 0;)
        if (c->events[i].kind == EVENT_THREAD_CREATE
            && c->events[i].value == (uint64_t)d->failure.thread) {
            *to = site_of(c, &c->events[i]);
            to->thread = d->failure.thread;
            to->name = name_of(c, d->failure.thread);
            to->does = "is created";
            return 1;
        }
    return 0;
}

int defect_sites(const struct defect *d, struct defect_site to[SITES_MAX]) {
    const struct failure *f = &d->failure;
    const struct channel *c = d->trace;
    int n = 0;
    if (!c)
        return 0;
    switch (f->kind) {
    case FAILURE_DEADLOCK:
        if (f->cycle_count)
            return circle(d, to);
        break;
    case FAILURE_CRASH: return end_of_program(d, "dies", to);
    case FAILURE_ABORT: return end_of_program(d, "aborts", to);
    case FAILURE_ASSERTION: return end_of_program(d, "asserts", to);
    case FAILURE_EXIT: return end_of_program(d, "exits", to);
    case FAILURE_LIVELOCK: return end_of_program(d, "goes round", to);
    case FAILURE_THREAD_LEAK: return thread_leak(d, to);
    case FAILURE_HANG: return 0;
    default: break;
    }
    const struct event *e = event_at(c, f->step);
    const struct event *earlier = f->other_step ? event_at(c, f->other_step) : NULL;
    if (!e)
        e = last_of(c, f->thread);
    if (e)
        to[n++] = site_of(c, e);
    if (earlier)
        to[n++] = site_of(c, earlier);
    return n;
}

int site_frames(const struct channel *trace, const struct call_stack *stack,
                struct site_frame to[SITE_FRAMES_MAX]) {
    int count = 0;
    for (int i = -1; i < (int)stack->depth && count < SITE_FRAMES_MAX; i++) {
        struct place places[8];
        uint64_t pc = i < 0 ? stack->pc : stack->callers[i];
        int n = symbols_places(pc, places, 8);
        bool outside = strcmp(places[0].function, "?") == 0 && !*places[0].file;
        uint64_t address = pc - 1 - (outside ? 0 : trace->load_bias);
        for (int k = 0; k < n && count < SITE_FRAMES_MAX; k++)
            to[count++] = (struct site_frame){places[k], address, outside, k + 1 < n};
    }
    return count;
}
