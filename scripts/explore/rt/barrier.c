/*
 * barrier.c - pthread_barrier_*. How many it is for lies in the barrier itself.
 *
 * Whoever comes last tells those who wait what happened before, there and then: one that
 * leaves late must not learn of arrivals in the next round, and must not look at a barrier
 * that may be destroyed by now (glibc's destroy waits for those who are leaving).
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "clock.h"
#include "rt.h"
#include "shadow.h"

static unsigned count_of(const pthread_barrier_t *barrier) {
    unsigned count;
    memcpy(&count, barrier, sizeof count);
    return count;
}

static struct object *barrier_at(const pthread_barrier_t *barrier, uptr pc) {
    shadow_check_alive((uptr)barrier, pc);
    struct object *b = object_at(barrier, OBJECT_BARRIER);
    if (b->destroyed)
        fail(FAILURE_MISUSE, (uptr)barrier, pc, "use of a destroyed barrier");
    return b;
}

EXPORT int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attributes,
                                unsigned count) {
    uptr pc = CALLER;
    (void)attributes;
    if (!count)
        return EINVAL;
    bool exploring = point_sync(EVENT_OBJECT_INIT, barrier, pc);
    if (exploring) {
        const struct object *b = object_known(barrier);
        if (b && b->type == OBJECT_BARRIER && b->count)
            fail(FAILURE_MISUSE, (uptr)barrier, pc, "initialisation of a barrier in use");
        shadow_access((uptr)barrier, sizeof *barrier, true, false, pc);
    }
    memset(barrier, 0, sizeof *barrier);
    memcpy(barrier, &count, sizeof count);
    if (exploring)
        object_fresh(barrier, OBJECT_BARRIER);
    return 0;
}

static void open_it(struct object *b) {
    b->count = 0;
    b->phase++;
    clock_acquire(b);
    for (int i = 0; i < rt.thread_count; i++)
        if (threads[i].state == THREAD_BLOCKED && threads[i].wait_for == b)
            clock_join(threads[i].clock, b->clock);
    unblock_waiters(b);
}

EXPORT int pthread_barrier_wait(pthread_barrier_t *barrier) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_BARRIER_WAIT, barrier, pc))
        return PTHREAD_BARRIER_SERIAL_THREAD;
    struct object *b = barrier_at(barrier, pc);
    unsigned count = count_of(barrier);
    if (!count)
        fail(FAILURE_MISUSE, (uptr)barrier, pc, "wait at a barrier that was not initialised");
    clock_release(b);
    if ((unsigned)++b->count >= count) {
        open_it(b);
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    block(EVENT_BARRIER_WAIT, b, -1, 0); /* nobody else wakes it */
    return 0;
}

EXPORT int pthread_barrier_destroy(pthread_barrier_t *barrier) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_OBJECT_DESTROY, barrier, pc))
        return 0;
    struct object *b = barrier_at(barrier, pc);
    if (b->count)
        fail(FAILURE_MISUSE, (uptr)barrier, pc, "destroy of a barrier in use");
    shadow_access((uptr)barrier, sizeof *barrier, true, false, pc);
    b->destroyed = true;
    return 0;
}
