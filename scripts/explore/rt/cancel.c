/*
 * cancel.c - how a thread is cancelled, and what it leaves when it ends early.
 *
 * In C, pthread_cleanup_push makes jump buffers (glibc's pthread.h): a list per thread,
 * the newest first. Leaving jumps to the newest, whose code calls the handler and then
 * __pthread_unwind_next(), which goes on leaving. In C++, and with -fexceptions, what is
 * to be done lies in the frames: there the unwinder (libgcc's, where the program has it)
 * goes through all of them, and at each asks stop(), which jumps when it comes by a buffer.
 *
 * Cancellation points are: waits on condition variables and semaphores, joins, sleeps and
 * pthread_testcancel.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <unwind.h>

#include "rt.h"

#pragma weak _Unwind_ForcedUnwind
#pragma weak _Unwind_GetCFA

/* --- what was pushed and not popped ------------------------------------------------- */

EXPORT void __pthread_register_cancel(__pthread_unwind_buf_t *buffer) {
    buffer->__pad[0] = rt.current->cleanups;
    rt.current->cleanups = buffer;
}

EXPORT void __pthread_unregister_cancel(__pthread_unwind_buf_t *buffer) {
    rt.current->cleanups = buffer->__pad[0];
}

/* pthread_cleanup_push_defer_np */
EXPORT void __pthread_register_cancel_defer(__pthread_unwind_buf_t *buffer) {
    buffer->__pad[1] = (void *)(uptr)rt.current->cancel_async;
    rt.current->cancel_async = 0;
    __pthread_register_cancel(buffer);
}

EXPORT void __pthread_unregister_cancel_restore(__pthread_unwind_buf_t *buffer) {
    rt.current->cancel_async = buffer->__pad[1] != NULL;
    __pthread_unregister_cancel(buffer);
}

/* What programs of long ago were compiled to. */
EXPORT void _pthread_cleanup_push(struct _pthread_cleanup_buffer *handler, void (*routine)(void *),
                                  void *argument) {
    handler->__routine = routine;
    handler->__arg = argument;
    handler->__prev = rt.current->handlers;
    rt.current->handlers = handler;
}

EXPORT void _pthread_cleanup_pop(struct _pthread_cleanup_buffer *handler, int execute) {
    rt.current->handlers = handler->__prev;
    if (execute)
        handler->__routine(handler->__arg);
}

/* Everything that lies below sp on the stack is left; may jump there. */
static void leave(uptr sp) {
    struct thread *t = rt.current;
    struct _pthread_cleanup_buffer *handler;
    while ((handler = t->handlers) && (uptr)handler < sp
           && (!t->cleanups || (uptr)handler < (uptr)t->cleanups)) {
        t->handlers = handler->__prev;
        handler->__routine(handler->__arg);
    }
    __pthread_unwind_buf_t *buffer = t->cleanups;
    if (!buffer || (uptr)buffer >= sp)
        return;
    once_leave((uptr)buffer);
    /* volatile: the compiler knows that this is shorter than a sigjmp_buf, which has a
     * signal mask at its end; none was saved */
    struct __jmp_buf_tag *volatile to = (void *)buffer->__cancel_jmp_buf;
    siglongjmp(to, 1);
}

/* --- through the frames --------------------------------------------------------------- */

/* The unwinder is about to leave the frame whose stack pointer it tells. */
static _Unwind_Reason_Code stop(int version, _Unwind_Action actions, _Unwind_Exception_Class kind,
                                struct _Unwind_Exception *exception,
                                struct _Unwind_Context *context, void *nothing) {
    (void)version, (void)kind, (void)exception, (void)nothing;
    if (actions & _UA_END_OF_STACK) {
        leave(~(uptr)0);
        once_leave(~(uptr)0);
        thread_finish();
    }
    leave((uptr)_Unwind_GetCFA(context));
    return _URC_NO_REASON;
}

