/*
 * once.c - pthread_once, call_once, and C++'s guards of local statics. That it is done is
 * kept where glibc and the C++ ABI keep it: in the program's own memory.
 */
#include <pthread.h>
#include <threads.h>

#include "clock.h"
#include "rt.h"

enum { DONE = 2 };

static void once(int *control, void (*function)(void), uptr pc) {
    if (!point_sync(EVENT_ONCE, control, pc)) {
        if (*control != DONE)
            function();
        *control = DONE;
        return;
    }
    struct object *o = object_at(control, OBJECT_ONCE);
    while (o->owner && *control != DONE)
        block(EVENT_ONCE, o, -1, 0);
    if (*control != DONE) {
        o->owner = rt.current->id + 1;
        function();
        clock_release(o);
        *control = DONE;
        o->owner = 0;
        unblock_waiters(o);
    }
    clock_acquire(o);
}

EXPORT int pthread_once(pthread_once_t *control, void (*function)(void)) {
    once(control, function, CALLER);
    return 0;
}

EXPORT void call_once(once_flag *flag, void (*function)(void)) {
    once((int *)(void *)flag, function, CALLER);
}

/* Itanium C++ ABI, 3.3.3: the first byte of a guard says that it is done. */
EXPORT int __cxa_guard_acquire(u64 *guard) {
    u8 *done = (u8 *)guard;
    if (!point_sync(EVENT_ONCE, guard, CALLER))
        return !*done;
    struct object *o = object_at(guard, OBJECT_ONCE);
    while (o->owner && !*done)
        block(EVENT_ONCE, o, -1, 0);
    if (*done) {
        clock_acquire(o);
        return 0;
    }
    o->owner = rt.current->id + 1;
    return 1;
}

static void guard_end(u64 *guard, u8 done, uptr pc) {
    *(u8 *)guard = done;
    if (!point_sync(EVENT_ONCE, guard, pc))
        return;
    struct object *o = object_at(guard, OBJECT_ONCE);
    clock_release(o);
    o->owner = 0;
    unblock_waiters(o);
}

EXPORT void __cxa_guard_release(u64 *guard) {
    guard_end(guard, 1, CALLER);
}
EXPORT void __cxa_guard_abort(u64 *guard) {
    guard_end(guard, 0, CALLER);
}
