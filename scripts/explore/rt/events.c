/*
 * events.c - what else there is to wait for: locks on whole files, message queues,
 * System V's semaphores and messages; and asynchronous input and output, which here is done
 * as soon as it is asked for.
 */
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include "io.h"

/* --- calls that can be asked not to wait: they are tried until they don't fail ---------------- */

struct trial {
    long number, a[6], result;
};
static bool tried(void *of) {
    struct trial *t = of;
    t->result = sys6(t->number, t->a[0], t->a[1], t->a[2], t->a[3], t->a[4], t->a[5]);
    return t->result != -EAGAIN && t->result != -ENOMSG;
}

static long try_until(struct trial t, bool waits, u64 deadline) {
    if (!tried(&t) && waits) {
        enum waited how = system_wait(tried, &t, deadline);
        if (how != READY)
            t.result = how == OVER ? -EAGAIN : -EINTR;
    } else if (t.result == -EAGAIN || t.result == -ENOMSG) {
        io_in_vain();
    }
    system_changed();
    return io_result(t.result);
}

EXPORT int flock(int fd, int operation) {
    if (!io_enter(CALLER))
        return (int)io_result(sys(SYS_flock, fd, operation));
    struct trial t = {SYS_flock, {fd, operation | LOCK_NB}, 0};
    bool waits = !(operation & (LOCK_NB | LOCK_UN));
    io_sent(fd);
    int r = (int)try_until(t, waits, 0);
    io_received(fd);
    return r;
}

EXPORT int semtimedop(int id, struct sembuf *list, size_t count, const struct timespec *time) {
    enum { MOST = 32 };
    struct sembuf copy[MOST];
    bool waits = true;
    if (!io_enter(CALLER) || count > MOST)
        return (int)io_result(sys(SYS_semtimedop, id, list, count, time));
    for (size_t i = 0; i < count; i++) {
        copy[i] = list[i];
        waits &= !(copy[i].sem_flg & IPC_NOWAIT);
        copy[i].sem_flg |= IPC_NOWAIT;
    }
    io_all_sent();
    int r = (int)try_until((struct trial){SYS_semtimedop, {id, (long)copy, (long)count, 0}, 0},
                           waits, io_deadline(time));
    io_all_received();
    return r;
}
EXPORT int semop(int id, struct sembuf *list, size_t count) {
    return semtimedop(id, list, count, NULL);
}

EXPORT int msgsnd(int id, const void *message, size_t size, int flags) {
    if (!io_enter(CALLER))
        return (int)io_result(sys(SYS_msgsnd, id, message, size, flags));
    io_all_sent();
    struct trial t = {SYS_msgsnd, {id, (long)message, (long)size, flags | IPC_NOWAIT}, 0};
    return (int)try_until(t, !(flags & IPC_NOWAIT), 0);
}
EXPORT ssize_t msgrcv(int id, void *message, size_t size, long type, int flags) {
    if (!io_enter(CALLER))
        return io_result(sys(SYS_msgrcv, id, message, size, type, flags));
    io_touch(message, size + sizeof(long));
    struct trial t = {SYS_msgrcv, {id, (long)message, (long)size, type, flags | IPC_NOWAIT}, 0};
    ssize_t n = try_until(t, !(flags & IPC_NOWAIT), 0);
    io_all_received();
    return n;
}

EXPORT ssize_t splice(int from, off_t *from_at, int to, off_t *to_at, size_t size, unsigned flags) {
    if (!io_enter(CALLER))
        return io_result(sys(SYS_splice, from, from_at, to, to_at, size, flags));
    struct trial t = {SYS_splice, {from, (long)from_at, to, (long)to_at, (long)size, 0}, 0};
    t.a[5] = (long)(flags | SPLICE_F_NONBLOCK);
    io_sent(to);
    ssize_t n = try_until(t, !(flags & SPLICE_F_NONBLOCK) && io_blocks(from) && io_blocks(to), 0);
    io_received(from);
    return n;
}
EXPORT ssize_t tee(int from, int to, size_t size, unsigned flags) {
    if (!io_enter(CALLER))
        return io_result(sys(SYS_tee, from, to, size, flags));
    struct trial t = {SYS_tee, {from, to, (long)size, (long)(flags | SPLICE_F_NONBLOCK)}, 0};
    io_sent(to);
    ssize_t n = try_until(t, !(flags & SPLICE_F_NONBLOCK), 0);
    io_received(from);
    return n;
}

/* Into a pipe, whose pages are the program's own from then on; or out of it. */
EXPORT ssize_t vmsplice(int fd, const struct iovec *list, size_t count, unsigned flags) {
    uptr pc = CALLER;
    if (!io_enter(pc))
        return io_result(sys(SYS_vmsplice, fd, list, count, flags));
    bool out = (sys(SYS_fcntl, fd, F_GETFL) & O_ACCMODE) == O_RDONLY;
    for (size_t i = 0; out && i < count; i++)
        io_touch(list[i].iov_base, list[i].iov_len);
    struct trial t = {SYS_vmsplice, {fd, (long)list, (long)count, 0}, 0};
    t.a[3] = (long)(flags | SPLICE_F_NONBLOCK);
    if (!out)
        io_sent(fd);
    ssize_t n = try_until(t, !(flags & SPLICE_F_NONBLOCK) && io_blocks(fd), 0);
    io_access(list, count, n > 0 ? (size_t)n : 0, out, pc);
    if (out)
        io_received(fd);
    return n;
}

