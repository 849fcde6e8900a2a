/*
 * time.c - virtual time. All clocks show the same; an event takes 100 ns. A sleep is a
 * yield: time goes on at least to its end, and who else runs meanwhile is up to the
 * schedule, because sleeping orders nothing. The time of a timed wait comes only when
 * nobody can run.
 */
#include <errno.h>
#include <sched.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "rt.h"
#include "signals.h"
#include "sys.h"

enum { SECOND = 1000000000, EVENT = 100 };

u64 time_now(void) {
    return rt.now + (u64)step_now() * EVENT;
}

u64 time_of(const void *timespec) {
    const struct timespec *t = timespec;
    if (t->tv_sec < 0)
        return 1;
    if (t->tv_sec > 0x7FFFFFFF)
        return ~(u64)0;
    u64 ns = (u64)t->tv_sec * SECOND + (u64)t->tv_nsec;
    return ns ? ns : 1;
}

void yield_from(uptr pc) {
    if (!point_sync(EVENT_YIELD, NULL, pc))
        return;
    yield_now();
    rt.step++; /* what follows is later than what others did meanwhile */
    rt.current->since++;
}

/* In a child, whose time is real. What is left of it, in ns. */
static u64 sleep_really(u64 ns) {
    struct timespec time = {(time_t)(ns / SECOND), (long)(ns % SECOND)}, left = {0, 0};
    sys(SYS_nanosleep, &time, &left);
    return time_of(&left) > 1 ? time_of(&left) : 0;
}

/* Timers whose time comes meanwhile are let off; their handlers end the sleep. */
u64 sleep_for(u64 ns, uptr pc) {
    if (!rt.active)
        return sleep_really(ns);
    if (!point_sync(EVENT_SLEEP, NULL, pc))
        return 0;
    const struct thread *t = rt.current;
    u32 handled = t->handled;
    u64 end = time_now() + ns;
    cancel_check();
    yield_now();
    rt.step++;
    rt.current->since++;
    signals_deliver();
    while (t->handled == handled && time_now() < end) {
        u64 next = timers_next();
        rt.now += (next < end && next > time_now() ? next : end) - time_now();
        if (timers_look())
            signals_deliver();
    }
    cancel_check();
    system_changed();
    return t->handled != handled && time_now() < end ? end - time_now() : 0;
}

EXPORT int sched_yield(void) {
    yield_from(CALLER);
    return 0;
}
EXPORT int pthread_yield(void) {
    yield_from(CALLER);
    return 0;
}
static int interrupted(void) {
    errno = EINTR;
    return -1;
}

EXPORT unsigned sleep(unsigned seconds) {
    return (unsigned)((sleep_for((u64)seconds * SECOND, CALLER) + SECOND - 1) / SECOND);
}
EXPORT int usleep(useconds_t microseconds) {
    return sleep_for((u64)microseconds * 1000, CALLER) ? interrupted() : 0;
}

static bool invalid(const struct timespec *t) {
    return t->tv_nsec < 0 || t->tv_nsec >= SECOND || t->tv_sec < 0;
}

/* What is left of a sleep, to where the program wants to know. */
static int rest(u64 ns, struct timespec *left) {
    if (ns && left)
        *left = (struct timespec){(time_t)(ns / SECOND), (long)(ns % SECOND)};
    return ns ? EINTR : 0;
}

EXPORT int nanosleep(const struct timespec *time, struct timespec *left) {
    int error = invalid(time) ? EINVAL : rest(sleep_for(time_of(time), CALLER), left);
    if (error)
        errno = error;
    return error ? -1 : 0;
}

EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                           struct timespec *left) {
    if (!rt.active)
        return (int)-sys(SYS_clock_nanosleep, clock, flags, time, left);
    if (invalid(time))
        return EINVAL;
    u64 ns = time_of(time);
    if (!(flags & TIMER_ABSTIME))
        return rest(sleep_for(ns, CALLER), left);
    return rest(sleep_for(ns > time_now() ? ns - time_now() : 0, CALLER), NULL);
}

/* --- clocks ------------------------------------------------------------------------- */

EXPORT int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!rt.active)
        return (int)sys(SYS_clock_gettime, clock, time);
    time->tv_sec = (time_t)(time_now() / SECOND);
    time->tv_nsec = (long)(time_now() % SECOND);
    return 0;
}

EXPORT int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    struct timespec t = {0};
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &t);
    time->tv_sec = t.tv_sec;
    time->tv_usec = t.tv_nsec / 1000;
    return 0;
}

EXPORT time_t time(time_t *result) {
    struct timespec t = {0};
    clock_gettime(CLOCK_REALTIME, &t);
    if (result)
        *result = t.tv_sec;
    return t.tv_sec;
}

EXPORT int timespec_get(struct timespec *time, int base) {
    clock_gettime(CLOCK_REALTIME, time);
    return base;
}

EXPORT clock_t clock(void) {
    return rt.active ? (clock_t)((u64)step_now() * EVENT / 1000) : 0;
}
