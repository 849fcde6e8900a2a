/*
 * timers.c - alarm, setitimer, timer_create and timerfd, on virtual time. One that is over
 * sends its signal, or makes its descriptor readable; where it is to call a function, a
 * thread of its own does that, as in glibc.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "io.h"
#include "signals.h"

enum { SECOND = 1000000000, ITIMERS = 3, TIMERS = 64 };
enum kind { UNUSED, SIGNAL, CALL, DESCRIPTOR };
struct timer {
    u8 kind;
    bool once_over; /* CALL: not called yet */
    int sig, thread, fd;
    u64 due, interval; /* 0: it does not run */
    void (*function)(union sigval);
    union sigval value;
};
static struct timer timers[TIMERS]; /* the first are ITIMER_REAL, _VIRTUAL and _PROF */
static int count;

void timers_begin(void) {
    static const int signals[ITIMERS] = {SIGALRM, SIGVTALRM, SIGPROF};
    for (int i = 0; i < count; i++)
        timers[i].kind = UNUSED, timers[i].due = 0;
    for (int i = 0; i < ITIMERS; i++)
        timers[i] = (struct timer){.kind = SIGNAL, .sig = signals[i], .thread = -1};
    count = ITIMERS;
    rt.timed = false;
}

u64 timers_next(void) {
    u64 first = ~(u64)0;
    for (int i = 0; i < count; i++)
        if (timers[i].due && timers[i].due < first)
            first = timers[i].due;
    return first;
}

static void let_off(struct timer *t) {
    u64 times = 1, now = time_now();
    if (t->interval)
        times += (now - t->due) / t->interval;
    t->due = t->interval ? t->due + times * t->interval : 0;
    if (t->kind == SIGNAL && t->sig)
        signal_send(t->sig, t->thread, SI_TIMER, t->value);
    else if (t->kind == DESCRIPTOR)
        sys(SYS_write, t->fd, &times, sizeof times);
    else if (t->kind == CALL)
        t->once_over = true;
    system_changed();
}

bool timers_look(void) {
    bool any = false;
    for (int i = 0; i < count; i++)
        if (timers[i].due && timers[i].due <= time_now())
            let_off(&timers[i]), any = true;
    if (any)
        rt.timed = timers_next() != ~(u64)0;
    return any;
}

bool timers_pass(u64 deadline) {
    enum { MOST = 1000 }; /* one that comes again and again, and serves nobody */
    for (int i = 0; i < MOST; i++) {
        u64 next = timers_next();
        if (next == ~(u64)0 || (deadline && deadline < next))
            return false;
        if (time_now() < next)
            rt.now += next - time_now();
        timers_look();
        if (rt.runnable_count)
            return true;
    }
    return false;
}

/* --- setting and looking ----------------------------------------------------------------- */

static u64 ns_of(const struct timespec *t) {
    return (u64)t->tv_sec * SECOND + (u64)t->tv_nsec;
}
static struct timespec timespec_of(u64 ns) {
    return (struct timespec){(time_t)(ns / SECOND), (long)(ns % SECOND)};
}

static struct itimerspec value_of(const struct timer *t) {
    u64 now = time_now(), left = !t->due ? 0 : t->due > now ? t->due - now : 1;
    return (struct itimerspec){timespec_of(t->interval), timespec_of(left)};
}

static int set(struct timer *t, bool absolute, const struct itimerspec *value,
               struct itimerspec *old) {
    if (!time_valid(&value->it_value) || !time_valid(&value->it_interval))
        return EINVAL;
    if (old)
        *old = value_of(t);
    u64 ns = ns_of(&value->it_value);
    t->due = ns ? ns + (absolute ? 0 : time_now()) : 0;
    t->interval = ns_of(&value->it_interval);
    rt.timed = timers_next() != ~(u64)0;
    due_now();
    timers_look();
    return 0;
}

/* NULL: there are too many. */
static struct timer *make(const struct timer *like) {
    int i = ITIMERS;
    while (i < TIMERS && timers[i].kind != UNUSED)
        i++;
    if (i == TIMERS) {
        not_covered("more than 60 timers");
        return NULL;
    }
    if (i >= count)
        count = i + 1;
    timers[i] = *like;
    return &timers[i];
}

/* --- alarm and setitimer --------------------------------------------------------------------- */

static struct itimerspec spec_of(const struct itimerval *v) {
    return (struct itimerspec){{v->it_interval.tv_sec, v->it_interval.tv_usec * 1000},
                               {v->it_value.tv_sec, v->it_value.tv_usec * 1000}};
}
static struct itimerval val_of(const struct itimerspec *s) {
    return (struct itimerval){{s->it_interval.tv_sec, s->it_interval.tv_nsec / 1000},
                              {s->it_value.tv_sec, s->it_value.tv_nsec / 1000}};
}

