/*
 * poll.c - poll, select and epoll: each asks the kernel without waiting, and waits in the
 * schedule. When everybody waits, its time is over (or that of somebody else).
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include "io.h"
#include "signals.h"

static const struct timespec none;

/* One of these calls, until it finds something; or its time is over. */
static int wait_until(bool (*look)(void *), void *of, const long *found, u64 deadline, bool at_once,
                      const sigset_t *mask) {
    u64 old = 0, given;
    if (mask)
        __builtin_memcpy(&given, mask, sizeof given), old = signals_mask(given);
    enum waited how = READY;
    if (!look(of) && !at_once)
        how = system_wait_any(look, of, deadline);
    if (mask)
        signals_mask(old);
    if (at_once && !*found)
        io_in_vain();
    return (int)io_result(how == INTERRUPTED ? -EINTR : *found);
}

/* --- poll ---------------------------------------------------------------------------------- */

struct polling {
    struct pollfd *list;
    nfds_t count;
    long found;
};
static bool polls(void *of) {
    struct polling *p = of;
    p->found = sys(SYS_ppoll, p->list, p->count, &none, NULL, 8);
    return p->found != 0;
}

static int poll_from(struct pollfd *list, nfds_t count, u64 deadline, bool at_once,
                     const sigset_t *mask) {
    struct polling p = {list, count, 0};
    io_touch(list, count * sizeof *list);
    return wait_until(polls, &p, &p.found, deadline, at_once, mask);
}

EXPORT int poll(struct pollfd *list, nfds_t count, int ms) {
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    if (!io_enter(CALLER))
        return (int)io_result(sys(SYS_ppoll, list, count, ms < 0 ? NULL : &t, NULL, 8));
    return poll_from(list, count, io_deadline_ms(ms), ms == 0, NULL);
}
EXPORT int __poll_chk(struct pollfd *list, nfds_t count, int ms, size_t room) {
    (void)room;
    return poll(list, count, ms);
}
EXPORT int ppoll(struct pollfd *list, nfds_t count, const struct timespec *time,
                 const sigset_t *mask) {
    struct timespec t = time ? *time : none; /* the kernel would change it */
    if (!io_enter(CALLER))
        return (int)io_result(sys(SYS_ppoll, list, count, time ? &t : NULL, mask, 8));
    return poll_from(list, count, io_deadline(time), time && !t.tv_sec && !t.tv_nsec, mask);
}

EXPORT int __ppoll_chk(struct pollfd *list, nfds_t count, const struct timespec *time,
                       const sigset_t *mask, size_t room) {
    (void)room;
    return ppoll(list, count, time, mask);
}

/* --- select --------------------------------------------------------------------------------- */

struct selecting {
    int count;
    fd_set *sets[3];
    fd_set asked[3];
    long found;
};
static bool selects(void *of) {
    struct selecting *s = of;
    struct timespec t = none;
    for (int i = 0; i < 3; i++)
        if (s->sets[i])
            *s->sets[i] = s->asked[i];
    s->found = sys(SYS_pselect6, s->count, s->sets[0], s->sets[1], s->sets[2], &t, NULL);
    return s->found != 0;
}

EXPORT int pselect(int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict other,
                   const struct timespec *restrict time, const sigset_t *restrict mask) {
    struct selecting s = {count, {in, out, other}, {{{0}}}, 0};
    struct timespec t = time ? *time : none;
    struct {
        const sigset_t *mask;
        size_t size;
    } with = {mask, 8};
    if (!io_enter(CALLER))
        return (int)io_result(
            sys(SYS_pselect6, count, in, out, other, time ? &t : NULL, mask ? &with : NULL));
    for (int i = 0; i < 3; i++)
        if (s.sets[i])
            s.asked[i] = *s.sets[i];
    return wait_until(selects, &s, &s.found, io_deadline(time), time && !t.tv_sec && !t.tv_nsec,
                      mask);
}

EXPORT int select(int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict other,
                  struct timeval *restrict time) {
    struct timespec t = {0, 0};
    if (time)
        t = (struct timespec){time->tv_sec, time->tv_usec * 1000};
    return pselect(count, in, out, other, time ? &t : NULL, NULL);
}

/* --- epoll ------------------------------------------------------------------------------------ */

EXPORT int epoll_create1(int flags) {
    return (int)io_opened(sys(SYS_epoll_create1, flags), FD_PIPE); /* a channel of its own */
}
EXPORT int epoll_create(int size) {
    return size > 0 ? epoll_create1(0) : (int)io_result(-EINVAL);
}

/* What an event carries was put there before. */
EXPORT int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event) {
    if (!io_enter(CALLER))
        return (int)io_result(sys(SYS_epoll_ctl, epoll, operation, fd, event));
    io_sent(epoll);
    int r = (int)io_result(sys(SYS_epoll_ctl, epoll, operation, fd, event));
    system_changed();
    return r;
}

struct epolling {
    int epoll, most;
    struct epoll_event *events;
    long found;
};
static bool epolls(void *of) {
    struct epolling *e = of;
    e->found = sys(SYS_epoll_pwait, e->epoll, e->events, e->most, 0, NULL, 8);
    return e->found != 0;
}

static int epoll_from(int epoll, struct epoll_event *events, int most, int ms, const sigset_t *mask,
                      uptr pc) {
    struct epolling e = {epoll, most, events, 0};
    if (!io_enter(pc))
        return (int)io_result(sys(SYS_epoll_pwait, epoll, events, most, ms, mask, 8));
    io_touch(events, most > 0 ? (size_t)most * sizeof *events : 0);
    int n = wait_until(epolls, &e, &e.found, io_deadline_ms(ms), ms == 0, mask);
    if (n > 0) {
        io_received(epoll);
        if (instrumented(pc))
            access_range(events, (size_t)n * sizeof *events, true, pc);
    }
    return n;
}
EXPORT int epoll_wait(int epoll, struct epoll_event *events, int most, int ms) {
    return epoll_from(epoll, events, most, ms, NULL, CALLER);
}
EXPORT int epoll_pwait(int epoll, struct epoll_event *events, int most, int ms,
                       const sigset_t *mask) {
    return epoll_from(epoll, events, most, ms, mask, CALLER);
}
EXPORT int epoll_pwait2(int epoll, struct epoll_event *events, int most,
                        const struct timespec *time, const sigset_t *mask) {
    bool long_time = time && time->tv_sec > 1000000;
    int ms =
        !time || long_time ? -1 : (int)(time->tv_sec * 1000 + (time->tv_nsec + 999999) / 1000000);
    return epoll_from(epoll, events, most, ms, mask, CALLER);
}
