/*
 * descriptors.c - which descriptors a schedule opened, and what orders those who use them.
 *
 * What a schedule leaves open, a snapshot could not undo: then the fork server serves.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "signals.h"

/* Of which channel a descriptor receives, and into which it sends. All sockets but those
 * of socketpair() share one, and so do all files: who is connected to whom is the
 * kernel's knowledge. */
enum { NONE, FILES, SOCKETS, FIRST };
static struct descriptor {
    bool open;
    u8 kind;
    u16 in, out;
} table[DESCRIPTORS];
static u16 channels[2 * DESCRIPTORS]; /* nothing but addresses for objects */
static u16 channel_next;
static bool touched; /* something is in the table */

void descriptors_begin(void) {
    if (touched)
        __builtin_memset(table, 0, sizeof table);
    touched = false;
    channel_next = FIRST;
}

void descriptors_end(void) {
    bool failed = rt.failure.kind != FAILURE_NONE;
    for (int fd = 0; touched && fd < DESCRIPTORS; fd++) {
        if (!table[fd].open)
            continue;
        if (!failed)
            needs_fork("leaves a file descriptor open");
        if (rt.snapshots)
            sys(SYS_close, fd);
    }
}

long io_result(long value) {
    if (value >= 0)
        return value;
    errno = (int)-value;
    return -1;
}

static struct descriptor *known(int fd) {
    return fd >= 0 && fd < DESCRIPTORS ? &table[fd] : NULL;
}

static u16 channel_new(void) {
    touched = true;
    if (channel_next < sizeof channels / sizeof *channels - 1)
        channel_next++;
    return (u16)(channel_next - 1);
}

int io_opened(long fd, enum descriptor_kind kind) {
    struct descriptor *d = known((int)fd);
    if (rt.active && d) {
        touched = true;
        u16 channel = kind == FD_SOCKET ? SOCKETS : kind == FD_OTHER ? FILES : channel_new();
        *d = (struct descriptor){true, (u8)kind, channel, channel};
    } else if (rt.active && fd >= DESCRIPTORS) {
        needs_fork("more than 1024 descriptors");
    }
    return (int)io_result(fd);
}

void io_paired(int a, int b) {
    struct descriptor *x = known(a), *y = known(b);
    if (!rt.active || !x || !y)
        return;
    x->in = y->out = channel_new();
    x->out = y->in = channel_new();
}

void io_closed(int fd) {
    struct descriptor *d = known(fd);
    if (d)
        *d = (struct descriptor){0};
}

enum descriptor_kind io_kind(int fd) {
    const struct descriptor *d = known(fd);
    return d ? d->kind : FD_OTHER;
}

bool io_blocks(int fd) {
    long flags = sys(SYS_fcntl, fd, F_GETFL);
    return flags >= 0 && !(flags & O_NONBLOCK);
}

/* What was there before main is in a state that no schedule begins with. */
static struct descriptor *used(int fd) {
    struct descriptor *d = known(fd);
    if (d && !d->in) {
        d->in = d->out = channel_new();
        if (fd > 2)
            needs_fork("uses a descriptor that it did not open");
    }
    return d;
}

void io_sent(int fd) {
    const struct descriptor *d = used(fd);
    if (d && rt.active)
        clock_release(object_at(&channels[d->out], OBJECT_CHANNEL));
}

void io_received(int fd) {
    const struct descriptor *d = used(fd);
    if (d && rt.active)
        clock_acquire(object_at(&channels[d->in], OBJECT_CHANNEL));
}

void io_all_sent(void) {
    clock_release(object_at(&channels[FILES], OBJECT_CHANNEL));
}
void io_all_received(void) {
    clock_acquire(object_at(&channels[FILES], OBJECT_CHANNEL));
}

/* The kernel must find the pages of a buffer writable (snapshot.c protects them). */
void io_touch(void *buffer, size_t size) {
    volatile char *p = buffer;
    char c;
    if (!p || !size || !rt.active)
        return;
    for (size_t i = 0; i < size; i += 4096)
        c = p[i], p[i] = c;
    c = p[size - 1], p[size - 1] = c;
}

/* --- opening ------------------------------------------------------------------------------ */

