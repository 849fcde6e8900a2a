/*
 * cond.c - pthread_cond_*. Whom a signal wakes is drawn from those who wait; nobody wakes
 * without one. A condition variable orders nothing by itself: the mutex does.
 *
 * Who waits is whoever is blocked in the object: nothing is counted, so that it may be
 * destroyed as soon as all were woken, before they have run (POSIX allows that).
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

static int waiters_of(const struct object *c, struct thread **list) {
    int n = 0;
    for (int i = 0; i < rt.thread_count; i++)
        if (threads[i].state == THREAD_BLOCKED && threads[i].wait_for == c)
            list[n++] = &threads[i];
    return n;
}

static bool has_waiters(const struct object *c) {
    struct thread *list[THREADS_MAX];
    return waiters_of(c, list) > 0;
}

/* 0: signalled, ETIMEDOUT, or ECANCELED: the thread is about to leave. */
static int sleep_in(struct object *c, u64 deadline) {
    const struct thread *me = rt.current;
    u32 token = me->queue_token;
    for (;;) {
        bool in_time = block(EVENT_COND_WAIT, c, -1, deadline);
        if (me->queue_token != token)
            return 0;
        if (!in_time)
            return ETIMEDOUT;
        if (me->cancelled && !me->cancel_off && !me->exiting)
            return ECANCELED;
    }
}

int cond_wait_from(void *cond, void *mutex, u64 deadline, uptr pc) {
    if (!point_sync(EVENT_COND_WAIT, cond, pc))
        return 0;
    struct object *c = cond_at(cond, pc), *m = mutex_at(mutex, pc);
    if (!mutex_is_mine(m))
        fail(FAILURE_MISUSE, (uptr)cond, pc,
             "wait on a condition variable without holding the mutex");
    if (c->partner != (uptr)mutex && has_waiters(c))
        fail(FAILURE_MISUSE, (uptr)cond, pc, "condition variable with two mutexes");
    cancel_check();
    c->partner = (uptr)mutex;
    if (m->count > 1)
        m->count--; /* recursive: glibc unlocks it once, and sleeps with it */
    else
        mutex_give(m);
    int how = sleep_in(c, deadline);
    point_sync(EVENT_COND_WOKEN, cond, pc);
    m = mutex_at(mutex, pc);
    if (mutex_is_mine(m))
        m->count++;
    else
        mutex_take(m, 1);
    if (how != ECANCELED)
        return how;
    cancel_check();
    return 0;
}

static int wait_until(void *cond, void *mutex, const struct timespec *until, uptr pc) {
    return time_valid(until) ? cond_wait_from(cond, mutex, time_of(until), pc) : EINVAL;
}

EXPORT int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex) {
    return cond_wait_from(cond, mutex, 0, CALLER);
}
EXPORT int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                  const struct timespec *until) {
    return wait_until(cond, mutex, until, CALLER);
}
EXPORT int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock,
                                  const struct timespec *until) {
    (void)clock; /* all clocks show the same time */
    return wait_until(cond, mutex, until, CALLER);
}

static void wake(struct thread *t) {
    t->queue_token++;
    unblock(t);
}

int cond_wake_from(void *cond, bool all, uptr pc) {
    if (!point_sync(all ? EVENT_COND_BROADCAST : EVENT_COND_SIGNAL, cond, pc))
        return 0;
    struct thread *asleep[THREADS_MAX];
    int n = waiters_of(cond_at(cond, pc), asleep);
    if (all)
        for (int i = 0; i < n; i++)
            wake(asleep[i]);
    else if (n)
        wake(asleep[n > 1 ? choose((u64)n) : 0]);
    return 0;
}

EXPORT int pthread_cond_signal(pthread_cond_t *cond) {
    return cond_wake_from(cond, false, CALLER);
}
EXPORT int pthread_cond_broadcast(pthread_cond_t *cond) {
    return cond_wake_from(cond, true, CALLER);
}

void cond_init_from(void *cond, uptr pc) {
    bool exploring = point_sync(EVENT_OBJECT_INIT, cond, pc);
    if (exploring) {
        const struct object *c = object_known(cond);
        if (c && c->type == OBJECT_COND && has_waiters(c))
            fail(FAILURE_MISUSE, (uptr)cond, pc,
                 "initialisation of a condition variable with waiters");
        shadow_access((uptr)cond, sizeof(pthread_cond_t), true, false, pc);
    }
    memset(cond, 0, sizeof(pthread_cond_t));
    if (exploring)
        object_fresh(cond, OBJECT_COND);
}

EXPORT int pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attributes) {
    (void)attributes; /* a clock, which shows what all show */
    cond_init_from(cond, CALLER);
    return 0;
}

void cond_destroy_from(void *cond, uptr pc) {
    if (!point_sync(EVENT_OBJECT_DESTROY, cond, pc))
        return;
    struct object *c = cond_at(cond, pc);
    if (has_waiters(c))
        fail(FAILURE_MISUSE, (uptr)cond, pc, "destroy of a condition variable with waiters");
    shadow_access((uptr)cond, sizeof(pthread_cond_t), true, false, pc);
    c->destroyed = true;
}

EXPORT int pthread_cond_destroy(pthread_cond_t *cond) {
    cond_destroy_from(cond, CALLER);
    return 0;
}
