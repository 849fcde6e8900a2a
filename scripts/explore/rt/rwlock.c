/*
 * rwlock.c - pthread_rwlock_*. Whom it prefers lies in the lock itself, where glibc has it:
 * by default a reader gets in although a writer waits.
 *
 * A writer comes after everyone who held the lock; a reader after the writers only. So
 * what readers release is kept apart, in an object of its own.
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

static struct object *readers_of(const pthread_rwlock_t *lock) {
    return object_second(lock, OBJECT_RWLOCK);
}

static bool must_wait(const pthread_rwlock_t *lock, const struct object *o, bool write) {
    if (o->owner || (write && o->readers))
        return true;
    return !write && o->waiters
           && lock->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

/* False: in vain until the deadline. */
static bool wait_for(pthread_rwlock_t *lock, bool write, u64 deadline, uptr pc) {
    struct object *o = object_at(lock, OBJECT_RWLOCK);
    while (must_wait(lock, o, write)) {
        o->waiters += write;
        bool woken = block(write ? EVENT_RWLOCK_WRITE : EVENT_RWLOCK_READ, o, -1, deadline);
        o = lock_at(lock, pc);
        o->waiters -= write;
        if (!woken) {
            if (write)
                unblock_waiters(o); /* readers that it held up */
            return false;
        }
    }
    return true;
}

static int take(pthread_rwlock_t *lock, bool write, bool try, u64 deadline, uptr pc) {
    if (!point_sync(write ? EVENT_RWLOCK_WRITE : EVENT_RWLOCK_READ, lock, pc))
        return 0;
    struct object *o = lock_at(lock, pc);
    int me = rt.current->id;
    if (o->owner == me + 1)
        return try ? EBUSY : EDEADLK;
    if (try && must_wait(lock, o, write)) {
        tried_in_vain(o);
        return EBUSY;
    }
    if (!write && o->held_by[me] == 255)
        return EAGAIN;
    if (!wait_for(lock, write, deadline, pc))
        return ETIMEDOUT;
    o->value = 0;
    clock_acquire(o);
    if (write) {
        o->owner = me + 1;
        clock_acquire(readers_of(lock));
    } else {
        o->readers++;
        o->held_by[me]++;
    }
    return 0;
}

static int take_until(pthread_rwlock_t *lock, bool write, const struct timespec *until, uptr pc) {
    return time_valid(until) ? take(lock, write, false, time_of(until), pc) : EINVAL;
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
    return take_until(lock, false, until, CALLER);
}
EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t *lock, const struct timespec *until) {
    return take_until(lock, true, until, CALLER);
}
EXPORT int pthread_rwlock_clockrdlock(pthread_rwlock_t *lock, clockid_t clock,
                                      const struct timespec *until) {
    (void)clock; /* all clocks show the same time */
    return take_until(lock, false, until, CALLER);
}
EXPORT int pthread_rwlock_clockwrlock(pthread_rwlock_t *lock, clockid_t clock,
                                      const struct timespec *until) {
    (void)clock;
    return take_until(lock, true, until, CALLER);
}

EXPORT int pthread_rwlock_unlock(pthread_rwlock_t *lock) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_RWLOCK_UNLOCK, lock, pc))
        return 0;
    struct object *o = lock_at(lock, pc);
    int me = rt.current->id;
    if (o->owner == me + 1) {
        o->owner = 0;
        clock_release(o);
    } else if (o->held_by[me]) {
        o->held_by[me]--;
        o->readers--;
        clock_release(readers_of(lock));
    } else {
        fail(FAILURE_MISUSE, (uptr)lock, pc, "rwlock unlock without holding");
    }
    unblock_waiters(o);
    return 0;
}

EXPORT int pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes) {
    uptr pc = CALLER;
    int kind = PTHREAD_RWLOCK_DEFAULT_NP;
    if (attributes)
        pthread_rwlockattr_getkind_np(attributes, &kind);
    bool exploring = point_sync(EVENT_OBJECT_INIT, lock, pc);
    if (exploring) {
        const struct object *o = object_known(lock);
        if (o && o->type == OBJECT_RWLOCK && (o->owner || o->readers))
            fail(FAILURE_MISUSE, (uptr)lock, pc, "initialisation of a held rwlock");
        shadow_access((uptr)lock, sizeof *lock, true, false, pc);
    }
    memset(lock, 0, sizeof *lock);
    lock->__data.__flags = (unsigned)kind;
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
