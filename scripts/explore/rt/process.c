/*
 * process.c - what concerns the whole process: children, libraries, names. None of it
 * can be undone in process; after fork() the child goes on by itself, unexplored.
 */
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"
#include "signals.h"

enum { CHILD_MS = 8000 }; /* so long a child may take; then it is said that nobody can run */

static void begins_a_process(const char *how) {
    needs_fork(how);
    outside_exists(CHILD_MS);
    signals_inherited();
}

EXPORT pid_t fork(void) {
    typedef pid_t function(void);
    REAL(function *, "fork");
    begins_a_process("forks");
    bool exploring = rt.active;
    pid_t pid = real();
    if (pid == 0 && exploring) {
        signals_in_child();
        rt.active = rt.is_fork = false;
        due_now();
    }
    return pid;
}
EXPORT pid_t vfork(void) {
    return fork();
}

EXPORT int system(const char *command) {
    typedef int function(const char *);
    REAL(function *, "system");
    begins_a_process("system");
    return real(command);
}
EXPORT FILE *popen(const char *command, const char *mode) {
    typedef FILE *function(const char *, const char *);
    REAL(function *, "popen");
    begins_a_process("popen");
    FILE *file = real(command, mode);
    if (file && rt.active)
        io_opened(fileno(file), FD_PIPE);
    return file;
}
EXPORT int pclose(FILE *file) {
    typedef int function(FILE *);
    REAL(function *, "pclose");
    io_closed(fileno(file));
    return real(file);
}

#define SPAWN(name)                                                                                \
    EXPORT int name(pid_t *restrict pid, const char *restrict path,                                \
                    const posix_spawn_file_actions_t *restrict actions,                            \
                    const posix_spawnattr_t *restrict attributes, char *const argument[restrict],  \
                    char *const environment[restrict]) {                                           \
        typedef int function(pid_t *, const char *, const posix_spawn_file_actions_t *,            \
                             const posix_spawnattr_t *, char *const[], char *const[]);             \
        REAL(function *, #name);                                                                   \
        begins_a_process(#name);                                                                   \
        return real(pid, path, actions, attributes, argument, environment);                        \
    }
SPAWN(posix_spawn)
SPAWN(posix_spawnp)

/* --- children ------------------------------------------------------------------------------ */

struct waiting {
    pid_t pid;
    int options, *status;
    struct rusage *usage;
    long result;
};
static bool has_ended(void *of) {
    struct waiting *w = of;
    w->result = sys(SYS_wait4, w->pid, w->status, w->options | WNOHANG, w->usage);
    return w->result != 0;
}

static pid_t wait_from(pid_t pid, int *status, int options, struct rusage *usage, uptr pc) {
    int none = 0;
    struct waiting w = {pid, options, status ? status : &none, usage, 0};
    io_touch(status, status ? sizeof *status : 0);
    if (!io_enter(pc))
        return (pid_t)io_result(sys(SYS_wait4, pid, w.status, options, usage));
    if (options & WNOHANG) {
        if (!has_ended(&w))
            io_in_vain();
    } else if (system_wait(has_ended, &w, 0) == INTERRUPTED) {
        w.result = -EINTR;
    }
    return (pid_t)io_result(w.result);
}
EXPORT pid_t waitpid(pid_t pid, int *status, int options) {
    return wait_from(pid, status, options, NULL, CALLER);
}
EXPORT pid_t wait(int *status) {
    return wait_from(-1, status, 0, NULL, CALLER);
}
EXPORT pid_t wait3(int *status, int options, struct rusage *usage) {
    return wait_from(-1, status, options, usage, CALLER);
}
EXPORT pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage) {
    return wait_from(pid, status, options, usage, CALLER);
}

struct waiting_id {
    idtype_t type;
    id_t id;
    siginfo_t *info;
    int options;
    long result;
};
static bool has_changed(void *of) {
    struct waiting_id *w = of;
    siginfo_t none = {0}, *info = w->info ? w->info : &none;
    info->si_pid = 0;
    w->result = sys(SYS_waitid, w->type, w->id, info, w->options | WNOHANG, NULL);
    return w->result != 0 || info->si_pid != 0;
}
EXPORT int waitid(idtype_t type, id_t id, siginfo_t *info, int options) {
    struct waiting_id w = {type, id, info, options, 0};
    if (!io_enter(CALLER))
        return (int)io_result(sys(SYS_waitid, type, id, info, options, NULL));
    if (!has_changed(&w) && !(options & WNOHANG) && system_wait(has_changed, &w, 0) == INTERRUPTED)
        w.result = -EINTR;
    return (int)io_result(w.result);
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
