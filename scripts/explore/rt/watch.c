/*
 * watch.c - a loop that waits for another thread makes no progress by running on. It is
 * one when the same instruction reads the same value from the same place again and again
 * in a long run of events; then somebody else goes on.
 */
#include "rt.h"

enum { WATCH_FOR = 512, SPINS = 20, SETS = 8, WAYS = 8 };

/* Reads that were seen. A loop has several, and one must not push out another: which set a
 * read belongs to is decided by its place in the program alone, the same in each run. */
static struct read {
    uptr pc, address;
    u64 value;
    u32 count;
} looked[SETS][WAYS];
static u32 oldest[SETS];

static struct read *read_at(uptr pc, uptr address) {
    u32 set = (u32)((pc - rt.channel->load_bias) * 0x9E3779B97F4A7C15u >> 61);
    for (u32 way = 0; way < WAYS; way++)
        if (looked[set][way].pc == pc && looked[set][way].address == address)
            return &looked[set][way];
    struct read *r = &looked[set][oldest[set]++ % WAYS];
    *r = (struct read){.pc = pc, .address = address};
    return r;
}

static bool spins(enum event_kind kind, uptr address, u32 size, uptr pc) {
    if (kind != EVENT_READ && kind != EVENT_ATOMIC_LOAD && kind != EVENT_ATOMIC_RMW)
        return false;
    if (size > 8 || (size & (size - 1)))
        return false;
    u64 value = 0;
    rt.peeking = true;
    __builtin_memcpy(&value, (const void *)address, size);
    rt.peeking = false;
    struct read *r = read_at(pc, address);
    if (r->value != value) {
        r->value = value;
        r->count = 0;
    }
    return ++r->count >= SPINS;
}

void watch(enum event_kind kind, uptr address, u32 size, uptr pc) {
    struct thread *c = rt.current;
    if (!rt.watching) {
        rt.watching = true;
        rt.watch_end = rt.step + WATCH_FOR;
        __builtin_memset(looked, 0, sizeof looked);
        __builtin_memset(oldest, 0, sizeof oldest);
    }
    if (spins(kind, address, size, pc)) {
        rt.watching = false;
        yield_now();
    } else if (rt.step >= rt.watch_end) {
        rt.watching = false;
        c->watch_after = (u32)(rt.step - c->since) * 2;
    }
}
