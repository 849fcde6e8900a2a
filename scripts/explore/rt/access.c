/*
 * access.c - what the compiler calls at each access to memory and at each function's
 * beginning and end (-fsanitize=thread), but for atomics.
 */
#include "policy.h"
#include "rt.h"
#include "shadow.h"

static NOINLINE void access_when_due(uptr address, u32 size, bool write, uptr pc) {
    if (point_due(write ? EVENT_WRITE : EVENT_READ, address, size, pc))
        shadow_access(address, size, write, false, pc);
}

/* Most events are these, and most of them take the short way. */
INLINE void access(const void *address, u32 size, bool write, uptr pc) {
    if (unlikely(++rt.step >= rt.stop))
        access_when_due((uptr)address, size, write, pc);
    else
        shadow_access((uptr)address, size, write, false, pc);
}

void access_range(const void *address, size_t size, bool write, uptr pc) {
    if (size && point(write ? EVENT_WRITE : EVENT_READ, (uptr)address, (u32)size, pc))
        shadow_access((uptr)address, size, write, false, pc);
}

#define ACCESSES(prefix, size)                                                                     \
    EXPORT void __tsan_##prefix##read##size(void *p) {                                             \
        access(p, size, false, CALLER);                                                            \
    }                                                                                              \
    EXPORT void __tsan_##prefix##write##size(void *p) {                                            \
        access(p, size, true, CALLER);                                                             \
    }                                                                                              \
    EXPORT void __tsan_##prefix##read_write##size(void *p) {                                       \
        access(p, size, false, CALLER);                                                            \
        access(p, size, true, CALLER);                                                             \
    }
#define SIZES(prefix)                                                                              \
    ACCESSES(prefix, 1)                                                                            \
    ACCESSES(prefix, 2) ACCESSES(prefix, 4) ACCESSES(prefix, 8) ACCESSES(prefix, 16)
SIZES()
SIZES(unaligned_)
SIZES(volatile_)
SIZES(unaligned_volatile_)

EXPORT void __tsan_read_range(void *p, size_t size) {
    access_range(p, size, false, CALLER);
}
EXPORT void __tsan_write_range(void *p, size_t size) {
    access_range(p, size, true, CALLER);
}
EXPORT void __tsan_vptr_read(void **p) {
    access(p, 8, false, CALLER);
}
EXPORT void __tsan_vptr_update(void **p, void *value) {
    if (*p != value) /* a constructor that writes what is there is no race: as TSan does */
        access(p, 8, true, CALLER);
}

EXPORT void __tsan_init(void) {
}
EXPORT void __tsan_ignore_thread_begin(void) {
}
EXPORT void __tsan_ignore_thread_end(void) {
}

/* --- the call stack ------------------------------------------------------------------ */

/* Entries that a longjmp or an exception left behind lie below the caller's frame, and go
 * with the next call. */
EXPORT void __tsan_func_entry(void *caller) {
    struct thread *t = rt.current;
    uptr sp = (uptr)__builtin_frame_address(0);
    struct frame_entry *top = t->top;
    while (unlikely(top->sp <= sp))
        top--;
    if (likely(top < t->limit))
        top++;
    top->pc = (uptr)caller;
    top->sp = sp;
    t->top = top;
}

EXPORT void __tsan_func_exit(void) {
    struct thread *t = rt.current;
    if (likely(t->top > t->frames))
        t->top--;
}

/* mem* that the compiler calls by these names (clang) */
extern void *__wrap_memcpy(void *, const void *, size_t), *__wrap_memset(void *, int, size_t),
    *__wrap_memmove(void *, const void *, size_t);
EXPORT void *__tsan_memcpy(void *to, const void *from, size_t n) {
    return __wrap_memcpy(to, from, n);
}
EXPORT void *__tsan_memmove(void *to, const void *from, size_t n) {
    return __wrap_memmove(to, from, n);
}
EXPORT void *__tsan_memset(void *to, int value, size_t n) {
    return __wrap_memset(to, value, n);
}
