/*
 * io.h - what the files about descriptors share (descriptors.c wait.c io.c sockets.c poll.c
 * events.c stdio.c mapping.c): which descriptors there are, what passes through them, and
 * how a thread waits for one.
 *
 * A call that would block in the kernel would stop everybody. So each asks first whether
 * it can go on, and blocks in the schedule until it can: io_wait() looks, and every call
 * that may make a descriptor ready ends with system_changed(), which looks for those who
 * wait. Between the looking and the doing nobody else runs.
 *
 *     if (!io_enter(pc))              // not explored: the plain system call
 *     io_wait(fd, POLLIN, 0)          // READY, OVER, INTERRUPTED
 *     n = sys(SYS_read, …)
 *     io_received(fd)                 // what was sent happened before
 *     system_changed()                // a writer may have room now
 */
#ifndef EXPLORE_IO_H
#define EXPLORE_IO_H

#include <sys/types.h>

#include "rt.h"
#include "sys.h"

enum { DESCRIPTORS = 1024 };

enum descriptor_kind {
    FD_OTHER, /* a file, or what was there before main */
    FD_PIPE,  /* … or a FIFO */
    FD_SOCKET,
    FD_RANDOM, /* /dev/urandom and /dev/random */
};

/* --- a schedule's begin and end, in the files named so, and sem.c ------------------------- */

void descriptors_begin(void);
void descriptors_end(void);
void mappings_begin(void);
void mappings_end(void);
void wait_begin(void);
void named_begin(void);

/* --- descriptors.c ---------------------------------------------------------------------- */

long io_result(long value);                        /* -errno becomes errno and -1 */
int io_opened(long fd, enum descriptor_kind kind); /* it is new; returns io_result(fd) */
void io_paired(int a, int b); /* what is sent into the one is received from the other */
void io_closed(int fd);
enum descriptor_kind io_kind(int fd);
bool io_blocks(int fd); /* it is not O_NONBLOCK */
/* Messages are orders: what was done before the sending happened before the receiving. */
void io_sent(int fd);     /* before it is sent */
void io_received(int fd); /* after it was received */
void io_all_sent(void);   /* the same, of what is no descriptor */
void io_all_received(void);
void io_touch(void *buffer, size_t size); /* before the kernel writes into it */

/* --- wait.c -------------------------------------------------------------------------------- */

/* Somebody outside of the program may answer, in so much real time. */
void outside_exists(int milliseconds);

enum waited { READY, OVER /* the deadline */, INTERRUPTED /* by a signal's handler: EINTR */ };
/* The current thread waits until ready(of) has said true, once; it is asked by whoever
 * runs, and whatever else it does is done on behalf of who waits. A cancellation point. */
enum waited system_wait(bool (*ready)(void *), void *of, u64 deadline);
/* The same, and any handler ends it, although it is to restart what it interrupts. */
enum waited system_wait_any(bool (*ready)(void *), void *of, u64 deadline);
/* … until a descriptor is ready, and still is. */
enum waited io_wait(int fd, short events, u64 deadline);
bool io_is_ready(int fd, short events);
/* Before a call that receives (POLLIN) or sends: waits, if it would. 0, -EINTR, or -EAGAIN
 * where the socket has a timeout. */
long io_may(int fd, short events);
/* After one that received n bytes (or failed, -errno): the order, and errno. */
ssize_t io_has_received(int fd, long n);
/* An event of kind SYSTEM, if it is the program that calls. False: nothing is explored. */
bool io_enter(uptr pc);
/* It failed because it would have blocked, or found nothing: whoever does that again and
 * again lets others run. */
void io_in_vain(void);
u64 io_deadline(const struct timespec *time); /* of a time from now; NULL: 0 */
u64 io_deadline_ms(int milliseconds);         /* negative: 0 */

/* --- io.c ---------------------------------------------------------------------------------- */

struct iovec;
/* The program reads from, or writes into, what a list of buffers names. */
void io_access(const struct iovec *list, size_t count, size_t bytes, bool write, uptr pc);

#endif
