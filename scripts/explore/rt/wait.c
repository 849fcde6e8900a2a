/*
 * wait.c - threads that wait for the system: for a descriptor, a child, a lock on a file.
 * See io.h. Where nobody can run, time passes for them (timers.c), and at last what
 * happens outside of the program is waited for.
 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "children.h"
#include "io.h"
#include "signals.h"

/* So long all children wait before they are believed to wait for us; looked at so often. The
 * kernel may take some time to bring a message from one socket to another. */
enum { QUIET_MS = 100, LOOK_MS = 10 };

static int waiting;    /* threads in system_wait() */
static int outside_ms; /* so long somebody outside may take to answer; 0: there is nobody */
static u32 vain;       /* calls that found nothing, in a row */

void wait_begin(void) {
    waiting = 0;
    outside_ms = rt.alone ? 0x7FFFFFFF : 0; /* run by hand: there is a terminal */
    vain = 0;
}

void outside_exists(int milliseconds) {
    if (outside_ms < milliseconds)
        outside_ms = milliseconds;
}

static enum waited wait_for(bool (*ready)(void *), void *of, u64 deadline, const u32 *handlers) {
    struct thread *t = rt.current;
    u32 handled = *handlers;
    cancel_check();
    if (ready(of))
        return READY;
    vain = 0;
    t->ready = ready;
    t->ready_of = of;
    waiting++;
    bool in_time = true;
    while (t->ready && in_time && *handlers == handled && !cancel_wanted())
        in_time = block(EVENT_SYSTEM, NULL, -1, deadline);
    bool done = !t->ready;
    t->ready = NULL;
    waiting--;
    if (!done)
        cancel_check();
    return done || (!in_time && ready(of)) ? READY : in_time ? INTERRUPTED : OVER;
}

enum waited system_wait(bool (*ready)(void *), void *of, u64 deadline) {
    return wait_for(ready, of, deadline, &rt.current->interrupted);
}
enum waited system_wait_any(bool (*ready)(void *), void *of, u64 deadline) {
    return wait_for(ready, of, deadline, &rt.current->handled);
}

bool system_changed(void) {
    bool woken = false;
    for (int i = 0; waiting && i < rt.thread_count; i++) {
        struct thread *t = &threads[i];
        if (t->state != THREAD_BLOCKED || !t->ready || !t->ready(t->ready_of))
            continue;
        t->ready = NULL;
        unblock(t);
        woken = true;
    }
    return woken;
}

/* Nobody can run. Children and sockets are given real time to do something; not all of it
 * when every child waits, too. */
static bool outside_does(void) {
    int quiet = 0;
    for (int i = 0; waiting && i < outside_ms && quiet < QUIET_MS; i++) {
        struct timespec one = {0, 1000000}; /* each time: the kernel puts there what is left */
        sys(SYS_ppoll, NULL, 0, &one, NULL, 8);
        if (i % LOOK_MS == 0) /* before the next line: what they did by then is seen */
            quiet = children_wait() ? quiet + LOOK_MS : 0;
        if (system_changed())
            return true;
    }
    return false;
}

bool system_passes(u64 deadline) {
    return system_changed() || outside_does() || timers_pass(deadline);
}

const char *stuck_words(const struct thread *t) {
    return !t                               ? ""
           : t->waits == EVENT_BARRIER_WAIT ? "a barrier that is never full"
           : t->waits == EVENT_SYSTEM       ? "waits for the system, and nobody else can run"
                                            : "";
}

void system_idle(void) {
    timers_look();
    system_changed();
    if (rt.runnable_count < 2)
        timers_pass(0);
}

/* --- descriptors --------------------------------------------------------------------- */

bool io_enter(uptr pc) {
    if (!rt.active)
        return false;
    if (instrumented(pc))
        point_sync(EVENT_SYSTEM, NULL, pc);
    timers_look();
    return true;
}

bool io_is_ready(int fd, short events) {
    struct pollfd p = {.fd = fd, .events = events};
    struct timespec none = {0, 0};
    return sys(SYS_ppoll, &p, 1, &none, NULL, 8) != 0;
}

struct wanted {
    int fd;
    short events;
};
static bool ready(void *of) {
    const struct wanted *w = of;
    return io_is_ready(w->fd, w->events);
}

enum waited io_wait(int fd, short events, u64 deadline) {
    struct wanted w = {fd, events};
    for (;;) {
        enum waited how = system_wait(ready, &w, deadline);
        if (how != READY || ready(&w))
            return how;
    }
}

/* SO_RCVTIMEO, SO_SNDTIMEO */
static u64 timeout_of(int fd, short events) {
    struct timeval time = {0, 0};
    socklen_t size = sizeof time;
    int name = events == POLLIN ? SO_RCVTIMEO : SO_SNDTIMEO;
    if (io_kind(fd) != FD_SOCKET || sys(SYS_getsockopt, fd, SOL_SOCKET, name, &time, &size) < 0)
        return 0;
    u64 ns = (u64)time.tv_sec * 1000000000 + (u64)time.tv_usec * 1000;
    return ns ? time_now() + ns : 0;
}

long io_may(int fd, short events) {
    if (!io_blocks(fd))
        return 0;
    enum waited how = io_wait(fd, events, timeout_of(fd, events));
    return how == READY ? 0 : how == OVER ? -EAGAIN : -EINTR;
}

ssize_t io_has_received(int fd, long n) {
    if (n >= 0)
        io_received(fd);
    else if (n == -EAGAIN)
        io_in_vain();
    system_changed();
    return io_result(n);
}

void io_in_vain(void) {
    if (rt.active && ++vain >= 20)
        yield_now();
}

u64 io_deadline(const struct timespec *time) {
    return time ? time_now() + time_of(time) : 0;
}

u64 io_deadline_ms(int milliseconds) {
    return milliseconds < 0 ? 0 : time_now() + (u64)milliseconds * 1000000 + 1;
}
