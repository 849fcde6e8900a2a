/*
 * atomics.c - C11 atomics and fences, of both compilers.
 *
 * Each is one event, and done as it is: an exploration is sequentially consistent unless
 * weak memory is asked for. Happens-before follows the standard's orders (a release
 * sequence, fences), so that a race hidden by luck is seen. An object is kept only for
 * atomics that something was released into.
 */
#include "clock.h"
#include "rt.h"
#include "shadow.h"
#include "weak.h"

INLINE bool acquires(int order) {
    return order == CONSUME || order == ACQUIRE || order >= ACQ_REL;
}
INLINE bool releases(int order) {
    return order >= RELEASE;
}

/* What was released into the store that was read. */
static void acquire(const u32 *clock, int order) {
    struct thread *t = rt.current;
    if (acquires(order)) {
        clock_join(t->clock, clock);
    } else {
        if (!t->fence_acquire)
            for (int i = 0; i < rt.thread_count; i++)
                t->acquire_fence[i] = 0;
        t->fence_acquire = true;
        clock_join(t->acquire_fence, clock);
    }
}

static void after_load(const void *address, int order) {
    const struct object *o = object_known(address);
    if (o && o->type == OBJECT_ATOMIC)
        acquire(o->clock, order);
}

/* The same where an old value may be read: which. */
static NOINLINE u64 load_weak(const void *address, u32 size, u64 now, int order) {
    struct weak_value v = weak_load((uptr)address, size, now, order);
    if (v.clock)
        acquire(v.clock, order);
    if (!v.old)
        after_load(address, order);
    else if (rt.traced && v.value != now)
        trace_old(now);
    return v.value;
}

/* … and where it may not, but is seen to be read. */
static NOINLINE void newest_weak(const void *address, u32 size, u64 now, int order) {
    struct weak_value v = weak_newest((uptr)address, size, now, order);
    if (v.clock)
        acquire(v.clock, order);
}

/* A store begins a release sequence anew, a read-modify-write goes on with it, and so does
 * a store by the thread that began it (C11, 5.1.2.4; C++20 has this no more). */
static void before_store(const void *address, int order, bool change) {
    struct thread *t = rt.current;
    bool begins = releases(order) || t->fence_release;
    struct object *o = begins ? object_at(address, OBJECT_ATOMIC) : object_known(address);
    if (!o || o->type != OBJECT_ATOMIC)
        return;
    if (!change && !o->held_by[t->id])
        for (int i = 0; i < rt.thread_count; i++)
            o->clock[i] = o->held_by[i] = 0;
    if (begins)
        o->held_by[t->id] = 1;
    if (releases(order))
        clock_release(o);
    else if (begins)
        clock_join(o->clock, t->release_fence);
}

/* The same value again and again, and nothing else: it waits for somebody. */
static void saw(const void *address, u64 value, bool progress) {
    struct thread *t = rt.current;
    if (progress || t->spin_address != (uptr)address || t->spin_value != value) {
        t->spin_address = (uptr)address;
        t->spin_value = value;
        t->spin_count = 0;
    } else if (++t->spin_count >= 20) {
        yield_now();
    }
}

INLINE bool begin(enum event_kind kind, const volatile void *address, u32 size, int order,
                  uptr pc) {
    if (!point(kind, (uptr)address, size, pc))
        return false;
    shadow_access((uptr)address, size, kind != EVENT_ATOMIC_LOAD, true, pc);
    if (unlikely(rt.traced))
        trace_order(order);
    return true;
}

INLINE void told(u64 value) {
    if (unlikely(rt.traced))
        trace_value(value);
}

#define LOAD_AND_STORE(bits, type)                                                                 \
    EXPORT type __tsan_atomic##bits##_load(const volatile type *p, int order) {                    \
        if (!begin(EVENT_ATOMIC_LOAD, p, sizeof *p, order, CALLER))                                \
            return *p;                                                                             \
        type value = *p;                                                                           \
        if (unlikely(rt.weak) && sizeof value <= 8)                                                \
            value = (type)load_weak((const void *)p, sizeof value, (u64)value, order);             \
        else                                                                                       \
            after_load((const void *)p, order);                                                    \
        told((u64)value);                                                                          \
        saw((const void *)p, (u64)value, false);                                                   \
        return value;                                                                              \
    }                                                                                              \
    EXPORT void __tsan_atomic##bits##_store(volatile type *p, type value, int order) {             \
        if (begin(EVENT_ATOMIC_STORE, p, sizeof *p, order, CALLER)) {                              \
            before_store((const void *)p, order, false);                                           \
            if (unlikely(rt.weak) && sizeof value <= 8)                                            \
                weak_store((uptr)p, sizeof value, (u64)*p, (u64)value, order, false);              \
            told((u64)value);                                                                      \
        }                                                                                          \
        *p = value;                                                                                \
    }

