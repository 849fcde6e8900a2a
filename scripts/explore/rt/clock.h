/*
 * clock.h - happens-before, by vector clocks (Lamport 1978; Mattern 1989).
 *
 * A thread's clock says for every thread up to which step its events happened before
 * now. Steps are numbers of events of all threads together, and go on over all
 * schedules, so that an entry left over from an earlier one is older than any event of
 * this one: nothing has to be cleared in between.
 */
#ifndef EXPLORE_CLOCK_H
#define EXPLORE_CLOCK_H

#include "rt.h"

INLINE void clock_join(u32 *into, const u32 *from) {
    for (int i = 0; i < rt.thread_count; i++)
        into[i] = from[i] > into[i] ? from[i] : into[i];
}

INLINE void clock_copy(u32 *into, const u32 *from) {
    for (int i = 0; i < rt.thread_count; i++)
        into[i] = from[i];
}

/* What the current thread did so far is told in its own entry; what it does from now on
 * is a new epoch. */
INLINE void clock_tick(void) {
    struct thread *t = rt.current;
    t->clock[t->id] = (u32)rt.step;
    t->epoch = (u32)rt.step + 1;
}

/* The current thread does something that others will see the effects of (release), or
 * sees what others did (acquire). */
INLINE void clock_release(struct object *o) {
    clock_tick();
    clock_join(o->clock, rt.current->clock);
}

INLINE void clock_acquire(const struct object *o) {
    clock_join(rt.current->clock, o->clock);
}

#endif
