/*
 * touch.c - functions through which the kernel writes into the program's memory, and that
 * are nothing but that: a page that a snapshot protects must be written to before, or they
 * would fail with EFAULT in one way to explore and not in the other.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "io.h"

/* A function of these parameters, which are handed on as ARGUMENTS after TOUCHES. */
#define TOUCHING(type, name, parameters, arguments, ...)                                           \
    EXPORT type name parameters {                                                                  \
        typedef type function parameters;                                                          \
        REAL(function *, #name);                                                                   \
        __VA_ARGS__;                                                                               \
        return real arguments;                                                                     \
    }

TOUCHING(int, stat, (const char *restrict path, struct stat *restrict s), (path, s),
         io_touch(s, sizeof *s))
TOUCHING(int, lstat, (const char *restrict path, struct stat *restrict s), (path, s),
         io_touch(s, sizeof *s))
TOUCHING(int, fstat, (int fd, struct stat *s), (fd, s), io_touch(s, sizeof *s))
TOUCHING(int, fstatat, (int at, const char *restrict path, struct stat *restrict s, int flags),
         (at, path, s, flags), io_touch(s, sizeof *s))
TOUCHING(int, stat64, (const char *restrict path, struct stat64 *restrict s), (path, s),
         io_touch(s, sizeof *s))
TOUCHING(int, lstat64, (const char *restrict path, struct stat64 *restrict s), (path, s),
         io_touch(s, sizeof *s))
TOUCHING(int, fstat64, (int fd, struct stat64 *s), (fd, s), io_touch(s, sizeof *s))
TOUCHING(int, statx,
         (int at, const char *restrict path, int flags, unsigned mask, struct statx *restrict s),
         (at, path, flags, mask, s), io_touch(s, sizeof *s))
TOUCHING(int, statfs, (const char *path, struct statfs *s), (path, s), io_touch(s, sizeof *s))
TOUCHING(int, fstatfs, (int fd, struct statfs *s), (fd, s), io_touch(s, sizeof *s))
TOUCHING(char *, getcwd, (char *path, size_t size), (path, size), io_touch(path, size))
TOUCHING(ssize_t, readlink, (const char *restrict path, char *restrict to, size_t size),
         (path, to, size), io_touch(to, size))
TOUCHING(ssize_t, readlinkat, (int at, const char *restrict path, char *restrict to, size_t size),
         (at, path, to, size), io_touch(to, size))
TOUCHING(int, uname, (struct utsname * name), (name), io_touch(name, sizeof *name))
TOUCHING(int, sysinfo, (struct sysinfo * info), (info), io_touch(info, sizeof *info))
TOUCHING(int, getrlimit, (__rlimit_resource_t which, struct rlimit *limit), (which, limit),
         io_touch(limit, sizeof *limit))
TOUCHING(int, sched_getaffinity, (pid_t pid, size_t size, cpu_set_t *set), (pid, size, set),
         io_touch(set, size))
TOUCHING(int, clock_getres, (clockid_t clock, struct timespec *time), (clock, time),
         io_touch(time, sizeof *time))

/* How much a call of ioctl writes is known of those that say so in their numbers (_IOR),
 * and of some that don't. */
EXPORT int ioctl(int fd, unsigned long request, ...) {
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    if (_IOC_DIR(request) & _IOC_READ)
        io_touch(argument, _IOC_SIZE(request));
    else if (request == FIONREAD || request == TIOCGPGRP)
        io_touch(argument, sizeof(int));
    else if (request == TIOCGWINSZ)
        io_touch(argument, sizeof(struct winsize));
    return (int)io_result(sys(SYS_ioctl, fd, request, argument));
}

/* What the processor was used for is another thing each time. */
EXPORT int getrusage(__rusage_who_t who, struct rusage *usage) {
    (void)who;
    u64 ns = rt.active ? (u64)step_now() * 100 : 0;
    __builtin_memset(usage, 0, sizeof *usage);
    usage->ru_utime.tv_sec = (time_t)(ns / 1000000000);
    usage->ru_utime.tv_usec = (suseconds_t)(ns / 1000 % 1000000);
    return 0;
}
EXPORT clock_t times(struct tms *t) {
    clock_t ticks = rt.active ? (clock_t)((u64)step_now() * 100 / 10000000) : 0;
    if (t)
        *t = (struct tms){.tms_utime = ticks};
    return (clock_t)(time_now() / 10000000);
}
