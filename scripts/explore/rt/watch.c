/*
 * watch.c - a loop that waits for another thread makes no progress by running on. It is
 * one when the same instruction reads the same value from the same place again and again
 * in a long run of events; then somebody else goes on.
 */
#include "rt.h"

enum { WATCH_FOR = 512, SPINS = 20 };

static struct {
    uptr pc, address;
    u64 value;
    u32 count;
} looked[16];

static bool spins(enum event_kind kind, uptr address, u32 size, uptr pc) {
    if (kind != EVENT_READ && kind != EVENT_ATOMIC_LOAD && kind != EVENT_ATOMIC_RMW)
        return false;
    if (size > 8 || (size & (size - 1)))
        return false;
    u64 value = 0;
    rt.peeking = true;
    __builtin_memcpy(&value, (const void *)address, size);
    rt.peeking = false;
    u32 i = (u32)((pc ^ address) * 0x9E3779B97F4A7C15u >> 60);
    if (looked[i].pc != pc || looked[i].address != address || looked[i].value != value) {
        looked[i].pc = pc, looked[i].address = address, looked[i].value = value;
        looked[i].count = 0;
    }
    return ++looked[i].count >= SPINS;
}

void watch(enum event_kind kind, uptr address, u32 size, uptr pc) {
    struct thread *c = rt.current;
    if (!rt.watching) {
        rt.watching = true;
        rt.watch_end = rt.step + WATCH_FOR;
        for (u32 i = 0; i < sizeof looked / sizeof *looked; i++)
            looked[i].pc = 0;
    }
    if (spins(kind, address, size, pc)) {
        rt.watching = false;
        yield_now();
    } else if (rt.step >= rt.watch_end) {
        rt.watching = false;
        c->watch_after = (u32)(rt.step - c->since) * 2;
    }
}
