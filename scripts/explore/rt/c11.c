/*
 * c11.c - <threads.h>, over the same pieces: in glibc mtx_t is a pthread_mutex_t, and so on.
 */
#include <errno.h>
#include <pthread.h>
#include <threads.h>

#include "rt.h"

static int result_of(int error) {
    return error == 0           ? thrd_success
           : error == EBUSY     ? thrd_busy
           : error == ETIMEDOUT ? thrd_timedout
           : error == ENOMEM    ? thrd_nomem
                                : thrd_error;
}

/* int and void * are returned in the same register on all that we know of; but let us
 * not rely on it: the function and its argument travel in the thread's own memory. */
static void *begin(void *argument) {
    struct thread *t = rt.current;
    union {
        void *object;
        thrd_start_t function;
    } start = {.object = t->c11_start};
    return (void *)(long)start.function(argument);
}

EXPORT int thrd_create(thrd_t *thread, thrd_start_t function, void *argument) {
    union {
        thrd_start_t function;
        void *object;
    } start = {.function = function};
    struct thread *t = thread_start(begin, argument, false, CALLER);
    if (!t)
        return thrd_nomem;
    t->c11_start = start.object;
    *thread = (thrd_t)t->handle;
    return thrd_success;
}

EXPORT int thrd_join(thrd_t thread, int *result) {
    struct thread *t = thread_of((uptr)thread);
    void *value = NULL;
    point_sync(EVENT_THREAD_JOIN, (void *)(t ? (uptr)t->id : 0), CALLER);
    int error = thread_join(t, &value, 0, CALLER);
    if (!error && result)
        *result = (int)(long)value;
    return result_of(error);
}

EXPORT int thrd_detach(thrd_t thread) {
    return result_of(pthread_detach(thread));
}
EXPORT _Noreturn void thrd_exit(int result) {
    thread_leave((void *)(long)result);
}
EXPORT int thrd_sleep(const struct timespec *time, struct timespec *left) {
    (void)left;
    sleep_for((u64)time->tv_sec * 1000000000u + (u64)time->tv_nsec, CALLER);
    return 0;
}
EXPORT void thrd_yield(void) {
    yield_from(CALLER);
}

EXPORT int mtx_init(mtx_t *mutex, int type) {
    int kind = type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL;
    mutex_init_from((void *)mutex, kind, CALLER);
    return thrd_success;
}
EXPORT void mtx_destroy(mtx_t *mutex) {
    mutex_destroy_from((void *)mutex, CALLER);
}
EXPORT int mtx_lock(mtx_t *mutex) {
    return result_of(mutex_lock_from((void *)mutex, false, 0, CALLER));
}
EXPORT int mtx_trylock(mtx_t *mutex) {
    return result_of(mutex_lock_from((void *)mutex, true, 0, CALLER));
}
EXPORT int mtx_timedlock(mtx_t *mutex, const struct timespec *until) {
    return result_of(mutex_lock_from((void *)mutex, false, time_of(until), CALLER));
}
EXPORT int mtx_unlock(mtx_t *mutex) {
    return result_of(mutex_unlock_from((void *)mutex, CALLER));
}

EXPORT int cnd_init(cnd_t *cond) {
    pthread_cond_init((pthread_cond_t *)(void *)cond, NULL);
    return thrd_success;
}
EXPORT void cnd_destroy(cnd_t *cond) {
    pthread_cond_destroy((pthread_cond_t *)(void *)cond);
}
EXPORT int cnd_wait(cnd_t *cond, mtx_t *mutex) {
    return result_of(cond_wait_from(cond, mutex, 0, CALLER));
}
EXPORT int cnd_timedwait(cnd_t *restrict cond, mtx_t *restrict mutex,
                         const struct timespec *restrict until) {
    return result_of(cond_wait_from(cond, mutex, time_of(until), CALLER));
}
EXPORT int cnd_signal(cnd_t *cond) {
    return result_of(cond_wake_from(cond, false, CALLER));
}
EXPORT int cnd_broadcast(cnd_t *cond) {
    return result_of(cond_wake_from(cond, true, CALLER));
}

EXPORT int tss_create(tss_t *key, tss_dtor_t destroy) {
    return result_of(pthread_key_create(key, destroy));
}
EXPORT void tss_delete(tss_t key) {
    pthread_key_delete(key);
}
EXPORT void *tss_get(tss_t key) {
    return pthread_getspecific(key);
}
EXPORT int tss_set(tss_t key, void *value) {
    return result_of(pthread_setspecific(key, value));
}