/* Everything that reads and writes in one. */
#define CHANGE(bits, type, name, result)                                                           \
    EXPORT type __tsan_atomic##bits##_##name(volatile type *p, type v, int order) {                \
        bool exploring = begin(EVENT_ATOMIC_RMW, p, sizeof *p, order, CALLER);                     \
        type old = *p, new = (type)(result);                                                       \
        if (exploring) {                                                                           \
            if (unlikely(rt.weak) && sizeof v <= 8)                                                \
                newest_weak((const void *)p, sizeof v, (u64)old, order);                           \
            after_load((const void *)p, order);                                                    \
            before_store((const void *)p, order, true);                                            \
            if (unlikely(rt.weak) && sizeof v <= 8)                                                \
                weak_store((uptr)p, sizeof v, (u64)old, (u64) new, order, true);                   \
            told((u64) new);                                                                       \
        }                                                                                          \
        *p = new;                                                                                  \
        if (exploring) /* last: it may let others run, and this is one step */                     \
            saw((const void *)p, (u64)old, new != old);                                            \
        return old;                                                                                \
    }

/* A failed comparison is a load, with an order of its own. */
#define COMPARE(bits, type)                                                                        \
    static bool compare##bits(volatile type *p, type *expected, type value, int order, int failed, \
                              uptr pc) {                                                           \
        bool exploring = point(EVENT_ATOMIC_RMW, (uptr)p, sizeof *p, pc);                          \
        type old = *p;                                                                             \
        bool same = old == *expected;                                                              \
        if (exploring) {                                                                           \
            shadow_access((uptr)p, sizeof *p, same, true, pc);                                     \
            if (rt.traced)                                                                         \
                trace_order(order);                                                                \
            if (unlikely(rt.weak) && sizeof old <= 8)                                              \
                newest_weak((const void *)p, sizeof old, (u64)old, same ? order : failed);         \
            after_load((const void *)p, same ? order : failed);                                    \
            if (same)                                                                              \
                before_store((const void *)p, order, true);                                        \
            if (unlikely(rt.weak) && same && sizeof old <= 8)                                      \
                weak_store((uptr)p, sizeof old, (u64)old, (u64)value, order, true);                \
            told((u64)(same ? value : old));                                                       \
            if (!same && rt.traced)                                                                \
                trace_flag(EVENT_FAILED);                                                          \
        }                                                                                          \
        if (same)                                                                                  \
            *p = value;                                                                            \
        else                                                                                       \
            *expected = old;                                                                       \
        if (exploring)                                                                             \
            saw((const void *)p, (u64)old, same);                                                  \
        return same;                                                                               \
    }                                                                                              \
    EXPORT int __tsan_atomic##bits##_compare_exchange_strong(volatile type *p, type *expected,     \
                                                             type value, int order, int failed) {  \
        return compare##bits(p, expected, value, order, failed, CALLER);                           \
    }                                                                                              \
    EXPORT int __tsan_atomic##bits##_compare_exchange_weak(volatile type *p, type *expected,       \
                                                           type value, int order, int failed) {    \
        return compare##bits(p, expected, value, order, failed, CALLER);                           \
    }                                                                                              \
    EXPORT type __tsan_atomic##bits##_compare_exchange_val(volatile type *p, type expected,        \
                                                           type value, int order, int failed) {    \
        compare##bits(p, &expected, value, order, failed, CALLER);                                 \
        return expected;                                                                           \
    }

#define ATOMICS(bits, type)                                                                        \
    LOAD_AND_STORE(bits, type)                                                                     \
    CHANGE(bits, type, exchange, v)                                                                \
    CHANGE(bits, type, fetch_add, old + v)                                                         \
    CHANGE(bits, type, fetch_sub, old - v)                                                         \
    CHANGE(bits, type, fetch_and, old &v)                                                          \
    CHANGE(bits, type, fetch_or, old | v)                                                          \
    CHANGE(bits, type, fetch_xor, old ^ v)                                                         \
    CHANGE(bits, type, fetch_nand, ~(old & v))                                                     \
    COMPARE(bits, type)
__extension__ typedef unsigned __int128 u128;
ATOMICS(8, u8)
ATOMICS(16, u16)
ATOMICS(32, u32)
ATOMICS(64, u64)
ATOMICS(128, u128)

EXPORT void __tsan_atomic_thread_fence(int order) {
    if (!point(EVENT_FENCE, 0, 0, CALLER))
        return;
    struct thread *t = rt.current;
    if (rt.traced)
        trace_order(order);
    if (acquires(order) && t->fence_acquire)
        clock_join(t->clock, t->acquire_fence);
    if (releases(order)) {
        clock_tick();
        clock_copy(t->release_fence, t->clock);
        t->fence_release = true;
    }
    if (unlikely(rt.weak) && order == SEQ_CST)
        weak_fence();
}

EXPORT void __tsan_atomic_signal_fence(int order) {
    (void)order;
}
