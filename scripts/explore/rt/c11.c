/*
 * c11.c - <threads.h>, over the same pieces: in glibc mtx_t is a pthread_mutex_t, and so
 * on. (call_once is in once.c; thrd_current and thrd_equal are glibc's own.)
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

/* --- threads -------------------------------------------------------------------------- */

/* An int is returned in the register of a void * on all that we know of. So the thread
 * begins in the program's function, and reports can name that. */
EXPORT int thrd_create(thrd_t *thread, thrd_start_t function, void *argument) {
    union {
        thrd_start_t c11;
        void *(*posix)(void *);
    } start = {.c11 = function};
    struct thread *t = thread_start(start.posix, argument, false, CALLER);
    if (!t)
        return thrd_nomem;
    *thread = (thrd_t)t->handle;
    return thrd_success;
}

EXPORT int thrd_join(thrd_t thread, int *result) {
    uptr pc = CALLER;
    struct thread *t = thread_of((uptr)thread);
    void *value = NULL;
    if (!point_sync(EVENT_THREAD_JOIN, (void *)(t ? (uptr)t->id : 0), pc))
        return thrd_error;
    int error = thread_join(t, &value, 0, pc);
    if (!error && result)
        *result = (int)(long)value;
    return result_of(error);
}

EXPORT int thrd_detach(thrd_t thread) {
    return result_of(thread_detach_from((uptr)thread, CALLER));
}

EXPORT _Noreturn void thrd_exit(int result) {
    thread_leave((void *)(long)result);
}

EXPORT int thrd_sleep(const struct timespec *time, struct timespec *left) {
    (void)left; /* no signal ends it */
    if (!time_valid(time) || time->tv_sec < 0)
        return -2;
    sleep_for((u64)time->tv_sec * 1000000000u + (u64)time->tv_nsec, CALLER);
    return 0;
}

EXPORT void thrd_yield(void) {
    yield_from(CALLER);
}

/* --- locks and condition variables ------------------------------------------------------ */

EXPORT int mtx_init(mtx_t *mutex, int type) {
    int kind = type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL;
    mutex_init_from(mutex, kind, CALLER);
    return thrd_success;
}
EXPORT void mtx_destroy(mtx_t *mutex) {
    mutex_destroy_from(mutex, CALLER);
}
EXPORT int mtx_lock(mtx_t *mutex) {
    return result_of(mutex_lock_from(mutex, false, 0, CALLER));
}
EXPORT int mtx_trylock(mtx_t *mutex) {
    return result_of(mutex_lock_from(mutex, true, 0, CALLER));
}
EXPORT int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict until) {
    return result_of(mutex_lock_until(mutex, until, CALLER));
}
EXPORT int mtx_unlock(mtx_t *mutex) {
    return result_of(mutex_unlock_from(mutex, CALLER));
}

EXPORT int cnd_init(cnd_t *cond) {
    cond_init_from(cond, CALLER);
    return thrd_success;
}
EXPORT void cnd_destroy(cnd_t *cond) {
    cond_destroy_from(cond, CALLER);
}
EXPORT int cnd_wait(cnd_t *cond, mtx_t *mutex) {
    return result_of(cond_wait_from(cond, mutex, 0, CALLER));
}
EXPORT int cnd_timedwait(cnd_t *restrict cond, mtx_t *restrict mutex,
                         const struct timespec *restrict until) {
    if (!time_valid(until))
        return thrd_error;
    return result_of(cond_wait_from(cond, mutex, time_of(until), CALLER));
}
EXPORT int cnd_signal(cnd_t *cond) {
    return result_of(cond_wake_from(cond, false, CALLER));
}
EXPORT int cnd_broadcast(cnd_t *cond) {
    return result_of(cond_wake_from(cond, true, CALLER));
}

/* --- keys ------------------------------------------------------------------------------- */

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
