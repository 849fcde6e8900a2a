/*
 * syscall.c - syscall(): the program's own calls of it, and those of libraries, because
 * the program exports this one. What we model is modelled by whatever name it is called.
 */
#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "rt.h"
#include "sys.h"

/* Kernel threads are none of the program's: fibers share one. Main's is the process's. */
EXPORT pid_t gettid(void) {
    return (pid_t)sys(SYS_getpid, 0) + (rt.active ? rt.current->id : 0);
}

static long result_of(long value) {
    if (value >= 0 || value < -4095)
        return value;
    errno = (int)-value;
    return -1;
}

/* These neither block nor choose by chance. */
static bool harmless(long n) {
    static const short list[] = {SYS_getpid,    SYS_getppid,           SYS_getuid,
                                 SYS_getcpu,    SYS_membarrier,        SYS_uname,
                                 SYS_madvise,   SYS_getrusage,         SYS_memfd_create,
                                 SYS_prctl,     SYS_sched_getaffinity, SYS_sched_setaffinity,
                                 SYS_exit_group};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (list[i] == n)
            return true;
    return false;
}

EXPORT long syscall(long n, ...) {
    long a[6];
    uptr pc = CALLER;
    va_list list;
    va_start(list, n);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(list, long);
    va_end(list);
    if (!rt.active)
        return result_of(sys6(n, a[0], a[1], a[2], a[3], a[4], a[5]));
    switch (n) {
    case SYS_futex: return result_of(futex_from(a, pc));
    case SYS_gettid: return gettid();
    case SYS_sched_yield: yield_from(pc); return 0;
    case SYS_getrandom: return getrandom((void *)a[0], (size_t)a[1], (unsigned)a[2]);
    case SYS_clock_gettime: return clock_gettime((clockid_t)a[0], (struct timespec *)a[1]);
    case SYS_nanosleep: return nanosleep((const void *)a[0], (void *)a[1]);
    case SYS_read: return read((int)a[0], (void *)a[1], (size_t)a[2]);
    case SYS_write: return write((int)a[0], (const void *)a[1], (size_t)a[2]);
    case SYS_close: return close((int)a[0]);
    case SYS_exit: _exit((int)a[0]);
    default: break;
    }
    if (!harmless(n)) {
        char words[40];
        print_into(words, sizeof words, "syscall(%d, …)", (int)n);
        not_covered(words);
    }
    return result_of(sys6(n, a[0], a[1], a[2], a[3], a[4], a[5]));
}
