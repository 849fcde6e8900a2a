/*
 * failure.c - how a schedule ends: well, or by what.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "fiber.h"
#include "rt.h"
#include "server.h"
#include "snapshot.h"
#include "sys.h"

/* --- ends ---------------------------------------------------------------------------- */

static void fill(enum failure_kind kind, uptr address, uptr pc) {
    struct failure *f = &rt.failure;
    f->kind = (u8)kind;
    f->address = address;
    f->pc = pc;
    f->step = step_now();
    f->thread = (int16_t)rt.current->id;
    if (rt.channel->request.traced)
        trace_failure();
}

void fail(enum failure_kind kind, uptr address, uptr pc, const char *format, ...) {
    int16_t who = rt.failure.thread; /* whoever knew better than "the current one" */
    fill(kind, address, pc);
    if (who >= 0)
        rt.failure.thread = who;
    rt.failure.other = -1;
    if (format) {
        va_list list;
        va_start(list, format);
        print_list(rt.failure.words, sizeof rt.failure.words, format, list);
        va_end(list);
    }
    schedule_over();
}

void fail_with(enum failure_kind kind, uptr address, uptr pc, int other, u32 other_step,
               const char *words) {
    fill(kind, address, pc);
    rt.failure.other = (int16_t)other;
    rt.failure.other_step = other_step;
    if (words)
        print_into(rt.failure.words, sizeof rt.failure.words, "%s", words);
    schedule_over();
}

/* Joinable threads that have ended, and nobody joined (what TSan calls a thread leak). */
static void look_for_leaks(void) {
    for (int i = 1; i < rt.thread_count; i++) {
        struct thread *t = &threads[i];
        if (t->state != THREAD_FINISHED || t->joined || t->detached)
            continue;
        rt.failure.thread = (int16_t)i;
        fail(FAILURE_THREAD_LEAK, 0, (uptr)t->start + 1, NULL);
    }
}

void finish(int status) {
    if (!rt.failure.kind && status) {
        rt.failure.value = status;
        fail(FAILURE_EXIT, 0, rt.current->last_pc, NULL);
    }
    if (!rt.failure.kind)
        look_for_leaks();
    schedule_over();
}

/* --- exit ----------------------------------------------------------------------------- */

/* Handlers registered with atexit, which is a call of this; those that were registered
 * before main belong to the process and are run by nobody here. */
enum { HANDLERS = 256 };
static struct {
    void (*function)(void *);
    void *argument;
} handlers[HANDLERS];
static int handler_count;

void exit_begin(void) {
    handler_count = 0;
}

EXPORT int __cxa_atexit(void (*function)(void *), void *argument, void *module) {
    if (!rt.active) {
        typedef int atexit_function(void (*)(void *), void *, void *);
        REAL(atexit_function *, "__cxa_atexit");
        return real(function, argument, module);
    }
    if (handler_count == HANDLERS)
        return -1;
    handlers[handler_count].function = function;
    handlers[handler_count].argument = argument;
    handler_count++;
    return 0;
}

void end_of_process(int status, uptr pc) {
    rt.current->last_pc = pc;
    point_sync(EVENT_EXIT, NULL, pc);
    keys_late(rt.current);
    while (handler_count) {
        int i = --handler_count;
        handlers[i].function(handlers[i].argument);
    }
    if (rt.channel->request.output || rt.alone)
        flush_output();
    finish(status);
}

EXPORT void exit(int status) {
    if (rt.active)
        end_of_process(status, CALLER);
    typedef void exit_function(int);
    REAL(exit_function *, "exit");
    real(status);
    __builtin_unreachable();
}

EXPORT void _exit(int status) {
    if (rt.active) {
        rt.current->last_pc = CALLER;
        finish(status);
    }
    sys(SYS_exit_group, status);
    __builtin_unreachable();
}

EXPORT void _Exit(int status) {
    if (rt.active) {
        rt.current->last_pc = CALLER;
        finish(status);
    }
    sys(SYS_exit_group, status);
    __builtin_unreachable();
}

