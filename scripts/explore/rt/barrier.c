/*
 * barrier.c - pthread_barrier_*. How many it is for lies in the barrier itself.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "clock.h"
#include "rt.h"
#include "shadow.h"

EXPORT int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attributes,
                                unsigned count) {
    uptr pc = CALLER;
    (void)attributes;
    if (!count)
        return EINVAL;
    bool exploring = point_sync(EVENT_OBJECT_INIT, barrier, pc);
    if (exploring)
        shadow_access((uptr)barrier, sizeof *barrier, true, false, pc);
    memset(barrier, 0, sizeof *barrier);
    memcpy(barrier, &count, sizeof count);
    if (exploring)
        object_fresh(barrier, OBJECT_BARRIER);
    return 0;
}

EXPORT int pthread_barrier_wait(pthread_barrier_t *barrier) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_BARRIER_WAIT, barrier, pc))
        return PTHREAD_BARRIER_SERIAL_THREAD;
    shadow_check_alive((uptr)barrier, pc);
    struct object *b = object_at(barrier, OBJECT_BARRIER);
    unsigned count;
    memcpy(&count, barrier, sizeof count);
    if (b->destroyed)
        fail(FAILURE_MISUSE, (uptr)barrier, pc, "use of a destroyed barrier");
    if (!count)
        fail(FAILURE_MISUSE, (uptr)barrier, pc, "wait at a barrier that was not initialised");
    clock_release(b);
    u32 phase = b->phase;
    if ((unsigned)++b->count == count) {
        b->count = 0;
        b->phase++;
        unblock_waiters(b);
        clock_acquire(b);
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    b->waiters++;
    while (b->phase == phase)
        block(EVENT_BARRIER_WAIT, b, -1, 0);
    b->waiters--;
    clock_acquire(b);
    return 0;
}

EXPORT int pthread_barrier_destroy(pthread_barrier_t *barrier) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_OBJECT_DESTROY, barrier, pc))
        return 0;
    struct object *b = object_at(barrier, OBJECT_BARRIER);
    if (b->count)
        fail(FAILURE_MISUSE, (uptr)barrier, pc, "destroy of a barrier in use");
    shadow_access((uptr)barrier, sizeof *barrier, true, false, pc);
    b->destroyed = true;
    return 0;
}
