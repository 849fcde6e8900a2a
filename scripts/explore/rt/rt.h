/*
 * rt.h - the runtime that is linked into an explored program, from the inside.
 *
 * The program's threads are fibers (or kernel threads that hand over to one another):
 * one runs at a time. Before each of its events - an access to memory, an operation on a
 * lock, a thread … - a thread calls point(), and there another may be chosen to go on.
 * So whatever happens between two points is atomic, and needs no lock in here.
 *
 *   access.c atomics.c mem.c           events the compiler or libc's memory functions make
 *   mutex.c rwlock.c cond.c …          events of the thread library
 *   schedule.c policy.c block.c …      who goes on
 *   shadow.h shadow.c clock.h          happens-before: races, use after free
 *   weak.h weak.c                      old values that loads may return
 *   wait.c signals.c timers.c io.h …   descriptors, children, signals: what is the system's
 *   fiber.c                            how one thread stops and another goes on
 *   snapshot.c server.c start.c        how one schedule ends and the next begins
 *
 * The runtime's own state lies in sections of its own (the Makefile renames them), which
 * are no part of what is reset. It calls nothing in libc that the program could have
 * interposed or that needs thread-local storage: system calls are made by sys.h.
 */
#ifndef EXPLORE_RT_H
#define EXPLORE_RT_H

#include "state.h"

struct timespec;

#define EXPORT __attribute__((visibility("default")))
#define NOINLINE __attribute__((noinline))
#define INLINE static inline __attribute__((always_inline))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define CALLER ((uptr)__builtin_return_address(0)) /* of an interposed function */

extern struct runtime rt;
extern struct thread threads[THREADS_MAX];

/* --- objects that threads synchronise by: objects.c ------------------------------------ */

/* The object at an address, made if need be. (objects.c) */
struct object *object_at(const void *address, enum object_type type);
struct object *object_known(const void *address); /* NULL: not met in this schedule */
struct object *object_fresh(const void *address, enum object_type type); /* just initialised */
/* Another one at the same address: what the readers of a rwlock release, who runs the
 * initialiser of a C++ guard (which itself is an atomic), who waits for a futex's word. */
struct object *object_second(const void *address, enum object_type type);
void objects_clear(void); /* forgets all, clocks too */

/* --- points --------------------------------------------------------------------------- */

/* Steps since the schedule began, as results and traces count them. */
INLINE u32 step_now(void) {
    return (u32)(rt.step - rt.base);
}

/* What point() does when something is due. False: nothing is being explored. */
bool point_slow(enum event_kind kind, uptr address, u32 size, uptr pc);
INLINE void due_now(void) { /* something other than the policy is due at the next point */
    rt.stop = rt.quiet = 0;
}

/* An event is about to happen; others may go first. `address` is what it touches. */
INLINE bool point(enum event_kind kind, uptr address, u32 size, uptr pc) {
    if (unlikely(++rt.step >= rt.stop))
        return point_slow(kind, address, size, pc);
    return true;
}

/* The same for an event of the thread library, always by the slow way: it is noted as
 * where the thread is. */
bool point_sync(enum event_kind kind, const void *address, uptr pc);

/* The current thread cannot go on: until somebody calls unblock(), or until `deadline`
 * (virtual ns; 0: none) when nobody else can run. `what` may be NULL. True: woken,
 * false: timed out. A deadlock that closes here ends the schedule. */
bool block(enum event_kind kind, struct object *what, int thread, u64 deadline);
void unblock(struct thread *t);
void unblock_waiters(const struct object *o); /* of everyone blocked in it */
void yield_now(void);                         /* somebody else, if anybody can */
/* Of a lock that was tried: whoever does that again and again lets others go on. (Counted
 * in the lock, because several may be at it, each only a few times in a row.) */
void trace_flag(u8 flag);
INLINE void tried_in_vain(struct object *o) {
    if (unlikely(rt.traced))
        trace_flag(EVENT_FAILED);
    if (++o->value >= 20)
        yield_now();
}
INLINE bool may_wait(void) { /* is there somebody, or a timer, to wait for? */
    return rt.runnable_count + rt.timed > 1;
}
void thread_runnable(struct thread *t, bool yes);
/* `t` goes on, and the current thread's segment of the schedule ends. Returns when it is
 * the turn of who called. */
void switch_to(struct thread *t, enum segment_end end);
void set_stop(void); /* something that stop and quiet depend on has changed */
INLINE void thread_is_current(struct thread *t) {
    rt.current = t;
    rt.self = (u64)t->id << 32;
}
void watch(enum event_kind kind, uptr address, u32 size, uptr pc); /* watch.c: does it spin? */

struct thread *thread_new(void);  /* NULL: no place */
_Noreturn void thread_ends(void); /* the current one, for good */
/* Those that can run, by their numbers; the braces are the caller's. */
#define for_each_runnable(t)                                                                       \
    for (int word_ = 0; word_ * 64 < rt.thread_count; word_++)                                     \
        for (u64 bits_ = rt.runnable[word_];                                                       \
             bits_ && ((t) = &threads[word_ * 64 + __builtin_ctzll(bits_)]); bits_ &= bits_ - 1)

/* A choice of the program's surroundings (rand(), whom to wake): 0 … n-1, by the data
 * seed, the thread, and how many it drew before: independent of the schedule. (policy.c) */
u64 choose(u64 n);
u64 draw_of(u64 number); /* by the data seed and that, and nothing else */

/* --- results ---------------------------------------------------------------------------- */