/* --- crashes ----------------------------------------------------------------------------- */

EXPORT void abort(void) {
    uptr pc = CALLER;
    if (rt.active) {
        rt.step++;
        rt.failure.value = SIGABRT;
        if (rt.channel->request.output || rt.alone)
            flush_output();
        fail(FAILURE_ABORT, 0, pc, NULL);
    }
    typedef void abort_function(void);
    REAL(abort_function *, "abort");
    real();
    __builtin_unreachable();
}

EXPORT void __assert_fail(const char *assertion, const char *file, unsigned line,
                          const char *function) {
    uptr pc = CALLER;
    char text[400];
    int n = print_into(text, sizeof text, "%s:%u: %s: Assertion `%s' failed.\n", file, line,
                       function ? function : "?", assertion);
    if (!rt.active || rt.channel->request.output || rt.alone) {
        if (rt.active)
            flush_output();
        sys(SYS_write, 2, text, n);
    }
    if (rt.active) {
        rt.step++;
        rt.failure.value = SIGABRT;
        fail(FAILURE_ASSERTION, 0, pc, "%s", assertion);
    }
    abort();
}

static void on_signal(int sig, siginfo_t *info, void *context) {
    if (sig == SIGSEGV && snapshot_first_write((uptr)info->si_addr))
        return;
    uptr pc = 0;
#ifdef __x86_64__
    pc = (uptr)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] + 1;
#elif defined __aarch64__
    pc = (uptr)((ucontext_t *)context)->uc_mcontext.pc + 4;
#endif
    if (!rt.active) {        /* not the program's: a defect of ours, or of a forked child */
        u64 action[4] = {0}; /* SIG_DFL: it comes again, and ends us */
        sys(SYS_rt_sigaction, sig, action, NULL, 8);
        return;
    }
    sys(SYS_rt_sigprocmask, SIG_UNBLOCK, &(u64){(u64)1 << (sig - 1)}, NULL, 8);
    rt.failure.value = sig;
    /* si_addr means something only where the kernel says that it sent the signal */
    uptr address = info->si_code > 0 && sig != SIGABRT ? (uptr)info->si_addr : 0;
    if (sig == SIGABRT || rt.peeking)
        pc = rt.current->last_pc;
    fail(sig == SIGABRT ? FAILURE_ABORT : FAILURE_CRASH, address, pc, NULL);
}

void signals_start(void) {
    enum { SIZE = 128 << 10 };
    stack_t stack = {.ss_sp = map_memory(0, SIZE), .ss_size = SIZE};
    sys(SYS_sigaltstack, &stack, NULL);
    typedef int action_function(int, const struct sigaction *, struct sigaction *);
    REAL(action_function *, "sigaction");
    struct sigaction action = {.sa_sigaction = on_signal,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        real(signals[i], &action, NULL);
}

/* --- notes --------------------------------------------------------------------------------- */

void note(enum note_kind kind, const char *words) {
    struct channel *c = rt.channel;
    for (u32 i = 0; i < c->note_count; i++) {
        const char *have = c->notes[i].words, *want = words;
        size_t left = sizeof c->notes[i].words - 1;
        while (left && *have && *have == *want)
            have++, want++, left--;
        if (!left || (!*have && !*want))
            return;
    }
    if (c->note_count == NOTES_MAX)
        return;
    struct channel_note *n = &c->notes[c->note_count];
    n->kind = (u8)kind;
    print_into(n->words, sizeof n->words, "%s", words);
    c->note_count++;
}

void not_covered(const char *name) {
    if (rt.active)
        note(NOTE_NOT_COVERED, name);
}

void needs_fork(const char *name) {
    if (!rt.active)
        return;
    note(NOTE_NEEDS_FORK, name);
    rt.needs_fork = name;
    if (rt.snapshots && !rt.ending)
        schedule_over();
}
