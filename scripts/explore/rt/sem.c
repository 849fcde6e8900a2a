/*
 * sem.c - sem_*. The value lies in the semaphore itself.
 */
#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <string.h>

#include "clock.h"
#include "rt.h"
#include "shadow.h"

static struct object *sem_at(sem_t *sem, uptr pc) {
    shadow_check_alive((uptr)sem, pc);
    struct object *o = object_at(sem, OBJECT_SEM);
    if (o->destroyed)
        fail(FAILURE_MISUSE, (uptr)sem, pc, "use of a destroyed semaphore");
    return o;
}

static int *value_of(sem_t *sem) {
    return (int *)(void *)sem;
}

static int failed(int error) {
    errno = error;
    return -1;
}

EXPORT int sem_init(sem_t *sem, int shared, unsigned value) {
    uptr pc = CALLER;
    (void)shared;
    if (value > SEM_VALUE_MAX)
        return failed(EINVAL);
    bool exploring = point_sync(EVENT_OBJECT_INIT, sem, pc);
    if (exploring)
        shadow_access((uptr)sem, sizeof *sem, true, false, pc);
    memset(sem, 0, sizeof *sem);
    *value_of(sem) = (int)value;
    if (exploring)
        object_fresh(sem, OBJECT_SEM);
    return 0;
}

static int take(sem_t *sem, bool try, u64 deadline, uptr pc) {
    if (!point_sync(EVENT_SEM_WAIT, sem, pc)) {
        --*value_of(sem);
        return 0;
    }
    struct object *o = sem_at(sem, pc);
    if (!try)
        cancel_check();
    while (*value_of(sem) <= 0) {
        if (try) {
            if (++rt.current->spin_count >= 20)
                yield_now();
            return failed(EAGAIN);
        }
        o->waiters++;
        bool woken = block(EVENT_SEM_WAIT, o, -1, deadline);
        o->waiters--;
        cancel_check();
        if (!woken)
            return failed(ETIMEDOUT);
    }
    --*value_of(sem);
    clock_acquire(o);
    return 0;
}

EXPORT int sem_wait(sem_t *sem) {
    return take(sem, false, 0, CALLER);
}
EXPORT int sem_trywait(sem_t *sem) {
    return take(sem, true, 0, CALLER);
}
EXPORT int sem_timedwait(sem_t *sem, const struct timespec *until) {
    return take(sem, false, time_of(until), CALLER);
}
EXPORT int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *until) {
    (void)clock;
    return take(sem, false, time_of(until), CALLER);
}

EXPORT int sem_post(sem_t *sem) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_SEM_POST, sem, pc)) {
        ++*value_of(sem);
        return 0;
    }
    struct object *o = sem_at(sem, pc);
    if (*value_of(sem) == SEM_VALUE_MAX)
        return failed(EOVERFLOW);
    clock_release(o);
    ++*value_of(sem);
    unblock_waiters(o);
    return 0;
}

EXPORT int sem_getvalue(sem_t *sem, int *value) {
    *value = *value_of(sem);
    return 0;
}

EXPORT int sem_destroy(sem_t *sem) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_OBJECT_DESTROY, sem, pc))
        return 0;
    struct object *o = sem_at(sem, pc);
    if (o->waiters)
        fail(FAILURE_MISUSE, (uptr)sem, pc, "destroy of a semaphore with waiters");
    shadow_access((uptr)sem, sizeof *sem, true, false, pc);
    o->destroyed = true;
    return 0;
}
