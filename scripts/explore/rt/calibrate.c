/*
 * calibrate.c - what is learned of a program from a few traced schedules: how many events
 * it has, and at which sites two threads touch the same memory.
 */
#include "policy.h"
#include "rt.h"
#include "server.h"

enum { GRANULES = 1 << 18 };
static struct granule {
    u64 address; /* in words of 8 bytes */
    u16 thread;
    bool shared, written;
    u32 schedule;
} table[GRANULES];
static u32 schedule;

static struct granule *granule_at(u64 address) {
    u32 i = (u32)((address * 0x9E3779B97F4A7C15u) >> 46);
    for (u32 n = 0; n < 256; n++) {
        struct granule *g = &table[(i + n) % GRANULES];
        if (g->schedule != schedule) {
            *g = (struct granule){.address = address, .schedule = schedule, .thread = 0xFFFF};
            return g;
        }
        if (g->address == address)
            return g;
    }
    return NULL;
}

static bool is_access(const struct event *e) {
    return e->kind <= EVENT_ATOMIC_RMW;
}

static void look(const struct event *e) {
    u64 first = e->address >> 3, last = (e->address + (e->length ? e->length : 1) - 1) >> 3;
    for (u64 a = first; a <= last && a < first + 64; a++) {
        struct granule *g = granule_at(a);
        if (!g)
            return;
        if (g->thread == 0xFFFF)
            g->thread = e->thread;
        g->shared |= g->thread != e->thread;
        g->written |= e->kind != EVENT_READ && e->kind != EVENT_ATOMIC_LOAD;
    }
}

static bool touches_shared(const struct event *e) {
    u64 first = e->address >> 3, last = (e->address + (e->length ? e->length : 1) - 1) >> 3;
    for (u64 a = first; a <= last && a < first + 64; a++) {
        const struct granule *g = granule_at(a);
        if (g && g->shared && g->written)
            return true;
    }
    return false;
}

void calibrate_from_trace(void) {
    struct channel *c = rt.channel;
    struct calibration *cal = &c->calibration;
    static u32 here[THREADS_MAX];
    schedule++;
    __builtin_memset(here, 0, sizeof here);
    for (u32 i = 0; i < c->event_count; i++)
        if (is_access(&c->events[i]))
            look(&c->events[i]);
    for (u32 i = 0; i < c->event_count; i++) {
        const struct event *e = &c->events[i];
        if (is_access(e) && touches_shared(e) && !site_shared(e->pc)) {
            site_mark(e->pc);
            cal->site_count++;
        }
    }
    u32 shared = 0;
    for (u32 i = 0; i < c->event_count; i++) {
        const struct event *e = &c->events[i];
        if (e->kind <= EVENT_FENCE && !site_shared(e->pc))
            continue;
        shared++;
        if (e->thread < THREADS_MAX)
            here[e->thread]++;
    }
    if (shared > cal->shared_events)
        cal->shared_events = shared;
    if (c->result.steps > cal->events)
        cal->events = c->result.steps;
    if (c->result.thread_count > cal->threads)
        cal->threads = c->result.thread_count;
    for (int i = 0; i < THREADS_MAX; i++)
        if (here[i] > cal->shared_of[i])
            cal->shared_of[i] = here[i];
}
