/*
 * sockets.c - what only sockets do. A blocking one sends by trying; see io.h for the rest.
 */
#undef _GNU_SOURCE /* with it, addresses are unions of pointers, which only gcc has */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "io.h"
#include "signals.h"

struct mmsghdr { /* both are GNU's */
    struct msghdr msg_hdr;
    unsigned msg_len;
};

enum { ANSWER_MS = 100 }; /* so long the kernel may take from socket to socket */

static int opened(long fd) {
    return (int)io_opened(fd, FD_SOCKET);
}

EXPORT int socket(int domain, int type, int protocol) {
    if (rt.active && domain != AF_UNIX)
        outside_exists(ANSWER_MS);
    return opened(sys(SYS_socket, domain, type, protocol));
}

EXPORT int bind(int fd, const struct sockaddr *address, socklen_t size) {
    io_enter(CALLER);
    return (int)io_result(sys(SYS_bind, fd, address, size));
}

EXPORT int listen(int fd, int most) {
    bool exploring = io_enter(CALLER);
    if (exploring)
        io_sent(fd);
    int r = (int)io_result(sys(SYS_listen, fd, most));
    if (exploring)
        system_changed();
    return r;
}

static int accept_from(int fd, struct sockaddr *address, socklen_t *size, int flags, uptr pc) {
    if (!io_enter(pc))
        return opened(sys(SYS_accept4, fd, address, size, flags));
    if (address && size) {
        io_touch(size, sizeof *size);
        io_touch(address, *size);
    }
    long n = io_may(fd, POLLIN);
    if (!n)
        n = sys(SYS_accept4, fd, address, size, flags);
    io_has_received(fd, n);
    return opened(n);
}
EXPORT int accept(int fd, struct sockaddr *restrict address, socklen_t *restrict size) {
    return accept_from(fd, address, size, 0, CALLER);
}
EXPORT int accept4(int, struct sockaddr *restrict, socklen_t *restrict, int);
EXPORT int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict size, int flags) {
    return accept_from(fd, address, size, flags, CALLER);
}

/* --- what the kernel tells of them ---------------------------------------------------------- */

