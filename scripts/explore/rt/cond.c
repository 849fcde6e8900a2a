/*
 * cond.c - pthread_cond_*. Whom a signal wakes is drawn from those who wait; nobody wakes
 * without one. A condition variable orders nothing by itself: the mutex does.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "clock.h"
#include "rt.h"
#include "shadow.h"

static struct object *cond_at(const void *cond, uptr pc) {
    shadow_check_alive((uptr)cond, pc);
    struct object *o = object_at(cond, OBJECT_COND);
    if (o->destroyed)
        fail(FAILURE_MISUSE, (uptr)cond, pc, "use of a destroyed condition variable");
    return o;
}

int cond_wait_from(void *cond, void *mutex, u64 deadline, uptr pc) {
    if (!point_sync(EVENT_COND_WAIT, cond, pc))
        return 0;
    struct object *c = cond_at(cond, pc), *m = mutex_at(mutex, pc);
    if (!mutex_is_mine(m))
        fail(FAILURE_MISUSE, (uptr)cond, pc,
             "wait on a condition variable without holding the mutex");
    if (c->waiters && c->partner != (uptr)mutex)
        fail(FAILURE_MISUSE, (uptr)cond, pc, "condition variable with two mutexes");
    cancel_check();
    c->partner = (uptr)mutex;
    c->waiters++;
    int count = mutex_give(m);
    bool woken = block(EVENT_COND_WAIT, c, -1, deadline);
    c->waiters--;
    point_sync(EVENT_COND_WOKEN, cond, pc);
    mutex_take(m, count);
    cancel_check();
    return woken ? 0 : ETIMEDOUT;
}

EXPORT int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex) {
    return cond_wait_from(cond, mutex, 0, CALLER);
}
EXPORT int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *until) {
    return cond_wait_from(cond, mutex, time_of(until), CALLER);
}
EXPORT int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock,
                                  const struct timespec *until) {
    (void)clock;
    return cond_wait_from(cond, mutex, time_of(until), CALLER);
}

int cond_wake_from(void *cond, bool all, uptr pc) {
    if (!point_sync(all ? EVENT_COND_BROADCAST : EVENT_COND_SIGNAL, cond, pc))
        return 0;
    struct object *c = cond_at(cond, pc);
    struct thread *asleep[THREADS_MAX];
    int n = 0;
    for (int i = 0; i < rt.thread_count; i++)
        if (threads[i].state == THREAD_BLOCKED && threads[i].wait_for == c)
            asleep[n++] = &threads[i];
    if (!n)
        return 0;
    if (!all)
        unblock(asleep[n > 1 ? choose((u64)n) : 0]);
    else
        for (int i = 0; i < n; i++)
            unblock(asleep[i]);
    return 0;
}

EXPORT int pthread_cond_signal(pthread_cond_t *cond) {
    return cond_wake_from(cond, false, CALLER);
}
EXPORT int pthread_cond_broadcast(pthread_cond_t *cond) {
    return cond_wake_from(cond, true, CALLER);
}

EXPORT int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attributes) {
    uptr pc = CALLER;
    (void)attributes;
    bool exploring = point_sync(EVENT_OBJECT_INIT, cond, pc);
    if (exploring)
        shadow_access((uptr)cond, sizeof *cond, true, false, pc);
    memset(cond, 0, sizeof *cond);
    if (exploring)
        object_fresh(cond, OBJECT_COND);
    return 0;
}

EXPORT int pthread_cond_destroy(pthread_cond_t *cond) {
    uptr pc = CALLER;
    if (!point_sync(EVENT_OBJECT_DESTROY, cond, pc))
        return 0;
    struct object *c = cond_at(cond, pc);
    if (c->waiters)
        fail(FAILURE_MISUSE, (uptr)cond, pc, "destroy of a condition variable with waiters");
    shadow_access((uptr)cond, sizeof *cond, true, false, pc);
    c->destroyed = true;
    return 0;
}
