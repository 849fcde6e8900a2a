/*
 * signals.c - signals that the program sends to itself. None of them goes by way of the
 * kernel: what was sent is kept in a list, and whoever it is for runs the handler before
 * its next event. So a handler runs between any two events, as the schedule has it, and
 * is a part of its thread. Dispositions and masks are kept here, too.
 *
 * What the kernel sends: SIGSEGV and its kin end the schedule (failure.c); SIGPIPE is
 * ignored by the process and sent from here; SIGCHLD, SIGIO and SIGURG are put into the
 * list; no others are expected.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "signals.h"

enum { SIGNALS = 65, QUEUE = 64 };
#define BIT(sig) ((u64)1 << ((sig)-1))

static struct sigaction initial[SIGNALS], actions[SIGNALS];
static struct queued {
    int sig, thread; /* thread: -1: anybody */
    siginfo_t info;
} queue[QUEUE];
static int queued;
static bool changed = true;      /* actions are not the initial ones */
static u16 channels[SIGNALS];    /* nothing but addresses for objects */
static volatile u64 from_kernel; /* SIGCHLD … that have come */

void signals_begin(void) {
    if (changed)
        __builtin_memcpy(actions, initial, sizeof actions);
    changed = false;
    queued = 0;
    from_kernel = 0;
    rt.signals_due = false;
    static u64 masked;
    static bool known;
    if (!known) {
        const u64 ignore[4] = {(u64)(uptr)SIG_IGN};
        sys(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &masked, 8);
        sys(SYS_rt_sigaction, SIGPIPE, ignore, NULL, 8);
        known = true;
    }
    threads[0].masked = masked;
}

static bool fatal(int sig) {
    return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL || sig == SIGABRT
           || sig == SIGTRAP || sig == SIGSYS;
}

static bool ignored(int sig) {
    bool harmless = sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT;
    return actions[sig].sa_handler == SIG_IGN || (actions[sig].sa_handler == SIG_DFL && harmless);
}

/* --- who is to run a handler ---------------------------------------------------------------- */

static struct thread *target(const struct queued *q) {
    if (q->thread >= 0)
        return threads[q->thread].masked & BIT(q->sig) ? NULL : &threads[q->thread];
    for (int i = 0; i < rt.thread_count; i++)
        if (threads[i].state != THREAD_FINISHED && !(threads[i].masked & BIT(q->sig)))
            return &threads[i];
    return NULL;
}

/* After anything that may have changed that. */
static void look(void) {
    rt.signals_due = from_kernel != 0;
    for (int i = 0; i < rt.thread_count; i++)
        threads[i].signalled = false;
    for (int i = 0; i < queued; i++) {
        struct thread *t = target(&queue[i]);
        if (!t)
            continue;
        t->signalled = rt.signals_due = true;
        due_now();
        if (t->state == THREAD_BLOCKED && t->waits != EVENT_BARRIER_WAIT)
            unblock(t);
    }
}

static void take(int i) {
    for (queued--; i < queued; i++)
        queue[i] = queue[i + 1];
}

void signal_send(int sig, int thread, int code, union sigval value) {
    bool waited = false; /* an ignored one is kept for who may want it later */
    for (int i = 0; i < rt.thread_count; i++)
        waited |= (thread < 0 || thread == i) && threads[i].masked & BIT(sig);
    if (ignored(sig) && !waited)
        return;
    for (int i = 0; sig < SIGRTMIN && i < queued; i++)
        if (queue[i].sig == sig && queue[i].thread == thread)
            return;
    if (queued == QUEUE) {
        not_covered("more than 64 pending signals");
        return;
    }
    struct queued *q = &queue[queued++];
    *q = (struct queued){sig, thread, {0}};
    q->info.si_signo = sig;
    q->info.si_code = code;
    q->info.si_pid = (pid_t)sys(SYS_getpid, 0);
    q->info.si_value = value;
    clock_release(object_at(&channels[sig], OBJECT_CHANNEL));
    system_changed(); /* sigwait */
    look();
}