/* Ends the schedule. `words` as for printf, without floating point; may be NULL. */
_Noreturn void fail(enum failure_kind kind, uptr address, uptr pc, const char *words, ...)
    __attribute__((format(printf, 4, 5)));
/* The same, and the earlier event that belongs to it. */
_Noreturn void fail_with(enum failure_kind kind, uptr address, uptr pc, int other, u32 other_step,
                         const char *words);
_Noreturn void finish(int status);                 /* the program ends by itself */
void note(enum note_kind kind, const char *words); /* once each */
/* The program used what this runtime does not model: said once, by name. */
void not_covered(const char *name);
/* … or what a snapshot can't undo: then this schedule is run again by the fork server. */
void needs_fork(const char *name);

/* The traced replay (trace.c). `value` is noted where has_value. */
void trace_event(enum event_kind kind, uptr address, u32 size, uptr pc);
void trace_value(u64 value); /* of the event just traced */
void trace_order(int order);
void trace_old(u64 newest); /* what was loaded is not this */
void trace_failure(void);   /* the current thread's stack is where the schedule failed */

/* --- between the files ------------------------------------------------------------------ */

/* mutex.c, for condition variables: what pthread_mutex_lock and _unlock do, with no event
 * of their own. The first blocks; both update the clocks. */
void mutex_take(struct object *m, int count);
int mutex_give(struct object *m);              /* returns how often it was locked */
struct object *mutex_at(void *mutex, uptr pc); /* fails for a destroyed one */
bool mutex_is_mine(const struct object *m);
int mutex_lock_from(void *mutex, bool try, u64 deadline, uptr pc); /* for c11.c */
int mutex_lock_until(void *mutex, const struct timespec *until, uptr pc);
int mutex_unlock_from(void *mutex, uptr pc);
void mutex_init_from(void *mutex, int type, uptr pc);
void mutex_destroy_from(void *mutex, uptr pc);
void mutex_lock_virtual(void *address, uptr pc); /* a recursive one of no memory: stdio.c */
void mutex_unlock_virtual(void *address, uptr pc);

/* cond.c, for c11.c, too */
int cond_wait_from(void *cond, void *mutex, u64 deadline, uptr pc);
int cond_wake_from(void *cond, bool all, uptr pc);
void cond_init_from(void *cond, uptr pc);
void cond_destroy_from(void *cond, uptr pc);

/* once.c: the current thread leaves what lies below sp on its stack */
void once_leave(uptr sp);

/* thread.c */
_Noreturn void thread_finish(void);
_Noreturn void thread_main(void);          /* where a new thread begins */
_Noreturn void thread_leave(void *result); /* pthread_exit: cleanup handlers, keys */
struct thread *thread_of(uptr handle);     /* NULL: no such thread */
struct thread *thread_start(void *(*start)(void *), void *argument, bool detached, uptr pc);
/* The result of t, which has ended or will; sets *result. An errno value. */
int thread_join(struct thread *t, void **result, u64 deadline, uptr pc);
int thread_detach_from(uptr handle, uptr pc);

/* failure.c: exit(), or main's return */
_Noreturn void end_of_process(int status, uptr pc);
void exit_begin(void);

/* cancel.c */
void cancel_check(void);  /* a cancellation point: leaves if it was asked for */
bool cancel_wanted(void); /* … would it? */
void cancel_clean(void);  /* runs the handlers pushed and not popped */

/* keys.c: the keys as they are now are those of each schedule's begin */
void keys_save(void);
void keys_begin(void);
void keys_fresh(struct thread *t); /* it is new: it has none of their values */
void keys_clean(struct thread *t); /* destructors, as at the end of a thread */
void keys_late(struct thread *t);  /* only those of C++'s thread_local variables */

/* time.c: struct timespec of an absolute time, as virtual ns; 0 becomes 1 */
u64 time_of(const void *timespec);
u64 time_now(void); /* what clocks show, in virtual ns */
/* Are its nanoseconds less than a second? Else timed waits say EINVAL. */
INLINE bool time_valid(const void *timespec) {
    const long *t = timespec;
    return t[1] >= 0 && t[1] < 1000000000;
}
u64 sleep_for(u64 ns, uptr pc); /* what is left: a handler ended it */
void yield_from(uptr pc);

/* futex.c: futex(2) by its six arguments; a negative result is -errno */
long futex_from(const long *arguments, uptr pc);

/* wait.c: something happened that may let threads go on which wait for the system. True:
 * some did. */
bool system_changed(void);
void system_idle(void); /* the current thread yields, perhaps to nobody */
/* Nobody can run: until `deadline` (0: none) only what comes from outside of the threads can
 * change that. True: it has. */
bool system_passes(u64 deadline);
const char *stuck_words(const struct thread *t); /* why it cannot go on; or "" */
/* signals.c: the current thread runs the handlers it is to run, if any */
void signals_deliver(void);
INLINE void signals_check(void) {
    if (unlikely(rt.signals_due))
        signals_deliver();
}

/* access.c, for mem.c and others: the event and the checks of an access to a range */
void access_range(const void *address, size_t size, bool write, uptr pc);

/* True for addresses in instrumented code: a call from there is an event; one from
 * inside a library may hold locks of its own, and must not be. */
bool instrumented(uptr pc);

/* start.c: a thread was created before main began: exit status 3, by name */
_Noreturn void cannot_start_threads_yet(void);
/* server.c: more threads than there are stacks: the schedule is begun again with more */
_Noreturn void finish_for_more_threads(void);

#endif
