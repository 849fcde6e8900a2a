/*
 * sem.c - sem_*. The value lies in the semaphore itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <stdarg.h>
#include <string.h>

#include "clock.h"
#include "io.h"
#include "shadow.h"
#include "sys.h"

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
        u32 interrupted = rt.current->interrupted;
        bool woken = block(EVENT_SEM_WAIT, o, -1, deadline);
        o = sem_at(sem, pc);
        o->waiters--;
        if (!woken)
            return failed(ETIMEDOUT);
        cancel_check(); /* what woke it is there for another yet */
        if (rt.current->interrupted != interrupted)
            return failed(EINTR);
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

/* --- named ones: those of one schedule, which begins with none ------------------------- */

enum { NAMED = 32 };
static struct {
    char name[64];
    int users;
    bool unlinked;
    sem_t sem;
} named[NAMED];
static int named_most; /* places that may be taken */

void named_begin(void) {
    for (; named_most; named_most--)
        named[named_most - 1].name[0] = 0;
}

static int find_named(const char *name) {
    for (int i = 0; i < NAMED; i++)
        if (named[i].name[0] && !named[i].unlinked && !strcmp(named[i].name, name))
            return i;
    return -1;
}

/* -1: there is no place. */
static int make_named(const char *name, unsigned value) {
    for (int i = 0; i < NAMED; i++)
        if (!named[i].name[0]) {
            print_into(named[i].name, sizeof named[i].name, "%s", name);
            named[i].unlinked = false;
            named[i].users = 0;
            memset(&named[i].sem, 0, sizeof(sem_t));
            *value_of(&named[i].sem) = (int)value;
            object_fresh(&named[i].sem, OBJECT_SEM);
            named_most = i + 1 > named_most ? i + 1 : named_most;
            return i;
        }
    return -1;
}

EXPORT sem_t *sem_open(const char *name, int flags, ...) {
    va_list list;
    va_start(list, flags);
    unsigned value = flags & O_CREAT ? (va_arg(list, mode_t), va_arg(list, unsigned)) : 0;
    va_end(list);
    point_sync(EVENT_OBJECT_INIT, NULL, CALLER);
    int i = find_named(name);
    bool there = i >= 0;
    if (!there && flags & O_CREAT)
        i = make_named(name, value);
    if (i < 0 || (there && flags & O_CREAT && flags & O_EXCL)) {
        errno = i >= 0 ? EEXIST : flags & O_CREAT ? ENFILE : ENOENT;
        return SEM_FAILED;
    }
    named[i].users++;
    return &named[i].sem;
}

static void forget(int i) {
    if (named[i].unlinked && named[i].users <= 0)
        named[i].name[0] = 0;
}
EXPORT int sem_close(sem_t *sem) {
    point_sync(EVENT_OBJECT_DESTROY, sem, CALLER);
    for (int i = 0; i < NAMED; i++)
        if (sem == &named[i].sem) {
            named[i].users--;
            forget(i);
            return 0;
        }
    return failed(EINVAL);
}
EXPORT int sem_unlink(const char *name) {
    point_sync(EVENT_OBJECT_DESTROY, NULL, CALLER);
    int i = find_named(name);
    if (i < 0)
        return failed(ENOENT);
    named[i].unlinked = true;
    forget(i);
    return 0;
}