#define NAME(name)                                                                                 \
    EXPORT int name(int fd, struct sockaddr *restrict address, socklen_t *restrict size) {         \
        io_touch(size, sizeof *size);                                                              \
        io_touch(address, *size);                                                                  \
        return (int)io_result(sys(SYS_##name, fd, address, size));                                 \
    }
NAME(getsockname)
NAME(getpeername)

EXPORT int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict size) {
    io_touch(size, sizeof *size);
    io_touch(value, *size);
    return (int)io_result(sys(SYS_getsockopt, fd, level, name, value, size));
}

/* --- connecting -------------------------------------------------------------------------- */

struct connecting {
    int fd;
    const struct sockaddr *address;
    socklen_t size;
    long result;
};

static bool connects(void *of) {
    struct connecting *c = of;
    c->result = sys(SYS_connect, c->fd, c->address, c->size);
    return c->result != -EAGAIN;
}

/* Blocking, but not in the kernel. */
static long connect_waiting(struct connecting *c) {
    long flags = sys(SYS_fcntl, c->fd, F_GETFL);
    sys(SYS_fcntl, c->fd, F_SETFL, flags | O_NONBLOCK);
    enum waited how = system_wait(connects, c, 0);
    sys(SYS_fcntl, c->fd, F_SETFL, flags);
    if (how == INTERRUPTED)
        return -EINTR;
    if (c->result != -EINPROGRESS)
        return c->result;
    system_changed();
    if (io_wait(c->fd, POLLOUT, 0) == INTERRUPTED)
        return -EINTR;
    int error = 0;
    socklen_t size = sizeof error;
    long r = sys(SYS_getsockopt, c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return r ? r : -error;
}

EXPORT int connect(int fd, const struct sockaddr *address, socklen_t size) {
    if (!io_enter(CALLER))
        return (int)io_result(sys(SYS_connect, fd, address, size));
    struct connecting c = {fd, address, size, 0};
    io_sent(fd);
    long r = io_blocks(fd) ? connect_waiting(&c) : sys(SYS_connect, fd, address, size);
    io_has_received(fd, r);
    return (int)io_result(r);
}

/* --- sending ------------------------------------------------------------------------------- */

struct sending {
    int fd, flags;
    struct msghdr message;
    long result;
};

static bool sends(void *of) {
    struct sending *s = of;
    s->result = sys(SYS_sendmsg, s->fd, &s->message, s->flags | MSG_DONTWAIT);
    return s->result != -EAGAIN;
}

static bool is_stream(int fd) {
    int type = 0;
    socklen_t size = sizeof type;
    sys(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &type, &size);
    return type == SOCK_STREAM;
}

/* What was sent is taken off a copy of the list. */
static void skip(struct msghdr *m, size_t bytes) {
    while (bytes && m->msg_iovlen) {
        struct iovec *v = m->msg_iov;
        size_t here = v->iov_len < bytes ? v->iov_len : bytes;
        v->iov_base = (char *)v->iov_base + here;
        v->iov_len -= here;
        bytes -= here;
        if (!v->iov_len)
            m->msg_iov++, m->msg_iovlen--;
    }
    m->msg_control = NULL; /* goes with the first byte */
    m->msg_controllen = 0;
}

static ssize_t send_from(int fd, const struct msghdr *message, int flags, uptr pc) {
    enum { MOST = 64 };
    struct iovec list[MOST];
    struct sending s = {fd, flags, *message, 0};
    size_t sum = 0, done = 0;
    if (!io_enter(pc) || message->msg_iovlen > MOST)
        return io_result(sys(SYS_sendmsg, fd, message, flags));
    for (size_t i = 0; i < message->msg_iovlen; i++)
        list[i] = message->msg_iov[i], sum += list[i].iov_len;
    io_access(list, message->msg_iovlen, sum, false, pc);
    s.message.msg_iov = list;
    bool waits = io_blocks(fd) && !(flags & MSG_DONTWAIT);
    do {
        io_sent(fd);
        if (!sends(&s) && waits && system_wait(sends, &s, 0) == INTERRUPTED)
            s.result = -EINTR;
        system_changed();
        if (s.result < 0)
            break;
        done += (size_t)s.result;
        skip(&s.message, (size_t)s.result);
    } while (waits && done < sum && is_stream(fd));
    if (s.result == -EAGAIN)
        io_in_vain();
    if (s.result == -EPIPE && !(flags & MSG_NOSIGNAL))
        signal_pipe();
    return done ? (ssize_t)done : io_result(s.result);
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    return send_from(fd, message, flags, CALLER);
}

static ssize_t send_to(int fd, const void *data, size_t size, int flags,
                       const struct sockaddr *address, socklen_t length, uptr pc) {
    struct iovec one = {(void *)(uptr)data, size};
    struct msghdr message = {.msg_iov = &one, .msg_iovlen = 1};
    message.msg_name = (void *)(uptr)address;
    message.msg_namelen = length;
    return send_from(fd, &message, flags, pc);
}
EXPORT ssize_t send(int fd, const void *data, size_t size, int flags) {
    return send_to(fd, data, size, flags, NULL, 0, CALLER);
}
EXPORT ssize_t sendto(int fd, const void *data, size_t size, int flags,
                      const struct sockaddr *address, socklen_t length) {
    return send_to(fd, data, size, flags, address, length, CALLER);
}

EXPORT int shutdown(int fd, int how) {
    if (!io_enter(CALLER))
        return (int)io_result(sys(SYS_shutdown, fd, how));
    io_sent(fd);
    int r = (int)io_result(sys(SYS_shutdown, fd, how));
    system_changed();
    return r;
}

/* --- receiving ------------------------------------------------------------------------------ */

static ssize_t receive_from(int fd, struct msghdr *message, int flags, uptr pc) {
    if (!io_enter(pc))
        return io_result(sys(SYS_recvmsg, fd, message, flags));
    io_touch(message, sizeof *message);
    io_touch(message->msg_name, message->msg_namelen);
    io_touch(message->msg_control, message->msg_controllen);
    for (size_t i = 0; i < message->msg_iovlen; i++)
        io_touch(message->msg_iov[i].iov_base, message->msg_iov[i].iov_len);
    long n = flags & (MSG_DONTWAIT | MSG_ERRQUEUE) ? 0 : io_may(fd, POLLIN);
    if (!n)
        n = sys(SYS_recvmsg, fd, message, flags & ~MSG_WAITALL);
    io_access(message->msg_iov, message->msg_iovlen, n > 0 ? (size_t)n : 0, true, pc);
    for (struct cmsghdr *c = n >= 0 ? CMSG_FIRSTHDR(message) : NULL; c; c = CMSG_NXTHDR(message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
            not_covered("descriptors that are sent through a socket");
    return io_has_received(fd, n);
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
    return receive_from(fd, message, flags, CALLER);
}

/* MSG_WAITALL: as much as there is room for, but for the end. */
static ssize_t receive(int fd, void *buffer, size_t size, int flags, struct sockaddr *address,
                       socklen_t *length, uptr pc) {
    size_t done = 0;
    for (;;) {
        struct iovec one = {(char *)buffer + done, size - done};
        struct msghdr message = {.msg_iov = &one, .msg_iovlen = 1, .msg_name = address};
        message.msg_namelen = address && length ? *length : 0;
        ssize_t n = receive_from(fd, &message, flags, pc);
        if (n >= 0 && address && length)
            *length = message.msg_namelen;
        if (n <= 0)
            return done ? (ssize_t)done : n;
        done += (size_t)n;
        if (!(flags & MSG_WAITALL) || done == size || !is_stream(fd))
            return (ssize_t)done;
    }
}
EXPORT ssize_t recv(int fd, void *buffer, size_t size, int flags) {
    return receive(fd, buffer, size, flags, NULL, NULL, CALLER);
}
EXPORT ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags) {
    (void)room;
    return receive(fd, buffer, size, flags, NULL, NULL, CALLER);
}
EXPORT ssize_t recvfrom(int fd, void *restrict buffer, size_t size, int flags,
                        struct sockaddr *restrict address, socklen_t *restrict length) {
    return receive(fd, buffer, size, flags, address, length, CALLER);
}
EXPORT ssize_t __recvfrom_chk(int fd, void *restrict buffer, size_t size, size_t room, int flags,
                              struct sockaddr *restrict address, socklen_t *restrict length) {
    (void)room;
    return receive(fd, buffer, size, flags, address, length, CALLER);
}

/* --- many messages: the first is waited for ------------------------------------------------- */

EXPORT int recvmmsg(int fd, struct mmsghdr *list, unsigned count, int flags, struct timespec *time);
EXPORT int recvmmsg(int fd, struct mmsghdr *list, unsigned count, int flags,
                    struct timespec *time) {
    unsigned n = 0;
    if (time)
        not_covered("recvmmsg: its time limit");
    for (; n < count; n++) {
        bool more = n > 0 && flags & MSG_WAITFORONE;
        int how = (flags & ~MSG_WAITFORONE) | (more ? MSG_DONTWAIT : 0);
        ssize_t got = receive_from(fd, &list[n].msg_hdr, how, CALLER);
        if (got < 0)
            break;
        list[n].msg_len = (unsigned)got;
    }
    return n || !count ? (int)n : -1;
}
EXPORT int sendmmsg(int fd, struct mmsghdr *list, unsigned count, int flags);
EXPORT int sendmmsg(int fd, struct mmsghdr *list, unsigned count, int flags) {
    unsigned n = 0;
    for (; n < count; n++) {
        ssize_t sent = send_from(fd, &list[n].msg_hdr, flags, CALLER);
        if (sent < 0)
            break;
        list[n].msg_len = (unsigned)sent;
    }
    return n || !count ? (int)n : -1;
}
