/*
 * io.c - reading from and writing to descriptors of any kind. Reads and writes at a place
 * in a file (pread) never wait.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include "io.h"
#include "signals.h"

void io_access(const struct iovec *list, size_t count, size_t bytes, bool write, uptr pc) {
    if (!instrumented(pc))
        return;
    for (size_t i = 0; i < count && bytes; i++) {
        size_t here = list[i].iov_len < bytes ? list[i].iov_len : bytes;
        access_range(list[i].iov_base, here, write, pc);
        bytes -= here;
    }
}

/* --- reading ----------------------------------------------------------------------------- */

static ssize_t read_random(u8 *buffer, size_t size) {
    for (size_t i = 0; i < size; i++)
        buffer[i] = (u8)choose(256);
    return (ssize_t)size;
}

static ssize_t read_from(int fd, void *buffer, size_t size, uptr pc) {
    if (!io_enter(pc))
        return io_result(sys(SYS_read, fd, buffer, size));
    if (io_kind(fd) == FD_RANDOM)
        return read_random(buffer, size);
    long n = io_may(fd, POLLIN);
    io_touch(buffer, size);
    if (!n)
        n = sys(SYS_read, fd, buffer, size);
    io_access(&(struct iovec){buffer, size}, 1, n > 0 ? (size_t)n : 0, true, pc);
    return io_has_received(fd, n);
}

EXPORT ssize_t read(int fd, void *buffer, size_t size) {
    return read_from(fd, buffer, size, CALLER);
}
EXPORT ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room) {
    (void)room;
    return read_from(fd, buffer, size, CALLER);
}

EXPORT ssize_t readv(int fd, const struct iovec *list, int count) {
    uptr pc = CALLER;
    if (!io_enter(pc))
        return io_result(sys(SYS_readv, fd, list, count));
    long n = io_may(fd, POLLIN);
    for (int i = 0; i < count; i++)
        io_touch(list[i].iov_base, list[i].iov_len);
    if (!n)
        n = sys(SYS_readv, fd, list, count);
    io_access(list, (size_t)count, n > 0 ? (size_t)n : 0, true, pc);
    return io_has_received(fd, n);
}

static ssize_t read_at(int fd, void *buffer, size_t size, off_t at, uptr pc) {
    bool exploring = io_enter(pc);
    io_touch(buffer, size);
    long n = sys(SYS_pread64, fd, buffer, size, at);
    if (!exploring)
        return io_result(n);
    io_access(&(struct iovec){buffer, size}, 1, n > 0 ? (size_t)n : 0, true, pc);
    return io_has_received(fd, n);
}
EXPORT ssize_t pread(int fd, void *buffer, size_t size, off_t at) {
    return read_at(fd, buffer, size, at, CALLER);
}
EXPORT ssize_t pread64(int fd, void *buffer, size_t size, off_t at) {
    return read_at(fd, buffer, size, at, CALLER);
}

/* --- writing ------------------------------------------------------------------------------- */

/* A pipe with room for anything has room for so much; then the rest is waited for. */
enum { PIPE_ROOM = 4096 };

static long put(int fd, const void *data, size_t size) {
    bool waits = io_kind(fd) != FD_OTHER && io_blocks(fd);
    size_t done = 0;
    do {
        size_t here = size - done;
        if (waits) {
            long error = io_may(fd, POLLOUT);
            if (error)
                return done ? (long)done : error;
            if (here > PIPE_ROOM)
                here = PIPE_ROOM;
        }
        io_sent(fd);
        long n = sys(SYS_write, fd, (const char *)data + done, here);
        if (n < 0)
            return done ? (long)done : n;
        done += (size_t)n;
        system_changed();
    } while (waits && done < size);
    return (long)done;
}

static ssize_t has_sent(long n) {
    if (n == -EAGAIN)
        io_in_vain();
    if (n == -EPIPE)
        signal_pipe();
    return io_result(n);
}

EXPORT ssize_t write(int fd, const void *data, size_t size) {
    uptr pc = CALLER;
    if (!io_enter(pc))
        return io_result(sys(SYS_write, fd, data, size));
    io_access(&(struct iovec){(void *)(uptr)data, size}, 1, size, false, pc);
    return has_sent(put(fd, data, size));
}

EXPORT ssize_t writev(int fd, const struct iovec *list, int count) {
    uptr pc = CALLER;
    if (!io_enter(pc))
        return io_result(sys(SYS_writev, fd, list, count));
    io_access(list, (size_t)count, ~(size_t)0, false, pc);
    bool waits = io_kind(fd) != FD_OTHER && io_blocks(fd);
    size_t sum = 0;
    for (int i = 0; i < count; i++)
        sum += list[i].iov_len;
    if (!waits || sum <= PIPE_ROOM) { /* at once, as it has to be */
        long n = waits ? io_may(fd, POLLOUT) : 0;
        io_sent(fd);
        if (!n)
            n = sys(SYS_writev, fd, list, count);
        system_changed();
        return has_sent(n);
    }
    long done = 0;
    for (int i = 0; i < count; i++) {
        long n = put(fd, list[i].iov_base, list[i].iov_len);
        if (n < 0)
            return done ? done : has_sent(n);
        done += n;
    }
    return done;
}

static ssize_t write_at(int fd, const void *data, size_t size, off_t at, uptr pc) {
    if (io_enter(pc)) {
        io_access(&(struct iovec){(void *)(uptr)data, size}, 1, size, false, pc);
        io_sent(fd);
    }
    return io_result(sys(SYS_pwrite64, fd, data, size, at));
}
EXPORT ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return write_at(fd, data, size, at, CALLER);
}
EXPORT ssize_t pwrite64(int fd, const void *data, size_t size, off_t at) {
    return write_at(fd, data, size, at, CALLER);
}

/* --- what libc makes of these two --------------------------------------------------------------
 */

EXPORT int eventfd_read(int fd, eventfd_t *value) {
    return read(fd, value, sizeof *value) == sizeof *value ? 0 : -1;
}
EXPORT int eventfd_write(int fd, eventfd_t value) {
    return write(fd, &value, sizeof value) == sizeof value ? 0 : -1;
}

EXPORT int vdprintf(int fd, const char *format, va_list list) {
    char *text;
    int n = vasprintf(&text, format, list);
    if (n < 0)
        return n;
    if (rt.active)
        n = (int)has_sent(put(fd, text, (size_t)n));
    else
        n = (int)io_result(sys(SYS_write, fd, text, n));
    free(text);
    return n;
}
EXPORT int dprintf(int fd, const char *format, ...) {
    va_list list;
    io_enter(CALLER);
    va_start(list, format);
    int n = vdprintf(fd, format, list);
    va_end(list);
    return n;
}

EXPORT ssize_t sendfile(int to, int from, off_t *at, size_t size) {
    if (!io_enter(CALLER))
        return io_result(sys(SYS_sendfile, to, from, at, size));
    io_touch(at, at ? sizeof *at : 0);
    long n = io_kind(to) == FD_OTHER ? 0 : io_may(to, POLLOUT);
    if (size > PIPE_ROOM && io_kind(to) != FD_OTHER)
        size = PIPE_ROOM; /* it may do less than it was asked for */
    io_sent(to);
    if (!n)
        n = sys(SYS_sendfile, to, from, at, size);
    system_changed();
    return has_sent(n);
}
EXPORT ssize_t sendfile64(int to, int from, off_t *at, size_t size) {
    return sendfile(to, from, at, size);
}