EXPORT int setitimer(__itimer_which_t which, const struct itimerval *restrict value,
                     struct itimerval *restrict old) {
    struct itimerspec spec = spec_of(value), before;
    if (!io_enter(CALLER))
        return (int)io_result(sys(SYS_setitimer, which, value, old));
    if ((int)which < 0 || which > 2)
        return (int)io_result(-EINVAL);
    int error = set(&timers[which], false, &spec, &before);
    if (!error && old)
        *old = val_of(&before);
    return (int)io_result(-error);
}
EXPORT int getitimer(__itimer_which_t which, struct itimerval *value) {
    if ((int)which < 0 || which > 2)
        return (int)io_result(-EINVAL);
    struct itimerspec spec = value_of(&timers[which]);
    *value = val_of(&spec);
    return 0;
}
EXPORT unsigned alarm(unsigned seconds) {
    struct itimerspec spec = {{0, 0}, {seconds, 0}}, old = {{0, 0}, {0, 0}};
    const struct itimerval plain = {{0, 0}, {seconds, 0}};
    if (io_enter(CALLER))
        set(&timers[0], false, &spec, &old);
    else
        sys(SYS_setitimer, 0, &plain, NULL);
    return (unsigned)(old.it_value.tv_sec + (old.it_value.tv_nsec > 0));
}
EXPORT useconds_t ualarm(useconds_t time, useconds_t interval) {
    struct itimerval value = {{interval / 1000000, interval % 1000000},
                              {time / 1000000, time % 1000000}};
    struct itimerval old = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &value, &old);
    return (useconds_t)(old.it_value.tv_sec * 1000000 + old.it_value.tv_usec);
}

/* --- timer_create ------------------------------------------------------------------------------
 */

static bool is_over(void *of) {
    const struct timer *t = of;
    return t->once_over || t->kind != CALL;
}

static void *calls(void *of) {
    struct timer *t = of;
    while (t->kind == CALL) {
        system_wait(is_over, t, 0);
        if (t->kind != CALL)
            break;
        t->once_over = false;
        t->function(t->value);
    }
    return NULL;
}

EXPORT int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict timer) {
    uptr pc = CALLER;
    struct timer like = {.kind = SIGNAL, .sig = SIGALRM, .thread = -1};
    (void)clock; /* all clocks show the same time */
    if (!rt.active) {
        not_covered("timers made before main");
        return (int)io_result(-ENOSYS);
    }
    io_enter(pc);
    if (event) {
        like.value = event->sigev_value;
        like.sig = event->sigev_notify == SIGEV_NONE ? 0 : event->sigev_signo;
        if (event->sigev_notify == SIGEV_THREAD_ID)
            like.thread = event->_sigev_un._tid - getpid();
        if (event->sigev_notify == SIGEV_THREAD) {
            like.kind = CALL;
            like.function = event->sigev_notify_function;
        }
    }
    struct timer *t = make(&like);
    if (!t || like.thread >= rt.thread_count)
        return (int)io_result(-EAGAIN);
    if (t->kind == CALL && !thread_start(calls, t, true, pc))
        return (int)io_result(-EAGAIN);
    *timer = (timer_t)t;
    return 0;
}
EXPORT int timer_settime(timer_t timer, int flags, const struct itimerspec *restrict value,
                         struct itimerspec *restrict old) {
    io_enter(CALLER);
    return (int)io_result(-set((struct timer *)timer, flags & TIMER_ABSTIME, value, old));
}
EXPORT int timer_gettime(timer_t timer, struct itimerspec *value) {
    *value = value_of((const struct timer *)timer);
    return 0;
}
EXPORT int timer_getoverrun(timer_t timer) {
    return (void)timer, 0;
}
EXPORT int timer_delete(timer_t timer) {
    struct timer *t = (struct timer *)timer;
    io_enter(CALLER);
    t->due = 0;
    t->kind = UNUSED;
    system_changed();
    return 0;
}

/* --- timerfd -------------------------------------------------------------------------------------
 */

/* An eventfd behaves like one: it counts, is readable when it is not 0, and reading
 * makes it 0. */
EXPORT int timerfd_create(clockid_t clock, int flags) {
    (void)clock;
    int fd = (int)io_opened(sys(SYS_eventfd2, 0, flags), FD_PIPE);
    if (fd >= 0 && !make(&(struct timer){.kind = DESCRIPTOR, .fd = fd}))
        return (int)io_result(-EMFILE);
    return fd;
}

static struct timer *timer_of(int fd) {
    for (int i = ITIMERS; i < count; i++)
        if (timers[i].kind == DESCRIPTOR && timers[i].fd == fd)
            return &timers[i];
    return NULL;
}

void timers_closed(int fd) {
    struct timer *t = count > ITIMERS ? timer_of(fd) : NULL;
    if (t)
        t->kind = UNUSED, t->due = 0;
}

EXPORT int timerfd_settime(int fd, int flags, const struct itimerspec *value,
                           struct itimerspec *old) {
    struct timer *t = timer_of(fd);
    u64 count_then;
    io_enter(CALLER);
    if (!t)
        return (int)io_result(-EINVAL);
    io_sent(fd);
    if (io_is_ready(fd, 1 /* POLLIN */))
        sys(SYS_read, fd, &count_then, sizeof count_then);
    return (int)io_result(-set(t, flags & TFD_TIMER_ABSTIME, value, old));
}
EXPORT int timerfd_gettime(int fd, struct itimerspec *value) {
    const struct timer *t = timer_of(fd);
    if (!t)
        return (int)io_result(-EINVAL);
    *value = value_of(t);
    return 0;
}
