/*
 * spin.c - pthread_spin_*. Who would spin is blocked.
 */
#include <errno.h>
#include <pthread.h>

#include "clock.h"
#include "rt.h"
#include "shadow.h"

static int take(pthread_spinlock_t *lock, bool try, uptr pc) {
    if (!point_sync(EVENT_SPIN_LOCK, (const void *)lock, pc))
        return 0;
    struct object *o = object_at((const void *)lock, OBJECT_SPIN);
    while (o->owner) {
        if (try) {
            if (++rt.current->spin_count >= 20)
                yield_now();
            return EBUSY;
        }
        block(EVENT_SPIN_LOCK, o, -1, 0);
    }
    o->owner = rt.current->id + 1;
    clock_acquire(o);
    return 0;
}

EXPORT int pthread_spin_lock(pthread_spinlock_t *lock) {
    return take(lock, false, CALLER);
}
EXPORT int pthread_spin_trylock(pthread_spinlock_t *lock) {
    return take(lock, true, CALLER);
}

EXPORT int pthread_spin_unlock(pthread_spinlock_t *lock) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_SPIN_UNLOCK, (const void *)lock, pc))
        return 0;
    struct object *o = object_at((const void *)lock, OBJECT_SPIN);
    if (o->owner != rt.current->id + 1)
        fail(FAILURE_MISUSE, (uptr)lock, pc,
             o->owner ? "unlock of a spin lock held by another thread"
                      : "unlock of an unlocked spin lock");
    clock_release(o);
    o->owner = 0;
    unblock_waiters(o);
    return 0;
}

EXPORT int pthread_spin_init(pthread_spinlock_t *lock, int shared) {
    (void)shared;
    *lock = 0;
    if (point_sync(EVENT_OBJECT_INIT, (const void *)lock, CALLER))
        object_fresh((const void *)lock, OBJECT_SPIN);
    return 0;
}
EXPORT int pthread_spin_destroy(pthread_spinlock_t *lock) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_OBJECT_DESTROY, (const void *)lock, pc))
        return 0;
    if (object_at((const void *)lock, OBJECT_SPIN)->owner)
        fail(FAILURE_MISUSE, (uptr)lock, pc, "destroy of a locked spin lock");
    return 0;
}