static void not_rethrown(_Unwind_Reason_Code reason, struct _Unwind_Exception *exception) {
    (void)reason, (void)exception;
    if (rt.active)
        fail(FAILURE_ABORT, 0, rt.current->last_pc,
             "catch (...) keeps a thread that is cancelled or ends: it must throw again");
}

void cancel_clean(void) {
    static struct _Unwind_Exception leaving[THREADS_MAX];
    struct thread *t = rt.current;
    if (_Unwind_ForcedUnwind && _Unwind_GetCFA && t->top != t->frames) {
        struct _Unwind_Exception *e = &leaving[t->id];
        __builtin_memset(e, 0, sizeof *e);
        e->exception_cleanup = not_rethrown;
        _Unwind_ForcedUnwind(e, stop, NULL); /* comes back only if it cannot */
    }
    leave(~(uptr)0);
    once_leave(~(uptr)0);
}

EXPORT _Noreturn void __pthread_unwind_next(__pthread_unwind_buf_t *buffer) {
    rt.current->cleanups = buffer->__pad[0];
    cancel_clean();
    thread_finish();
}

/* --- cancelling ------------------------------------------------------------------------ */

static bool leaves(const struct thread *t) {
    return t->cancelled && !t->cancel_off && !t->exiting;
}

bool cancel_wanted(void) {
    return rt.active && leaves(rt.current);
}

void cancel_check(void) {
    if (cancel_wanted())
        thread_leave(PTHREAD_CANCELED);
}

EXPORT void pthread_testcancel(void) {
    if (!point_sync(EVENT_SYSTEM, NULL, CALLER))
        return;
    cancel_check();
    if (++rt.current->tests % 20 == 0) /* perhaps it does nothing but wait for that */
        yield_now();
}

EXPORT int pthread_cancel(pthread_t handle) {
    uptr pc = CALLER;
    struct thread *t = thread_of((uptr)handle);
    if (!t)
        return ESRCH;
    point_sync(EVENT_THREAD_CANCEL, (void *)(uptr)t->id, pc);
    if (t->joined)
        fail(FAILURE_MISUSE, 0, pc, "cancel of a thread joined already");
    if (t->state == THREAD_FINISHED)
        return 0;
    t->cancelled = true;
    bool at_a_point = t->waits == EVENT_COND_WAIT || t->waits == EVENT_SEM_WAIT
                      || t->waits == EVENT_THREAD_JOIN || t->waits == EVENT_SYSTEM;
    if (t->state == THREAD_BLOCKED && at_a_point && leaves(t))
        unblock(t);
    else if (t == rt.current && t->cancel_async)
        cancel_check();
    return 0;
}

EXPORT int pthread_setcancelstate(int state, int *old) {
    struct thread *t = rt.current;
    if (state != PTHREAD_CANCEL_DISABLE && state != PTHREAD_CANCEL_ENABLE)
        return EINVAL;
    if (old)
        *old = t->cancel_off ? PTHREAD_CANCEL_DISABLE : PTHREAD_CANCEL_ENABLE;
    t->cancel_off = state == PTHREAD_CANCEL_DISABLE;
    if (t->cancel_async)
        cancel_check();
    return 0;
}

/* An asynchronous cancellation is one at the next cancellation point. */
EXPORT int pthread_setcanceltype(int type, int *old) {
    struct thread *t = rt.current;
    if (type != PTHREAD_CANCEL_DEFERRED && type != PTHREAD_CANCEL_ASYNCHRONOUS)
        return EINVAL;
    if (old)
        *old = t->cancel_async ? PTHREAD_CANCEL_ASYNCHRONOUS : PTHREAD_CANCEL_DEFERRED;
    t->cancel_async = type == PTHREAD_CANCEL_ASYNCHRONOUS;
    if (t->cancel_async) {
        not_covered("asynchronous cancellation");
        cancel_check();
    }
    return 0;
}
