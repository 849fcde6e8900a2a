/*
 * rwlock.c - pthread_rwlock_*. As glibc's default kind: a reader gets in although a
 * writer waits.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "clock.h"
#include "rt.h"
#include "shadow.h"

static struct object *lock_at(pthread_rwlock_t *lock, uptr pc) {
    shadow_check_alive((uptr)lock, pc);
    struct object *o = object_at(lock, OBJECT_RWLOCK);
    if (o->destroyed)
        fail(FAILURE_MISUSE, (uptr)lock, pc, "use of a destroyed rwlock");
    return o;
}

static int take(pthread_rwlock_t *lock, bool write, bool try, u64 deadline, uptr pc) {
    if (!point_sync(write ? EVENT_RWLOCK_WRITE : EVENT_RWLOCK_READ, lock, pc))
        return 0;
    struct object *o = lock_at(lock, pc);
    int me = rt.current->id;
    if (o->owner == me + 1)
        return try ? EBUSY : EDEADLK;
    while (o->owner || (write && o->readers)) {
        if (try) {
            if (++rt.current->spin_count >= 20)
                yield_now();
            return EBUSY;
        }
        if (!block(write ? EVENT_RWLOCK_WRITE : EVENT_RWLOCK_READ, o, -1, deadline))
            return ETIMEDOUT;
    }
    if (write) {
        o->owner = me + 1;
    } else {
        o->readers++;
        o->held_by[me]++;
    }
    clock_acquire(o);
    return 0;
}

EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t *lock) {
    return take(lock, false, false, 0, CALLER);
}
EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t *lock) {
    return take(lock, true, false, 0, CALLER);
}
EXPORT int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock) {
    return take(lock, false, true, 0, CALLER);
}
EXPORT int pthread_rwlock_trywrlock(pthread_rwlock_t *lock) {
    return take(lock, true, true, 0, CALLER);
}
EXPORT int pthread_rwlock_timedrdlock(pthread_rwlock_t *lock, const struct timespec *until) {
    return take(lock, false, false, time_of(until), CALLER);
}
EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t *lock, const struct timespec *until) {
    return take(lock, true, false, time_of(until), CALLER);
}
EXPORT int pthread_rwlock_clockrdlock(pthread_rwlock_t *lock, clockid_t clock,
                                      const struct timespec *until) {
    (void)clock;
    return take(lock, false, false, time_of(until), CALLER);
}
EXPORT int pthread_rwlock_clockwrlock(pthread_rwlock_t *lock, clockid_t clock,
                                      const struct timespec *until) {
    (void)clock;
    return take(lock, true, false, time_of(until), CALLER);
}

EXPORT int pthread_rwlock_unlock(pthread_rwlock_t *lock) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_RWLOCK_UNLOCK, lock, pc))
        return 0;
    struct object *o = lock_at(lock, pc);
    int me = rt.current->id;
    if (o->owner == me + 1) {
        o->owner = 0;
    } else if (o->held_by[me]) {
        o->held_by[me]--;
        o->readers--;
    } else {
        fail(FAILURE_MISUSE, (uptr)lock, pc, "rwlock unlock without holding");
    }
    clock_release(o);
    unblock_waiters(o);
    return 0;
}

EXPORT int pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes) {
    uptr pc = CALLER;
    (void)attributes;
    bool exploring = point_sync(EVENT_OBJECT_INIT, lock, pc);
    if (exploring)
        shadow_access((uptr)lock, sizeof *lock, true, false, pc);
    memset(lock, 0, sizeof *lock);
    if (exploring)
        object_fresh(lock, OBJECT_RWLOCK);
    return 0;
}

EXPORT int pthread_rwlock_destroy(pthread_rwlock_t *lock) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_OBJECT_DESTROY, lock, pc))
        return 0;
    struct object *o = lock_at(lock, pc);
    if (o->owner || o->readers)
        fail(FAILURE_MISUSE, (uptr)lock, pc, "destroy of a held rwlock");
    shadow_access((uptr)lock, sizeof *lock, true, false, pc);
    o->destroyed = true;
    return 0;
}
