/*
 * sigwait.c - waiting for signals, and sending them to threads and to the process.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "io.h"
#include "signals.h"

struct wanted {
    u64 set;
    int thread;
    siginfo_t info;
};
static bool comes(void *of) {
    struct wanted *w = of;
    return signal_take(w->set, w->thread, &w->info);
}

/* The signal, or -errno. */
static int wait_for(const sigset_t *set, siginfo_t *info, const struct timespec *time, uptr pc) {
    struct wanted w = {0, rt.current->id, {0}};
    if (!io_enter(pc))
        return -EAGAIN;
    __builtin_memcpy(&w.set, set, sizeof w.set);
    bool at_once = time && !time->tv_sec && !time->tv_nsec;
    enum waited how = READY;
    if (!comes(&w))
        how = at_once ? OVER : system_wait(comes, &w, io_deadline(time));
    if (how != READY)
        return how == OVER ? -EAGAIN : -EINTR;
    signal_taken(&w.info);
    if (info)
        *info = w.info;
    return w.info.si_signo;
}

EXPORT int sigwait(const sigset_t *restrict set, int *restrict sig) {
    int r;
    while ((r = wait_for(set, NULL, NULL, CALLER)) == -EINTR)
        ;
    if (r > 0)
        *sig = r;
    return r > 0 ? 0 : -r;
}
EXPORT int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info) {
    return (int)io_result(wait_for(set, info, NULL, CALLER));
}
EXPORT int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                        const struct timespec *restrict time) {
    return (int)io_result(wait_for(set, info, time, CALLER));
}

static bool never(void *of) {
    return (void)of, false;
}

EXPORT int pause(void) {
    if (io_enter(CALLER))
        system_wait_any(never, NULL, 0);
    else
        sys(SYS_ppoll, NULL, 0, NULL, NULL, 8);
    return (int)io_result(-EINTR);
}

EXPORT int sigsuspend(const sigset_t *mask) {
    u64 given;
    __builtin_memcpy(&given, mask, sizeof given);
    if (!io_enter(CALLER))
        return (int)io_result(sys(SYS_rt_sigsuspend, mask, 8));
    u32 handled = rt.current->handled;
    given = signals_mask(given);
    signals_deliver();
    if (rt.current->handled == handled)
        system_wait_any(never, NULL, 0);
    signals_mask(given);
    return (int)io_result(-EINTR);
}

/* --- sending -------------------------------------------------------------------------- */

static int send_to(int thread, int sig, int code, union sigval value, uptr pc) {
    if (sig < 0 || sig > 64)
        return EINVAL;
    io_enter(pc);
    if (sig)
        signal_send(sig, thread, code, value);
    signals_check(); /* perhaps it is for itself */
    return 0;
}

static int send_to_thread(pthread_t handle, int sig, int code, union sigval value, uptr pc) {
    const struct thread *t = rt.active ? thread_of((uptr)handle) : NULL;
    if (!t || t->joined)
        return ESRCH;
    if (t->state == THREAD_FINISHED)
        return 0;
    return send_to(t->id, sig, code, value, pc);
}
EXPORT int pthread_kill(pthread_t handle, int sig) {
    return send_to_thread(handle, sig, SI_TKILL, (union sigval){0}, CALLER);
}
EXPORT int pthread_sigqueue(pthread_t handle, int sig, const union sigval value) {
    return send_to_thread(handle, sig, SI_QUEUE, value, CALLER);
}

EXPORT int kill(pid_t pid, int sig) {
    if (rt.active && (pid == 0 || pid == getpid()))
        return (int)io_result(-send_to(-1, sig, SI_USER, (union sigval){0}, CALLER));
    return (int)io_result(sys(SYS_kill, pid, sig));
}
EXPORT int sigqueue(pid_t pid, int sig, const union sigval value) {
    typedef int queue(pid_t, int, const union sigval);
    REAL(queue *, "sigqueue");
    if (rt.active && pid == getpid())
        return (int)io_result(-send_to(-1, sig, SI_QUEUE, value, CALLER));
    return real(pid, sig, value);
}
/* Of a thread by the number that gettid() gives here. */
EXPORT int tgkill(pid_t process, pid_t thread, int sig) {
    int id = thread - getpid();
    if (!rt.active || process != getpid())
        return (int)io_result(sys(SYS_tgkill, process, thread, sig));
    if (id < 0 || id >= rt.thread_count || threads[id].state == THREAD_FINISHED)
        return (int)io_result(-ESRCH);
    return (int)io_result(-send_to(id, sig, SI_TKILL, (union sigval){0}, CALLER));
}