/* --- handlers --------------------------------------------------------------------------------- */

static void run(const struct queued *q) {
    struct thread *t = rt.current;
    struct sigaction a = actions[q->sig];
    if (ignored(q->sig))
        return;
    if (a.sa_handler == SIG_DFL) {
        rt.failure.value = q->sig;
        fail(FAILURE_CRASH, 0, t->last_pc, "killed by signal %d", q->sig);
    }
    u64 masked = t->masked, also;
    int error = errno;
    static const ucontext_t nothing;
    ucontext_t context = nothing;
    siginfo_t info = q->info;
    __builtin_memcpy(&also, &a.sa_mask, sizeof also);
    t->masked |= also | (a.sa_flags & SA_NODEFER ? 0 : BIT(q->sig));
    if (a.sa_flags & (int)SA_RESETHAND)
        actions[q->sig].sa_handler = SIG_DFL, changed = true;
    look();
    clock_acquire(object_at(&channels[q->sig], OBJECT_CHANNEL));
    if (a.sa_flags & SA_SIGINFO)
        a.sa_sigaction(q->sig, &info, &context);
    else
        a.sa_handler(q->sig);
    errno = error;
    t->masked = masked;
    t->handled++;
    if (!(a.sa_flags & SA_RESTART))
        t->interrupted++;
}

static void fetch_from_kernel(void) {
    u64 bits = __atomic_exchange_n(&from_kernel, 0, __ATOMIC_RELAXED);
    for (; bits; bits &= bits - 1)
        signal_send(__builtin_ctzll(bits) + 1, -1, SI_KERNEL, (union sigval){0});
}

void signals_deliver(void) {
    if (!rt.active)
        return;
    fetch_from_kernel();
    look();
    for (int i = 0; rt.current->signalled && i < queued; i++) {
        struct queued q = queue[i];
        if (target(&q) != rt.current)
            continue;
        take(i);
        run(&q);
        look();
        i = -1; /* the list may be another one by now */
    }
}

static void on_kernel(int sig) {
    __atomic_fetch_or(&from_kernel, BIT(sig), __ATOMIC_RELAXED);
    rt.signals_due = true;
    due_now();
}

/* --- dispositions
 * --------------------------------------------------------------------------------- */

typedef int action_function(int, const struct sigaction *, struct sigaction *);

EXPORT int sigaction(int sig, const struct sigaction *restrict action,
                     struct sigaction *restrict old) {
    REAL(action_function *, "sigaction");
    if (sig < 1 || sig >= SIGNALS || ((sig == SIGKILL || sig == SIGSTOP) && action))
        return (int)io_result(-EINVAL);
    if (!rt.active) {
        if (action)
            initial[sig] = *action;
        return real(sig, action, old);
    }
    struct sigaction before = actions[sig];
    if (action) {
        actions[sig] = *action;
        changed = true;
        bool called = action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
        if (fatal(sig) && called)
            not_covered("the program's own handlers of SIGSEGV and its kin, but for raise()");
        if (sig == SIGCHLD || sig == SIGIO || sig == SIGURG) {
            struct sigaction ours = {.sa_handler = called ? on_kernel : action->sa_handler,
                                     .sa_flags = SA_RESTART | SA_ONSTACK | action->sa_flags};
            ours.sa_flags &= ~SA_SIGINFO;
            needs_fork("changes signal dispositions");
            real(sig, &ours, NULL);
        }
        look();
    }
    if (old)
        *old = before;
    return 0;
}

EXPORT __sighandler_t signal(int sig, __sighandler_t handler) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old = {0};
    return sigaction(sig, &action, &old) ? SIG_ERR : old.sa_handler;
}
EXPORT int siginterrupt(int sig, int interrupts) {
    struct sigaction action = {0};
    if (sigaction(sig, NULL, &action))
        return -1;
    action.sa_flags = interrupts ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
    return sigaction(sig, &action, NULL);
}