/* --- POSIX message queues: descriptors, but not read and written ---------------------------------
 */

EXPORT mqd_t mq_open(const char *name, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
    struct mq_attr *attributes = flags & O_CREAT ? va_arg(list, struct mq_attr *) : NULL;
    va_end(list);
    if (name[0] != '/')
        return (mqd_t)io_result(-EINVAL);
    return (mqd_t)io_opened(sys(SYS_mq_open, name + 1, flags, mode, attributes), FD_PIPE);
}
EXPORT int mq_close(mqd_t queue) {
    return close(queue);
}

static const struct timespec long_ago;

static int send_from(mqd_t queue, const char *data, size_t size, unsigned priority,
                     const struct timespec *until, uptr pc) {
    if (!io_enter(pc))
        return (int)io_result(sys(SYS_mq_timedsend, queue, data, size, priority, until));
    u64 deadline = until ? time_of(until) : 0;
    bool stopped = io_blocks(queue) && io_wait(queue, POLLOUT, deadline) == INTERRUPTED;
    long n = stopped ? -EINTR : 0;
    io_sent(queue);
    if (!n)
        n = sys(SYS_mq_timedsend, queue, data, size, priority, &long_ago);
    system_changed();
    return (int)io_result(n);
}
EXPORT int mq_timedsend(mqd_t queue, const char *data, size_t size, unsigned priority,
                        const struct timespec *until) {
    return send_from(queue, data, size, priority, until, CALLER);
}
EXPORT int mq_send(mqd_t queue, const char *data, size_t size, unsigned priority) {
    return send_from(queue, data, size, priority, NULL, CALLER);
}

static ssize_t receive_from(mqd_t queue, char *buffer, size_t size, unsigned *priority,
                            const struct timespec *until, uptr pc) {
    if (!io_enter(pc))
        return io_result(sys(SYS_mq_timedreceive, queue, buffer, size, priority, until));
    u64 deadline = until ? time_of(until) : 0;
    bool stopped = io_blocks(queue) && io_wait(queue, POLLIN, deadline) == INTERRUPTED;
    long n = stopped ? -EINTR : 0;
    io_touch(buffer, size);
    io_touch(priority, sizeof *priority);
    if (!n)
        n = sys(SYS_mq_timedreceive, queue, buffer, size, priority, &long_ago);
    return io_has_received(queue, n);
}
EXPORT ssize_t mq_timedreceive(mqd_t queue, char *restrict buffer, size_t size,
                               unsigned *restrict priority, const struct timespec *restrict until) {
    return receive_from(queue, buffer, size, priority, until, CALLER);
}
EXPORT ssize_t mq_receive(mqd_t queue, char *buffer, size_t size, unsigned *priority) {
    return receive_from(queue, buffer, size, priority, NULL, CALLER);
}
EXPORT int mq_notify(mqd_t queue, const struct sigevent *event) {
    not_covered("mq_notify");
    return (int)io_result(sys(SYS_mq_notify, queue, event));
}

/* --- signalfd: the kernel has none of the signals that it would show
 * ------------------------------- */

EXPORT int signalfd(int fd, const sigset_t *set, int flags) {
    not_covered("signalfd");
    return (int)io_opened(sys(SYS_signalfd4, fd, set, 8, flags), FD_PIPE);
}

/* --- aio
 * -----------------------------------------------------------------------------------------------
 */

static int aio_done(struct aiocb *request, ssize_t n) {
    request->__return_value = n;
    request->__error_code = n < 0 ? errno : 0;
    if (request->aio_sigevent.sigev_notify == SIGEV_SIGNAL
        || request->aio_sigevent.sigev_notify == SIGEV_THREAD)
        not_covered("aio: telling by a signal or a thread that a request is done");
    return 0;
}
EXPORT int aio_read(struct aiocb *r) {
    return aio_done(r,
                    pread(r->aio_fildes, (void *)(uptr)r->aio_buf, r->aio_nbytes, r->aio_offset));
}
EXPORT int aio_write(struct aiocb *r) {
    return aio_done(r,
                    pwrite(r->aio_fildes, (void *)(uptr)r->aio_buf, r->aio_nbytes, r->aio_offset));
}
EXPORT int aio_fsync(int operation, struct aiocb *request) {
    (void)operation;
    return aio_done(request, fsync(request->aio_fildes));
}
EXPORT int aio_error(const struct aiocb *request) {
    return request->__error_code;
}
EXPORT ssize_t aio_return(struct aiocb *request) {
    return request->__return_value;
}
EXPORT int aio_suspend(const struct aiocb *const list[], int count, const struct timespec *time) {
    return (void)list, (void)count, (void)time, 0;
}
EXPORT int aio_cancel(int fd, struct aiocb *request) {
    return (void)fd, (void)request, AIO_ALLDONE;
}
EXPORT int lio_listio(int mode, struct aiocb *const list[restrict], int count,
                      struct sigevent *restrict event) {
    (void)mode, (void)event;
    for (int i = 0; i < count; i++)
        if (list[i] && list[i]->aio_lio_opcode == LIO_READ)
            aio_read(list[i]);
        else if (list[i] && list[i]->aio_lio_opcode == LIO_WRITE)
            aio_write(list[i]);
    return 0;
}
