/*
 * futex.c - futex(2), as libstdc++ calls it for std::promise, std::future, C++20's
 * atomics that wait, latches, semaphores and barriers, and as programs do for locks of
 * their own: always by syscall(), which is ours.
 *
 * A futex orders nothing by itself: what its word is read by does. Nobody wakes without
 * being woken. Whom a wake wakes is drawn from those who wait.
 */
#include <errno.h>
#include <linux/futex.h>
#include <time.h>

#include "rt.h"
#include "shadow.h"
#include "sys.h"

struct call { /* futex(2)'s arguments */
    const u32 *word;
    long operation;
    u32 value;
    long time_or_count; /* waits: struct timespec *; requeues: how many */
    const u32 *other;
    u32 third;
};

static struct object *futex_at(const u32 *word) {
    return object_second(word, OBJECT_COND);
}

static int waiters_of(const struct object *o, u32 bits, struct thread **list) {
    int n = 0;
    for (int i = 0; i < rt.thread_count; i++)
        if (threads[i].state == THREAD_BLOCKED && threads[i].wait_for == o
            && threads[i].futex_bits & bits)
            list[n++] = &threads[i];
    return n;
}

/* Who is drawn from the n of a list, and taken off it. */
static struct thread *drawn(struct thread **list, int n) {
    u64 i = n > 1 ? choose((u64)n) : 0;
    struct thread *t = list[i];
    list[i] = list[n - 1];
    return t;
}

static long waits(const struct call *c, u32 bits, uptr pc) {
    const struct timespec *time = (const void *)c->time_or_count;
    bool absolute = (c->operation & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET;
    if (!bits || (time && (!time_valid(time) || time->tv_sec < 0)))
        return -EINVAL;
    u64 deadline = time ? time_of(time) + (absolute ? 0 : time_now()) : 0;
    shadow_access((uptr)c->word, sizeof *c->word, false, true, pc);
    if (*(const volatile u32 *)c->word != c->value)
        return -EAGAIN;
    rt.current->futex_bits = bits;
    return block(EVENT_COND_WAIT, futex_at(c->word), -1, deadline) ? 0 : -ETIMEDOUT;
}

/* The word may be gone by now: whoever saw its new value may have freed it. */
static long wakes(const struct call *c, u32 bits) {
    struct thread *asleep[THREADS_MAX];
    int n = waiters_of(futex_at(c->word), bits, asleep);
    long done = 0;
    for (; n && done < (long)c->value; n--, done++)
        unblock(drawn(asleep, n));
    return done;
}

/* Wakes some; of the others, some wait for another word from now on. */
static long requeues(const struct call *c, bool compares) {
    if (compares && *(const volatile u32 *)c->word != c->third)
        return -EAGAIN;
    struct thread *asleep[THREADS_MAX];
    int n = waiters_of(futex_at(c->word), ~0u, asleep);
    long done = 0, moved = 0;
    for (; n && done < (long)c->value; n--, done++)
        unblock(drawn(asleep, n));
    for (; n && moved < c->time_or_count; n--, moved++)
        drawn(asleep, n)->wait_for = futex_at(c->other);
    return compares ? done + moved : done;
}

long futex_from(const long *a, uptr pc) {
    struct call c = {(const u32 *)a[0], a[1], (u32)a[2], a[3], (const u32 *)a[4], (u32)a[5]};
    long operation = c.operation & FUTEX_CMD_MASK;
    bool wait = operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET;
    enum event_kind kind = wait               ? EVENT_COND_WAIT
                           : (int)c.value > 1 ? EVENT_COND_BROADCAST
                                              : EVENT_COND_SIGNAL;
    if (!point_sync(kind, c.word, pc))
        return sys6(SYS_futex, a[0], a[1], a[2], a[3], a[4], a[5]);
    switch (operation) {
    case FUTEX_WAIT: return waits(&c, ~0u, pc);
    case FUTEX_WAIT_BITSET: return waits(&c, c.third, pc);
    case FUTEX_WAKE: return wakes(&c, ~0u);
    case FUTEX_WAKE_BITSET: return wakes(&c, c.third);
    case FUTEX_REQUEUE: return requeues(&c, false);
    case FUTEX_CMP_REQUEUE: return requeues(&c, true);
    default: not_covered("futex: its operations for priorities, and FUTEX_WAKE_OP");
    }
    return -ENOSYS;
}
