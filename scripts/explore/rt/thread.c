/*
 * thread.c - pthread_create, join, detach, exit.
 */
#include <errno.h>
#include <pthread.h>

#include "clock.h"
#include "fiber.h"
#include "rt.h"
#include "weak.h"

struct thread *thread_of(uptr handle) {
    struct thread *over = NULL;
    for (int i = rt.thread_count - 1; i >= 0; i--) {
        if (threads[i].handle != handle)
            continue;
        if (!threads[i].joined)
            return &threads[i];
        over = &threads[i];
    }
    return over; /* joined already, or NULL */
}

/* Its stack was another thread's before. */
static void forget_stack(const struct thread *t) {
    struct thread_memory m;
    fiber_memory(t->pool, &m);
    weak_forget(m.stack_low, m.stack_high - m.stack_low);
    weak_forget(m.tls_low, m.tls_high - m.tls_low);
}

struct thread *thread_start(void *(*start)(void *), void *argument, bool detached, uptr pc) {
    if (!rt.active)
        cannot_start_threads_yet();
    point_sync(EVENT_THREAD_CREATE, NULL, pc);
    struct thread *c = rt.current, *t = thread_new();
    if (!t)
        return NULL;
    t->start = start;
    t->argument = argument;
    t->detached = detached;
    t->creator = c->id;
    t->masked = c->masked;
    clock_tick();
    clock_copy(t->clock, c->clock);
    t->clock[t->id] = (u32)rt.step;
    if (!fiber_create(t))
        finish_for_more_threads();
    if (rt.weak)
        forget_stack(t);
    if (rt.traced)
        trace_value(t->id);
    return t;
}

EXPORT int pthread_create(pthread_t *handle, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument) {
    int state = PTHREAD_CREATE_JOINABLE;
    if (attributes)
        pthread_attr_getdetachstate(attributes, &state);
    struct thread *t = thread_start(start, argument, state == PTHREAD_CREATE_DETACHED, CALLER);
    if (!t)
        return EAGAIN;
    *handle = t->handle;
    return 0;
}

void thread_main(void) {
    struct thread *t = rt.current;
    point_sync(EVENT_THREAD_START, NULL, (uptr)t->start + 1);
    thread_leave(t->start(t->argument));
}

void thread_finish(void) {
    struct thread *t = rt.current;
    keys_clean(t);
    point_sync(EVENT_THREAD_EXIT, NULL, t->last_pc);
    if (rt.runnable_count == 1) { /* the last one: the process ends */
        bool others = false;
        for (int i = 0; i < rt.thread_count; i++)
            others |= &threads[i] != t && threads[i].state == THREAD_BLOCKED;
        if (!others)
            end_of_process(0, t->last_pc);
    }
    thread_ends();
}

void thread_leave(void *result) {
    struct thread *t = rt.current;
    t->result = result;
    t->exiting = true;
    cancel_clean();
    thread_finish();
}

EXPORT _Noreturn void pthread_exit(void *result) {
    thread_leave(result);
}

int thread_join(struct thread *t, void **result, u64 deadline, uptr pc) {
    struct thread *c = rt.current;
    if (!t)
        return ESRCH;
    if (t == c) {
        fail(FAILURE_MISUSE, 0, pc, "join of itself");
    }
    if (t->joined)
        fail(FAILURE_MISUSE, 0, pc, "join of a thread joined already");
    if (t->detached)
        fail(FAILURE_MISUSE, 0, pc, "join of a detached thread");
    cancel_check();
    while (t->state != THREAD_FINISHED) {
        if (!block(EVENT_THREAD_JOIN, NULL, t->id, deadline))
            return ETIMEDOUT;
        cancel_check();
    }
    clock_join(c->clock, t->clock);
    t->joined = true;
    if (result)
        *result = t->result;
    return 0;
}

static int join(pthread_t handle, void **result, bool try, u64 deadline, uptr pc) {
    if (!rt.active)
        return ESRCH;
    struct thread *t = thread_of(handle);
    point_sync(EVENT_THREAD_JOIN, (void *)(t ? (uptr)t->id : 0), pc);
    if (try && t && t->state != THREAD_FINISHED)
        return EBUSY;
    return thread_join(t, result, deadline, pc);
}

EXPORT int pthread_join(pthread_t handle, void **result) {
    return join(handle, result, false, 0, CALLER);
}

EXPORT int pthread_tryjoin_np(pthread_t handle, void **result) {
    return join(handle, result, true, 0, CALLER);
}

EXPORT int pthread_timedjoin_np(pthread_t handle, void **result, const struct timespec *until) {
    return join(handle, result, false, until ? time_of(until) : 0, CALLER);
}

EXPORT int pthread_clockjoin_np(pthread_t handle, void **result, clockid_t clock,
                                const struct timespec *until) {
    (void)clock;
    return join(handle, result, false, until ? time_of(until) : 0, CALLER);
}

int thread_detach_from(uptr handle, uptr pc) {
    if (!rt.active)
        return 0;
    struct thread *t = thread_of(handle);
    point_sync(EVENT_THREAD_DETACH, (void *)(t ? (uptr)t->id : 0), pc);
    if (!t)
        return ESRCH;
    if (t->joined)
        fail(FAILURE_MISUSE, 0, pc, "detach of a thread joined already");
    if (t->detached)
        fail(FAILURE_MISUSE, 0, pc, "detach of a detached thread");
    t->detached = true;
    return 0;
}

EXPORT int pthread_detach(pthread_t handle) {
    return thread_detach_from(handle, CALLER);
}
