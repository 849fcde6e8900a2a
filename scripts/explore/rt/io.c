/*
 * io.c - descriptors and mappings.
 *
 * A read that would block lets the other threads run first. What a schedule opens or maps
 * and does not give back, a snapshot could not undo: then the fork server serves.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rt.h"
#include "shadow.h"
#include "sys.h"

enum { DESCRIPTORS = 1024, MAPPINGS = 64, FRESH_MOST = 64 << 20 };
static u8 opened[DESCRIPTORS];
static struct {
    uptr low;
    size_t size;
} mapped[MAPPINGS];

void io_begin(void) {
    __builtin_memset(opened, 0, sizeof opened);
    __builtin_memset(mapped, 0, sizeof mapped);
}

void io_end(void) {
    bool failed = rt.failure.kind != FAILURE_NONE;
    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        if (!opened[fd])
            continue;
        if (!failed)
            needs_fork("leaves a file descriptor open");
        if (rt.snapshots)
            sys(SYS_close, fd);
    }
    for (int i = 0; i < MAPPINGS; i++) {
        if (!mapped[i].size)
            continue;
        if (!failed)
            needs_fork("leaves memory mapped");
        if (rt.snapshots)
            sys(SYS_munmap, mapped[i].low, mapped[i].size);
    }
}

static int result(long value) {
    if (value >= 0)
        return (int)value;
    errno = (int)-value;
    return -1;
}

static int note_open(long fd) {
    if (fd >= 0 && fd < DESCRIPTORS && rt.active)
        opened[fd] = 1;
    return result(fd);
}

/* --- opening and closing --------------------------------------------------------------- */

static int open_at(int at, const char *path, int flags, va_list list) {
    int mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(list, int) : 0;
    return note_open(sys(SYS_openat, at, path, flags, mode));
}

#define OPEN(name)                                                                                 \
    EXPORT int name(const char *path, int flags, ...) {                                            \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        int fd = open_at(AT_FDCWD, path, flags, list);                                             \
        va_end(list);                                                                              \
        return fd;                                                                                 \
    }
OPEN(open)
OPEN(open64)

EXPORT int socketpair(int domain, int type, int protocol, int pair[2]) {
    pair[0] = pair[0];
    int r = result(sys(SYS_socketpair, domain, type, protocol, pair));
    if (r == 0)
        note_open(pair[0]), note_open(pair[1]);
    return r;
}
EXPORT int pipe2(int pair[2], int flags) {
    pair[0] = pair[0];
    int r = result(sys(SYS_pipe2, pair, flags));
    if (r == 0)
        note_open(pair[0]), note_open(pair[1]);
    return r;
}
EXPORT int pipe(int pair[2]) {
    return pipe2(pair, 0);
}
EXPORT int dup(int fd) {
    return note_open(sys(SYS_dup, fd));
}

EXPORT int close(int fd) {
    if (fd >= 0 && fd < DESCRIPTORS)
        opened[fd] = 0;
    return result(sys(SYS_close, fd));
}

/* --- reading and writing ------------------------------------------------------------------ */

/* Lets others run until the descriptor is ready, or nobody else can. */
static void wait_for(int fd, short events, uptr pc) {
    if (!instrumented(pc) || !point_sync(EVENT_SYSTEM, NULL, pc))
        return;
    for (;;) {
        struct pollfd p = {.fd = fd, .events = events};
        struct timespec none = {0, 0};
        if (sys(SYS_ppoll, &p, 1, &none, NULL, 8) != 0 || rt.runnable_count < 2)
            return;
        yield_now();
        rt.step++;
        rt.current->since++;
    }
}

/* The kernel must find the pages of a buffer writable (snapshot.c protects them). */
static void touch(void *buffer, size_t size) {
    volatile char *p = buffer;
    for (size_t i = 0; i < size; i += 4096)
        p[i] = p[i];
    if (size)
        p[size - 1] = p[size - 1];
}

EXPORT ssize_t read(int fd, void *buffer, size_t size) {
    uptr pc = CALLER;
    wait_for(fd, POLLIN, pc);
    if (rt.active)
        touch(buffer, size);
    long n = sys(SYS_read, fd, buffer, size);
    if (n > 0 && rt.active && instrumented(pc))
        access_range(buffer, (size_t)n, true, pc);
    return result(n);
}

EXPORT ssize_t write(int fd, const void *buffer, size_t size) {
    uptr pc = CALLER;
    if (fd > 2)
        wait_for(fd, POLLOUT, pc);
    if (rt.active && instrumented(pc))
        access_range(buffer, size, false, pc);
    return result(sys(SYS_write, fd, buffer, size));
}

EXPORT int poll(struct pollfd *fds, nfds_t n, int timeout) {
    uptr pc = CALLER;
    bool exploring = point_sync(EVENT_SYSTEM, NULL, pc);
    for (;;) {
        struct timespec none = {0, 0};
        long ready = sys(SYS_ppoll, fds, n, &none, NULL, 8);
        if (ready != 0 || timeout == 0)
            return result(ready);
        if (!exploring || rt.runnable_count < 2)
            break;
        yield_now();
        rt.step++;
        rt.current->since++;
    }
    struct timespec t = {timeout / 1000, timeout % 1000 * 1000000L};
    if (exploring && timeout > 0)
        return 0; /* virtual time: nobody else can run, so it is over */
    return result(sys(SYS_ppoll, fds, n, timeout < 0 ? NULL : &t, NULL, 8));
}

/* --- mappings -------------------------------------------------------------------------------- */

EXPORT void *mmap(void *where, size_t size, int protection, int flags, int fd, off_t offset) {
    long got = sys(SYS_mmap, where, size, protection, flags, fd, offset);
    if (got < 0 && got > -4096) {
        errno = (int)-got;
        return MAP_FAILED;
    }
    if (rt.active) {
        if (!(flags & MAP_ANONYMOUS) || !(flags & MAP_PRIVATE) || flags & MAP_FIXED)
            needs_fork("maps shared memory or a file");
        if (size < FRESH_MOST) /* what was there before it is forgotten */
            shadow_fresh((uptr)got, size);
        for (int i = 0; i < MAPPINGS; i++)
            if (!mapped[i].size) {
                mapped[i].low = (uptr)got;
                mapped[i].size = size;
                break;
            }
    }
    return (void *)got;
}

EXPORT int munmap(void *where, size_t size) {
    bool ours = !rt.active;
    if (rt.active && rt.traced) /* the value of the last access is still to be read */
        trace_event(EVENT_SYSTEM, (uptr)where, 0, CALLER);
    for (int i = 0; i < MAPPINGS; i++)
        if (mapped[i].size && mapped[i].low == (uptr)where) {
            ours = true;
            mapped[i].size = 0;
        }
    if (!ours)
        needs_fork("unmaps memory");
    return result(sys(SYS_munmap, where, size));
}

EXPORT int mprotect(void *where, size_t size, int protection) {
    needs_fork("mprotect");
    return result(sys(SYS_mprotect, where, size, protection));
}

/* --- stdio's locks -----------------------------------------------------------------------------
 */

/* Between callers of these. printf and its kin do not take them; but nobody is
 * interrupted inside of those. */
EXPORT void flockfile(FILE *file) {
    mutex_lock_virtual(file, CALLER);
}
EXPORT void funlockfile(FILE *file) {
    mutex_unlock_virtual(file, CALLER);
}
