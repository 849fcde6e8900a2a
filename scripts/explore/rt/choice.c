/*
 * choice.c - what a program draws from chance: drawn from the schedule's data seed, so
 * that it is the same in each replay. Seeds that the program gives are accepted and have
 * no effect; but rand_r() is a function of its own seed, and stays what it is.
 */
#include <stdlib.h>
#include <sys/random.h>

#include "rt.h"

static u64 draw(u64 n, uptr pc) {
    u64 value = choose(n);
    if (rt.traced && rt.active && instrumented(pc)) {
        trace_event(EVENT_CHOICE, 0, 0, pc);
        trace_value(value);
    }
    return value;
}

EXPORT int rand(void) {
    return (int)draw((u64)RAND_MAX + 1, CALLER);
}
EXPORT long random(void) {
    return (long)draw((u64)RAND_MAX + 1, CALLER);
}
EXPORT void srand(unsigned seed) {
    (void)seed;
}
EXPORT void srandom(unsigned seed) {
    (void)seed;
}
EXPORT void srand48(long seed) {
    (void)seed;
}
EXPORT double drand48(void) {
    return (double)draw((u64)1 << 48, CALLER) / (double)((u64)1 << 48);
}
EXPORT long lrand48(void) {
    return (long)draw((u64)1 << 31, CALLER);
}
EXPORT long mrand48(void) {
    return (long)draw((u64)1 << 32, CALLER) - ((long)1 << 31);
}

EXPORT ssize_t getrandom(void *buffer, size_t size, unsigned flags) {
    (void)flags;
    for (size_t i = 0; i < size; i++)
        ((u8 *)buffer)[i] = (u8)choose(256);
    return (ssize_t)size;
}
EXPORT int getentropy(void *buffer, size_t size) {
    getrandom(buffer, size, 0);
    return 0;
}

EXPORT unsigned arc4random(void) {
    return (unsigned)draw((u64)1 << 32, CALLER);
}
EXPORT unsigned arc4random_uniform(unsigned bound) {
    return bound ? (unsigned)draw(bound, CALLER) : 0;
}
EXPORT void arc4random_buf(void *buffer, size_t size) {
    getrandom(buffer, size, 0);
}

/* std::random_device, which asks the processor */
EXPORT unsigned random_device(void *device) __asm__("_ZNSt13random_device9_M_getvalEv");
EXPORT unsigned random_device(void *device) {
    (void)device;
    return (unsigned)draw((u64)1 << 32, CALLER);
}
