/*
 * once.c - pthread_once, call_once, and C++'s guards of local statics. That it is done is
 * kept where glibc and the C++ ABI keep it: in the program's own memory.
 *
 * A function that is left by an exception or by the end of its thread has not been run:
 * the next one to come runs it.
 */
#include <pthread.h>
#include <threads.h>
#include <unwind.h>

#include "clock.h"
#include "rt.h"
#include "shadow.h"

enum { DONE = 2 };

struct begun { /* on the stack of who runs the function; the newest first */
    int *control;
    struct begun *before;
};

static void ends(struct begun *b, int state) {
    rt.current->onces = b->before;
    *b->control = state;
    if (!rt.active)
        return;
    struct object *o = object_at(b->control, OBJECT_ONCE);
    clock_release(o);
    o->owner = 0;
    unblock_waiters(o);
}

void once_leave(uptr sp) {
    struct begun *b;
    while ((b = rt.current->onces) && (uptr)b < sp)
        ends(b, 0);
}

/* What an unwinder asks when it comes by run() (C++ ABI, "personality routine"). */
_Unwind_Reason_Code once_unwound(int version, _Unwind_Action actions, _Unwind_Exception_Class kind,
                                 struct _Unwind_Exception *exception,
                                 struct _Unwind_Context *context)
    __attribute__((visibility("hidden"), used));
_Unwind_Reason_Code once_unwound(int version, _Unwind_Action actions, _Unwind_Exception_Class kind,
                                 struct _Unwind_Exception *exception,
                                 struct _Unwind_Context *context) {
    (void)version, (void)kind, (void)exception, (void)context;
    struct begun *b = rt.current->onces;
    if (b && actions & _UA_CLEANUP_PHASE)
        ends(b, 0);
    return _URC_CONTINUE_UNWIND;
}

static NOINLINE void run(int *control, void (*function)(void)) {
    __asm__(".cfi_personality 0x1b, once_unwound"); /* pcrel, sdata4 */
    struct begun b = {control, rt.current->onces};
    rt.current->onces = &b;
    function();
    ends(&b, DONE);
}

static void once(int *control, void (*function)(void), uptr pc) {
    if (!point_sync(EVENT_ONCE, control, pc)) {
        if (*control != DONE)
            run(control, function);
        return;
    }
    shadow_check_alive((uptr)control, pc);
    struct object *o = object_at(control, OBJECT_ONCE);
    while (o->owner && *control != DONE)
        block(EVENT_ONCE, o, -1, 0);
    clock_acquire(o);
    if (*control == DONE)
        return;
    o->owner = rt.current->id + 1;
    run(control, function);
}

EXPORT int pthread_once(pthread_once_t *control, void (*function)(void)) {
    once(control, function, CALLER);
    return 0;
}

EXPORT void call_once(once_flag *flag, void (*function)(void)) {
    once((int *)(void *)flag, function, CALLER);
}

/* --- C++ ------------------------------------------------------------------------------ */

/* Itanium C++ ABI, 3.3.3: the first byte of a guard says that it is done. Compiled code
 * looks at that itself, atomically, before it calls these: what it acquires then is in the
 * atomic's object. Who initialises is in a second one. */
static struct object *guard_at(const u64 *guard) {
    return object_second(guard, OBJECT_ONCE);
}

EXPORT int __cxa_guard_acquire(u64 *guard) {
    const volatile u8 *done = (const u8 *)guard;
    if (!point_sync(EVENT_ONCE, guard, CALLER))
        return !*done;
    struct object *o = guard_at(guard);
    while (o->owner && !*done)
        block(EVENT_ONCE, o, -1, 0);
    clock_acquire(o);
    if (*done)
        return 0;
    o->owner = rt.current->id + 1;
    return 1;
}

static void guard_end(u64 *guard, u8 done, uptr pc) {
    bool exploring = point_sync(EVENT_ONCE, guard, pc);
    *(u8 *)guard = done;
    if (!exploring)
        return;
    struct object *o = guard_at(guard);
    clock_release(o);
    clock_join(object_at(guard, OBJECT_ATOMIC)->clock, o->clock);
    o->owner = 0;
    unblock_waiters(o);
}

EXPORT void __cxa_guard_release(u64 *guard) {
    guard_end(guard, 1, CALLER);
}
EXPORT void __cxa_guard_abort(u64 *guard) {
    guard_end(guard, 0, CALLER);
}