static bool same_text(const char *a, const char *b) {
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

/* A file that is written to is another one for the next schedule. */
static void look_at_file(int fd, int flags) {
    struct stat s = {0};
    bool writes = (flags & O_ACCMODE) != O_RDONLY && (flags & O_TMPFILE) != O_TMPFILE;
    if (rt.active && writes && !(flags & O_TRUNC) && !sys(SYS_fstat, fd, &s) && S_ISREG(s.st_mode))
        not_covered("files: what one schedule writes into them, the next one finds");
}

static long open_at(int at, const char *path, int flags, int mode) {
    long fd = sys(SYS_openat, at, path, flags, mode);
    if (fd >= 0)
        look_at_file((int)fd, flags);
    return fd;
}

/* A FIFO opens when its other end does. */
struct opening {
    const char *path;
    int at, flags, mode;
    long fd;
};
static bool opens(void *of) {
    struct opening *o = of;
    if (o->fd == -ENXIO || o->fd == -EAGAIN)
        o->fd = open_at(o->at, o->path, o->flags | O_NONBLOCK, o->mode);
    return o->fd != -ENXIO;
}

static int open_fifo(struct opening *o) {
    bool writes = (o->flags & O_ACCMODE) == O_WRONLY;
    if (writes) {
        o->fd = -ENXIO;
        if (system_wait(opens, o, 0) == INTERRUPTED)
            return (int)io_result(-EINTR);
    } else {
        o->fd = open_at(o->at, o->path, o->flags | O_NONBLOCK, o->mode);
    }
    if (o->fd >= 0) {
        sys(SYS_fcntl, o->fd, F_SETFL, o->flags & ~O_NONBLOCK);
        io_opened(o->fd, FD_PIPE);
        table[o->fd].in = table[o->fd].out = SOCKETS;
        system_changed();
        if (!writes && (o->flags & O_ACCMODE) == O_RDONLY)
            not_covered("a FIFO opened for reading: it does not wait for a writer");
    }
    return (int)io_result(o->fd);
}

static int open_from(int at, const char *path, int flags, va_list list, uptr pc) {
    int mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(list, int) : 0;
    struct stat s = {0};
    if (!io_enter(pc))
        return (int)io_result(sys(SYS_openat, at, path, flags, mode));
    if (!(flags & (O_NONBLOCK | O_PATH)) && !sys(SYS_newfstatat, at, path, &s, 0)
        && S_ISFIFO(s.st_mode))
        return open_fifo(&(struct opening){path, at, flags, mode, 0});
    bool random = same_text(path, "/dev/urandom") || same_text(path, "/dev/random");
    return io_opened(open_at(at, path, flags, mode), random ? FD_RANDOM : FD_OTHER);
}

#define OPEN(name)                                                                                 \
    EXPORT int name(const char *path, int flags, ...) {                                            \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        int fd = open_from(AT_FDCWD, path, flags, list, CALLER);                                   \
        va_end(list);                                                                              \
        return fd;                                                                                 \
    }
#define OPEN_AT(name)                                                                              \
    EXPORT int name(int at, const char *path, int flags, ...) {                                    \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        int fd = open_from(at, path, flags, list, CALLER);                                         \
        va_end(list);                                                                              \
        return fd;                                                                                 \
    }
OPEN(open)
OPEN(open64)
OPEN_AT(openat)
OPEN_AT(openat64)

#define OPEN_CHECKED(name)                                                                         \
    EXPORT int name(const char *path, int flags) {                                                 \
        return open(path, flags, 0);                                                               \
    }
OPEN_CHECKED(__open_2)
OPEN_CHECKED(__open64_2)

EXPORT int creat(const char *path, mode_t mode) {
    return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
EXPORT int creat64(const char *path, mode_t mode) {
    return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

EXPORT int pipe2(int pair[2], int flags) {
    io_touch(pair, 2 * sizeof *pair);
    int r = (int)io_result(sys(SYS_pipe2, pair, flags));
    if (r == 0) {
        io_opened(pair[0], FD_PIPE), io_opened(pair[1], FD_PIPE);
        io_paired(pair[0], pair[1]);
    }
    return r;
}
EXPORT int pipe(int pair[2]) {
    return pipe2(pair, 0);
}
EXPORT int socketpair(int domain, int type, int protocol, int pair[2]) {
    io_touch(pair, 2 * sizeof *pair);
    int r = (int)io_result(sys(SYS_socketpair, domain, type, protocol, pair));
    if (r == 0) {
        io_opened(pair[0], FD_SOCKET), io_opened(pair[1], FD_SOCKET);
        io_paired(pair[0], pair[1]);
    }
    return r;
}
/* FD_PIPE: with a channel of its own */
EXPORT int eventfd(unsigned value, int flags) {
    return io_opened(sys(SYS_eventfd2, value, flags), FD_PIPE);
}
EXPORT int memfd_create(const char *name, unsigned flags) {
    return io_opened(sys(SYS_memfd_create, name, flags), FD_OTHER);
}
EXPORT int inotify_init1(int flags) {
    return io_opened(sys(SYS_inotify_init1, flags), FD_PIPE);
}
EXPORT int inotify_init(void) {
    return inotify_init1(0);
}

/* --- copying and closing ------------------------------------------------------------------- */

static int copied(int from, long to) {
    struct descriptor *d = known((int)to);
    if (to >= 0 && d && rt.active) {
        const struct descriptor *f = used(from);
        *d = f ? *f : (struct descriptor){.kind = FD_OTHER};
        d->open = true;
    }
    return (int)io_result(to);
}

EXPORT int dup(int fd) {
    return copied(fd, sys(SYS_dup, fd));
}
EXPORT int dup3(int fd, int to, int flags) {
    const struct descriptor *d = known(to);
    if (rt.active && (!d || !d->open) && sys(SYS_fcntl, to, F_GETFD) >= 0)
        needs_fork("replaces a descriptor that it did not open");
    int r = copied(fd, sys(SYS_dup3, fd, to, flags));
    system_changed();
    return r;
}
EXPORT int dup2(int fd, int to) {
    return fd == to ? (int)io_result(sys(SYS_fcntl, fd, F_GETFD) < 0 ? -EBADF : fd)
                    : dup3(fd, to, 0);
}

EXPORT int close(int fd) {
    bool exploring = io_enter(CALLER);
    const struct descriptor *d = known(fd);
    if (exploring && d && !d->open && sys(SYS_fcntl, fd, F_GETFD) >= 0)
        needs_fork("closes a descriptor that it did not open");
    if (exploring && d && d->kind != FD_OTHER)
        io_sent(fd); /* its end is a message, too */
    io_closed(fd);
    timers_closed(fd);
    int r = (int)io_result(sys(SYS_close, fd));
    if (exploring)
        system_changed();
    return r;
}

/* --- fcntl ------------------------------------------------------------------------------------ */

struct locking {
    int fd, command;
    void *lock;
    long result;
};
static bool locks(void *of) {
    struct locking *l = of;
    l->result = sys(SYS_fcntl, l->fd, l->command, l->lock);
    return l->result != -EAGAIN && l->result != -EACCES;
}

static int fcntl_from(int fd, int command, void *argument, uptr pc) {
    bool waits = command == F_SETLKW || command == F_OFD_SETLKW;
    if (!rt.active)
        return (int)io_result(sys(SYS_fcntl, fd, command, argument));
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
        return copied(fd, sys(SYS_fcntl, fd, command, argument));
    if (command == F_GETLK || command == F_OFD_GETLK)
        io_touch(argument, sizeof(struct flock));
    if (!waits && command != F_SETLK && command != F_OFD_SETLK)
        return (int)io_result(sys(SYS_fcntl, fd, command, argument));
    io_enter(pc);
    io_sent(fd);
    struct locking l = {fd, command - waits, argument, 0};
    if (waits && system_wait(locks, &l, 0) == INTERRUPTED)
        return (int)io_result(-EINTR);
    if (!waits && !locks(&l))
        io_in_vain();
    io_received(fd);
    system_changed();
    return (int)io_result(l.result);
}

#define FCNTL(name)                                                                                \
    EXPORT int name(int fd, int command, ...) {                                                    \
        va_list list;                                                                              \
        va_start(list, command);                                                                   \
        void *argument = va_arg(list, void *);                                                     \
        va_end(list);                                                                              \
        return fcntl_from(fd, command, argument, CALLER);                                          \
    }
FCNTL(fcntl)
FCNTL(fcntl64)
