/*
 * cancel.c - cancellation, and the handlers of pthread_cleanup_push.
 *
 * In C these are jump buffers (glibc's pthread.h): a list per thread, the newest first.
 * Leaving jumps to the newest, whose code calls the handler and then
 * __pthread_unwind_next(), which jumps to the one before. Destructors of C++ objects are
 * not run when a thread leaves so. Cancellation points are: waits on condition variables
 * and semaphores, joins, sleeps, reads and pthread_testcancel; never asynchronously.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>

#include "rt.h"

EXPORT void __pthread_register_cancel(__pthread_unwind_buf_t *buffer) {
    buffer->__pad[0] = rt.current->cleanups;
    rt.current->cleanups = buffer;
}

EXPORT void __pthread_unregister_cancel(__pthread_unwind_buf_t *buffer) {
    rt.current->cleanups = buffer->__pad[0];
}

EXPORT _Noreturn void __pthread_unwind_next(__pthread_unwind_buf_t *buffer) {
    rt.current->cleanups = buffer->__pad[0];
    cancel_clean();
    thread_finish();
}

void cancel_clean(void) {
    __pthread_unwind_buf_t *buffer = rt.current->cleanups;
    /* volatile: the compiler knows that this is shorter than a sigjmp_buf, which has a
     * signal mask at its end; none was saved */
    struct __jmp_buf_tag *volatile to = (void *)buffer->__cancel_jmp_buf;
    if (buffer)
        siglongjmp(to, 1);
}

void cancel_check(void) {
    struct thread *t = rt.current;
    if (t->cancelled && !t->cancel_off && !t->exiting && rt.active)
        thread_leave(PTHREAD_CANCELED);
}

EXPORT void pthread_testcancel(void) {
    cancel_check();
}

EXPORT int pthread_cancel(pthread_t handle) {
    struct thread *t = thread_of((uptr)handle);
    if (!t)
        return ESRCH;
    point_sync(EVENT_THREAD_CANCEL, (void *)(uptr)t->id, CALLER);
    if (t->state == THREAD_FINISHED)
        return 0;
    t->cancelled = true;
    bool at_a_point = t->waits == EVENT_COND_WAIT || t->waits == EVENT_SEM_WAIT
                      || t->waits == EVENT_THREAD_JOIN || t->waits == EVENT_SLEEP;
    if (t->state == THREAD_BLOCKED && at_a_point && !t->cancel_off)
        unblock(t);
    return 0;
}

EXPORT int pthread_setcancelstate(int state, int *old) {
    struct thread *t = rt.current;
    if (old)
        *old = t->cancel_off ? PTHREAD_CANCEL_DISABLE : PTHREAD_CANCEL_ENABLE;
    t->cancel_off = state == PTHREAD_CANCEL_DISABLE;
    return 0;
}

EXPORT int pthread_setcanceltype(int type, int *old) {
    struct thread *t = rt.current;
    if (old)
        *old = t->cancel_async ? PTHREAD_CANCEL_ASYNCHRONOUS : PTHREAD_CANCEL_DEFERRED;
    t->cancel_async = type == PTHREAD_CANCEL_ASYNCHRONOUS;
    if (t->cancel_async)
        not_covered("asynchronous cancellation");
    return 0;
}
