/*
 * mutex.c - pthread_mutex_*. Its type lies in the mutex itself, where glibc has it, so
 * that PTHREAD_MUTEX_INITIALIZER and its kin need no call.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "clock.h"
#include "rt.h"
#include "shadow.h"

static int type_of(const pthread_mutex_t *m) {
    return m->__data.__kind & 3;
}

bool mutex_is_mine(const struct object *m) {
    return m->owner == rt.current->id + 1;
}

struct object *mutex_at(void *mutex, uptr pc) {
    shadow_check_alive((uptr)mutex, pc);
    struct object *o = object_at(mutex, OBJECT_MUTEX);
    if (o->destroyed)
        fail(FAILURE_MISUSE, (uptr)mutex, pc, "use of a destroyed mutex");
    return o;
}

/* Who gave it back last knows all that was released into it; unless that was another
 * thread, which had the same number. */
INLINE void owned(struct object *m, int count) {
    const struct thread *t = rt.current;
    m->owner = t->id + 1;
    m->count = count;
    if (m->releaser != m->owner || m->clock[t->id] <= t->born)
        clock_acquire(m);
}

void mutex_take(struct object *m, int count) {
    while (m->owner)
        block(EVENT_MUTEX_LOCK, m, -1, 0);
    owned(m, count);
}

int mutex_give(struct object *m) {
    int count = m->count;
    clock_tick(); /* it has acquired what was released before: that is part of its clock */
    clock_copy(m->clock, rt.current->clock);
    m->releaser = m->owner;
    m->owner = m->count = 0;
    unblock_waiters(m);
    return count;
}

/* 0, EBUSY, EDEADLK or ETIMEDOUT. */
int mutex_lock_from(void *address, bool try, u64 deadline, uptr pc) {
    pthread_mutex_t *mutex = address;
    if (!point_sync(try ? EVENT_MUTEX_TRYLOCK : EVENT_MUTEX_LOCK, mutex, pc))
        return 0;
    struct object *m = mutex_at(mutex, pc);
    if (mutex_is_mine(m)) {
        if (type_of(mutex) == PTHREAD_MUTEX_RECURSIVE) {
            m->count++;
            return 0;
        }
        if (try)
            return EBUSY;
        if (type_of(mutex) == PTHREAD_MUTEX_ERRORCHECK)
            return EDEADLK;
    } else if (try && m->owner) {
        tried_in_vain(m);
        return EBUSY;
    }
    while (m->owner) {
        bool woken = block(EVENT_MUTEX_LOCK, m, -1, deadline);
        m = mutex_at(mutex, pc); /* it may have been destroyed */
        if (!woken)
            return ETIMEDOUT;
    }
    m->value = 0;
    owned(m, 1);
    return 0;
}

EXPORT int pthread_mutex_lock(pthread_mutex_t *mutex) {
    return mutex_lock_from(mutex, false, 0, CALLER);
}

EXPORT int pthread_mutex_trylock(pthread_mutex_t *mutex) {
    return mutex_lock_from(mutex, true, 0, CALLER);
}

int mutex_lock_until(void *mutex, const struct timespec *until, uptr pc) {
    if (time_valid(until))
        return mutex_lock_from(mutex, false, time_of(until), pc);
    int error = mutex_lock_from(mutex, true, 0, pc); /* else it would have to wait */
    return error == EBUSY ? EINVAL : error;
}

EXPORT int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until) {
    return mutex_lock_until(mutex, until, CALLER);
}

EXPORT int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
                                   const struct timespec *until) {
    (void)clock; /* all clocks show the same time */
    return mutex_lock_until(mutex, until, CALLER);
}

EXPORT int pthread_mutex_unlock(pthread_mutex_t *mutex) {
    return mutex_unlock_from(mutex, CALLER);
}

int mutex_unlock_from(void *address, uptr pc) {
    pthread_mutex_t *mutex = address;
    if (!point_sync(EVENT_MUTEX_UNLOCK, mutex, pc))
        return 0;
    struct object *m = mutex_at(mutex, pc);
    if (!mutex_is_mine(m)) {
        if (type_of(mutex) == PTHREAD_MUTEX_ERRORCHECK || type_of(mutex) == PTHREAD_MUTEX_RECURSIVE)
            return EPERM;
        fail(FAILURE_MISUSE, (uptr)mutex, pc,
             m->owner ? "unlock of a mutex held by another thread" : "unlock of an unlocked mutex");
    }
    if (m->count > 1)
        m->count--;
    else
        mutex_give(m);
    return 0;
}

void mutex_init_from(void *address, int type, uptr pc) {
    pthread_mutex_t *mutex = address;
    bool exploring = point_sync(EVENT_OBJECT_INIT, mutex, pc);
    if (exploring) {
        struct object *m = object_known(mutex);
        if (m && m->type == OBJECT_MUTEX && m->owner)
            fail(FAILURE_MISUSE, (uptr)mutex, pc, "initialisation of a locked mutex");
        shadow_access((uptr)mutex, sizeof *mutex, true, false, pc);
    }
    memset(mutex, 0, sizeof *mutex);
    mutex->__data.__kind = type;
    if (exploring)
        object_fresh(mutex, OBJECT_MUTEX);
}

EXPORT int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
    int type = PTHREAD_MUTEX_DEFAULT, robust = PTHREAD_MUTEX_STALLED;
    if (attributes) {
        pthread_mutexattr_gettype(attributes, &type);
        pthread_mutexattr_getrobust(attributes, &robust);
    }
    if (robust == PTHREAD_MUTEX_ROBUST)
        not_covered("robust mutexes");
    mutex_init_from(mutex, type, CALLER);
    return 0;
}

void mutex_destroy_from(void *address, uptr pc) {
    if (!point_sync(EVENT_OBJECT_DESTROY, address, pc))
        return;
    struct object *m = mutex_at(address, pc);
    if (m->owner)
        fail(FAILURE_MISUSE, (uptr)address, pc, "destroy of a locked mutex");
    shadow_access((uptr)address, sizeof(pthread_mutex_t), true, false, pc);
    m->destroyed = true;
}

EXPORT int pthread_mutex_destroy(pthread_mutex_t *mutex) {
    mutex_destroy_from(mutex, CALLER);
    return 0;
}

void mutex_lock_virtual(void *address, uptr pc) {
    if (!point_sync(EVENT_MUTEX_LOCK, address, pc))
        return;
    struct object *m = object_at(address, OBJECT_MUTEX);
    if (mutex_is_mine(m))
        m->count++;
    else
        mutex_take(m, 1);
}

void mutex_unlock_virtual(void *address, uptr pc) {
    if (!point_sync(EVENT_MUTEX_UNLOCK, address, pc))
        return;
    struct object *m = object_at(address, OBJECT_MUTEX);
    if (mutex_is_mine(m) && --m->count == 0)
        mutex_give(m);
}
