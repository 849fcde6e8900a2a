/*
 * sem.c - sem_*. The value lies in the semaphore itself. Named ones are not covered.
 */
#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <string.h>

#include "clock.h"
#include "rt.h"
#include "shadow.h"

static struct object *sem_at(const sem_t *sem, uptr pc) {
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
    if (exploring) {
        const struct object *o = object_known(sem);
        if (o && o->type == OBJECT_SEM && o->waiters)
            fail(FAILURE_MISUSE, (uptr)sem, pc, "initialisation of a semaphore with waiters");
        shadow_access((uptr)sem, sizeof *sem, true, false, pc);
    }
    memset(sem, 0, sizeof *sem);
    *value_of(sem) = (int)value;
    if (exploring)
        object_fresh(sem, OBJECT_SEM);
    return 0;
}

/* With nobody else there to wait for. */
static int take_alone(sem_t *sem, bool try) {
    if (*value_of(sem) > 0)
        --*value_of(sem);
    else if (try)
        return failed(EAGAIN);
    return 0;
}

static int take(sem_t *sem, bool try, u64 deadline, uptr pc) {
    if (!point_sync(EVENT_SEM_WAIT, sem, pc))
        return take_alone(sem, try);
    struct object *o = sem_at(sem, pc);
    if (!try)
        cancel_check();
    while (*value_of(sem) <= 0) {
        if (try) {
            tried_in_vain(o);
            return failed(EAGAIN);
        }
        o->waiters++;
        bool woken = block(EVENT_SEM_WAIT, o, -1, deadline);
        o = sem_at(sem, pc);
        o->waiters--;
        if (!woken)
            return failed(ETIMEDOUT);
        cancel_check(); /* what woke it is there for another yet */
    }
    --*value_of(sem);
    o->value = 0;
    clock_acquire(o);
    return 0;
}

static int take_until(sem_t *sem, const struct timespec *until, uptr pc) {
    return time_valid(until) ? take(sem, false, time_of(until), pc) : failed(EINVAL);
}

EXPORT int sem_wait(sem_t *sem) {
    return take(sem, false, 0, CALLER);
}
EXPORT int sem_trywait(sem_t *sem) {
    return take(sem, true, 0, CALLER);
}
EXPORT int sem_timedwait(sem_t *sem, const struct timespec *until) {
    return take_until(sem, until, CALLER);
}
EXPORT int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *until) {
    (void)clock; /* all clocks show the same time */
    return take_until(sem, until, CALLER);
}

EXPORT int sem_post(sem_t *sem) {
    uptr pc = CALLER;
    bool exploring = point_sync(EVENT_SEM_POST, sem, pc);
    struct object *o = exploring ? sem_at(sem, pc) : NULL;
    if (*value_of(sem) == SEM_VALUE_MAX)
        return failed(EOVERFLOW);
    ++*value_of(sem);
    if (exploring) {
        clock_release(o);
        unblock_waiters(o);
    }
    return 0;
}

EXPORT int sem_getvalue(sem_t *sem, int *value) {
    uptr pc = CALLER;
    if (point(EVENT_ATOMIC_LOAD, (uptr)sem, sizeof *value, pc)) {
        sem_at(sem, pc);
        if (rt.traced)
            trace_value((u64)*value_of(sem));
    }
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

EXPORT sem_t *sem_open(const char *name, int flags, ...) {
    (void)name, (void)flags;
    not_covered("sem_open");
    errno = ENOSYS;
    return SEM_FAILED;
}
EXPORT int sem_close(sem_t *sem) {
    (void)sem;
    return failed(EINVAL);
}
EXPORT int sem_unlink(const char *name) {
    (void)name;
    not_covered("sem_unlink");
    return failed(ENOENT);
}
