/*
 * spin.c - pthread_spin_*. Who would spin is blocked.
 */
#include <errno.h>
#include <pthread.h>

#include "clock.h"
#include "rt.h"
#include "shadow.h"

static struct object *spin_at(const void *lock, uptr pc) {
    shadow_check_alive((uptr)lock, pc);
    struct object *o = object_at(lock, OBJECT_SPIN);
    if (o->destroyed)
        fail(FAILURE_MISUSE, (uptr)lock, pc, "use of a destroyed spin lock");
    return o;
}

static int take(const void *lock, bool try, uptr pc) {
    if (!point_sync(EVENT_SPIN_LOCK, lock, pc))
        return 0;
    struct object *o = spin_at(lock, pc);
    while (o->owner) {
        if (try) {
            tried_in_vain(o);
            return EBUSY;
        }
        block(EVENT_SPIN_LOCK, o, -1, 0);
        o = spin_at(lock, pc);
    }
    o->owner = rt.current->id + 1;
    o->value = 0;
    clock_acquire(o);
    return 0;
}

EXPORT int pthread_spin_lock(pthread_spinlock_t *lock) {
    return take((const void *)lock, false, CALLER);
}
EXPORT int pthread_spin_trylock(pthread_spinlock_t *lock) {
    return take((const void *)lock, true, CALLER);
}

EXPORT int pthread_spin_unlock(pthread_spinlock_t *lock) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_SPIN_UNLOCK, (const void *)lock, pc))
        return 0;
    struct object *o = spin_at((const void *)lock, pc);
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
    uptr pc = CALLER;
    (void)shared;
    bool exploring = point_sync(EVENT_OBJECT_INIT, (const void *)lock, pc);
    if (exploring) {
        const struct object *o = object_known((const void *)lock);
        if (o && o->type == OBJECT_SPIN && o->owner)
            fail(FAILURE_MISUSE, (uptr)lock, pc, "initialisation of a locked spin lock");
        shadow_access((uptr)lock, sizeof *lock, true, false, pc);
    }
    *lock = 0;
    if (exploring)
        object_fresh((const void *)lock, OBJECT_SPIN);
    return 0;
}

EXPORT int pthread_spin_destroy(pthread_spinlock_t *lock) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_OBJECT_DESTROY, (const void *)lock, pc))
        return 0;
    struct object *o = spin_at((const void *)lock, pc);
    if (o->owner)
        fail(FAILURE_MISUSE, (uptr)lock, pc, "destroy of a locked spin lock");
    shadow_access((uptr)lock, sizeof *lock, true, false, pc);
    o->destroyed = true;
    return 0;
}
