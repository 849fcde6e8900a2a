/*
 * process.c - what concerns the whole process: children, signals, libraries. None of it
 * can be undone in process; after fork() the child goes on by itself, unexplored.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt.h"
#include "sys.h"

EXPORT pid_t fork(void) {
    typedef pid_t function(void);
    REAL(function *, "fork");
    needs_fork("forks");
    pid_t pid = real();
    if (pid == 0)
        rt.active = rt.is_fork = false;
    return pid;
}
EXPORT pid_t vfork(void) {
    return fork();
}

EXPORT int system(const char *command) {
    typedef int function(const char *);
    REAL(function *, "system");
    needs_fork("system");
    return real(command);
}
EXPORT FILE *popen(const char *command, const char *mode) {
    typedef FILE *function(const char *, const char *);
    REAL(function *, "popen");
    needs_fork("popen");
    return real(command, mode);
}

EXPORT pid_t waitpid(pid_t pid, int *status, int options) {
    int none;
    bool exploring = point_sync(EVENT_SYSTEM, NULL, CALLER);
    for (;;) {
        bool wait = !exploring || rt.runnable_count < 2;
        long r =
            sys(SYS_wait4, pid, status ? status : &none, wait ? options : options | WNOHANG, NULL);
        if (r < 0) {
            errno = (int)-r;
            return -1;
        }
        if (r > 0 || wait || options & WNOHANG)
            return (pid_t)r;
        yield_now();
        rt.step++;
        rt.current->since++;
    }
}
EXPORT pid_t wait(int *status) {
    return waitpid(-1, status, 0);
}

/* --- signals ------------------------------------------------------------------------------ */

static bool fatal(int sig) {
    return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL || sig == SIGABRT
           || sig == SIGTRAP || sig == SIGSYS;
}

EXPORT int sigaction(int sig, const struct sigaction *restrict action,
                     struct sigaction *restrict old) {
    typedef int function(int, const struct sigaction *, struct sigaction *);
    REAL(function *, "sigaction");
    if (action && rt.active) {
        needs_fork("changes signal dispositions");
        if (fatal(sig)) {
            not_covered("the program's own handlers of SIGSEGV and its kin");
            return 0;
        }
    }
    return real(sig, action, old);
}

EXPORT __sighandler_t signal(int sig, __sighandler_t handler) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old = {0};
    return sigaction(sig, &action, &old) ? SIG_ERR : old.sa_handler;
}

EXPORT int pthread_kill(pthread_t thread, int sig) {
    if (thread == pthread_self())
        return raise(sig) ? errno : 0;
    not_covered("pthread_kill");
    return 0;
}
EXPORT int sigwait(const sigset_t *restrict set, int *restrict sig) {
    typedef int function(const sigset_t *, int *);
    REAL(function *, "sigwait");
    not_covered("sigwait");
    return real(set, sig);
}

/* --- libraries ------------------------------------------------------------------------------ */

EXPORT void *dlopen(const char *file, int mode) {
    typedef void *function(const char *, int);
    REAL(function *, "dlopen");
    needs_fork("dlopen");
    return real(file, mode);
}

/* --- names ------------------------------------------------------------------------------------ */

EXPORT int pthread_setname_np(pthread_t handle, const char *name) {
    struct thread *t = thread_of((uptr)handle);
    if (t)
        print_into(t->name, sizeof t->name, "%s", name);
    return 0;
}
EXPORT int pthread_getname_np(pthread_t handle, char *name, size_t size) {
    struct thread *t = thread_of((uptr)handle);
    if (!t)
        return ESRCH;
    print_into(name, size, "%s", t->name);
    return 0;
}
EXPORT int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *set) {
    return (void)thread, (void)size, (void)set, 0;
}
