/*
 * fiber.h - how one thread stops and another goes on.
 *
 * On x86-64 with FSGSBASE threads are fibers: each has a stack, and a thread control
 * block with thread-local variables that a real thread lends it, which was created at
 * the start and sleeps for good. A switch exchanges the registers, the stack and the FS
 * base: about 0.1 µs. Elsewhere each is a real thread, and a switch is two futex calls:
 * about 3 µs, and only in children of the fork server.
 */
#ifndef EXPLORE_FIBER_H
#define EXPLORE_FIBER_H

#include "rt.h"

/* Can this processor and kernel do the first? */
bool fibers_possible(void);

/* Stacks, and (fibers) sleeping threads to lend, for `count` threads besides main. More
 * may be asked for later, between schedules. */
void fibers_make(int count);

/* Main is `threads[0]`, on the stack and with the control block of who calls this. */
void fiber_main(void);

/* A new thread, which will begin in thread_main(). Sets its handle (pthread_t). False:
 * none is left; rt.pool_wanted says how many would do. */
bool fiber_create(struct thread *t);

void fiber_switch(struct thread *from, struct thread *to);

/* Memory that belongs to thread i's fiber: its stack, its thread-local variables. */
void fiber_memory(int pool, struct thread_memory *memory);

/* For the server: runs `function` on main's stack, below `sp`, as a fiber of its own that
 * ends when somebody calls server_resume(). */
void server_run(uptr sp, void (*function)(void));
_Noreturn void server_resume(void);
/* Goes on in `function`, on a stack that ends at `top`, for good. */
_Noreturn void server_start(uptr top, void (*function)(void));
int fibers_used(void); /* in this schedule, besides main */
uptr tls_base(void);   /* the FS base */
uptr tls_low(uptr base);
uptr tls_high(uptr base);

#endif
