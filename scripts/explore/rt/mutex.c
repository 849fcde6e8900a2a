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

void mutex_take(struct object *m, int count) {
    while (m->owner)
        block(EVENT_MUTEX_LOCK, m, -1, 0);
    m->owner = rt.current->id + 1;
    m->count = count;
    clock_acquire(m);
}

int mutex_give(struct object *m) {
    int count = m->count;
    clock_release(m);
    m->owner = m->count = 0;
    unblock_waiters(m);
    return count;
}

/* 0, EBUSY, EDEADLK or ETIMEDOUT. */
static int lock(pthread_mutex_t *mutex, bool try, u64 deadline, uptr pc) {
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
        if (++rt.current->spin_count >= 20) /* it tries again and again */
            yield_now();
        return EBUSY;
    }
    while (m->owner)
        if (!block(EVENT_MUTEX_LOCK, m, -1, deadline))
            return ETIMEDOUT;
    m->owner = rt.current->id + 1;
    m->count = 1;
    rt.current->spin_count = 0;
    clock_acquire(m);
    return 0;
}

EXPORT int pthread_mutex_lock(pthread_mutex_t *mutex) {
    return lock(mutex, false, 0, CALLER);
}

EXPORT int pthread_mutex_trylock(pthread_mutex_t *mutex) {
    return lock(mutex, true, 0, CALLER);
}

EXPORT int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *until) {
    return lock(mutex, false, time_of(until), CALLER);
}

EXPORT int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
                                   const struct timespec *until) {
    (void)clock; /* all clocks show the same time */
    return lock(mutex, false, time_of(until), CALLER);
}

EXPORT int pthread_mutex_unlock(pthread_mutex_t *mutex) {
    uptr pc = CALLER;
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

EXPORT int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
    uptr pc = CALLER;
    int type = PTHREAD_MUTEX_DEFAULT;
    if (attributes)
        pthread_mutexattr_gettype(attributes, &type);
    bool exploring = point_sync(EVENT_OBJECT_INIT, mutex, pc);
    if (exploring) {
        struct object *m = object_known(mutex);
        if (m && m->type == OBJECT_MUTEX && m->owner)
            fail(FAILURE_MISUSE, (uptr)mutex, pc, "initialisation of a locked mutex");
        shadow_access((uptr)mutex, sizeof *mutex, true, false, pc);
    }
    memset(mutex, 0, sizeof *mutex);
    mutex->__data.__kind = type;
    if (exploring) {
        struct object *m = object_at(mutex, OBJECT_MUTEX);
        m->destroyed = false;
        m->owner = m->count = 0;
    }
    return 0;
}

EXPORT int pthread_mutex_destroy(pthread_mutex_t *mutex) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_OBJECT_DESTROY, mutex, pc))
        return 0;
    struct object *m = mutex_at(mutex, pc);
    if (m->owner)
        fail(FAILURE_MISUSE, (uptr)mutex, pc, "destroy of a locked mutex");
    shadow_access((uptr)mutex, sizeof *mutex, true, false, pc);
    m->destroyed = true;
    return 0;
}