/* Handlers run on the stack that they interrupt; ours is where SIGSEGV's must run. */
EXPORT int sigaltstack(const stack_t *restrict stack, stack_t *restrict old) {
    (void)stack;
    if (old)
        *old = (stack_t){.ss_flags = SS_DISABLE};
    return 0;
}

void signal_pipe(void) {
    int error = errno;
    signal_send(SIGPIPE, rt.current->id, SI_KERNEL, (union sigval){0});
    signals_deliver();
    errno = error;
}

/* Another process is begun: it inherits what the kernel knows. */
void signals_inherited(void) {
    REAL(action_function *, "sigaction");
    if (rt.active)
        real(SIGPIPE, &actions[SIGPIPE], NULL);
}

/* In the child of a fork signals are the kernel's again. */
void signals_in_child(void) {
    REAL(action_function *, "sigaction");
    for (int sig = 1; sig < SIGNALS; sig++)
        if (!fatal(sig) && sig != SIGKILL && sig != SIGSTOP && sig != 32 && sig != 33)
            real(sig, &actions[sig], NULL);
    sys(SYS_rt_sigprocmask, SIG_SETMASK, &rt.current->masked, NULL, 8);
}

/* --- masks
 * ------------------------------------------------------------------------------------------- */

u64 signals_mask(u64 mask) {
    u64 old = rt.current->masked;
    rt.current->masked = mask & ~(BIT(SIGKILL) | BIT(SIGSTOP));
    look();
    return old;
}

static int change_mask(int how, const sigset_t *set, sigset_t *old, uptr pc) {
    u64 mask = rt.current->masked, given;
    if (!rt.active) {
        if (old)
            sigemptyset(old);
        return (int)-sys(SYS_rt_sigprocmask, how, set, old, 8);
    }
    if (instrumented(pc))
        point_sync(EVENT_SYSTEM, NULL, pc);
    if (set) {
        __builtin_memcpy(&given, set, sizeof given);
        if (how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK)
            return EINVAL;
        signals_mask(how == SIG_BLOCK ? mask | given : how == SIG_UNBLOCK ? mask & ~given : given);
    }
    if (old) {
        sigemptyset(old);
        __builtin_memcpy(old, &mask, sizeof mask);
    }
    signals_check(); /* those that were held back: before it returns */
    return 0;
}
EXPORT int pthread_sigmask(int how, const sigset_t *set, sigset_t *old) {
    return change_mask(how, set, old, CALLER);
}
EXPORT int sigprocmask(int how, const sigset_t *set, sigset_t *old) {
    return (int)io_result(-change_mask(how, set, old, CALLER));
}
EXPORT int sigpending(sigset_t *set) {
    u64 bits = 0;
    sigemptyset(set);
    for (int i = 0; i < queued; i++)
        if (queue[i].thread < 0 || queue[i].thread == rt.current->id)
            bits |= BIT(queue[i].sig);
    bits &= rt.current->masked;
    __builtin_memcpy(set, &bits, sizeof bits);
    return 0;
}

bool signal_take(u64 set, int thread, siginfo_t *info) {
    for (int i = 0; i < queued; i++) {
        if (!(set & BIT(queue[i].sig)) || (queue[i].thread >= 0 && queue[i].thread != thread))
            continue;
        *info = queue[i].info;
        take(i);
        return true;
    }
    return false;
}

void signal_taken(const siginfo_t *info) {
    clock_acquire(object_at(&channels[info->si_signo], OBJECT_CHANNEL));
    look();
}

/* --- raise
 * ------------------------------------------------------------------------------------------- */

EXPORT int raise(int sig) {
    typedef int raise_function(int);
    REAL(raise_function *, "raise");
    if (sig < 0 || sig >= SIGNALS)
        return (int)io_result(-EINVAL);
    bool own = actions[sig].sa_handler != SIG_DFL;
    if (!rt.active || (fatal(sig) && !own))
        return real(sig);
    rt.current->last_pc = CALLER;
    if (sig) {
        signal_send(sig, rt.current->id, SI_TKILL, (union sigval){0});
        signals_deliver();
    }
    return 0;
}
