/*
 * state.h - what the runtime knows while a schedule runs: its threads, the objects that
 * they synchronise by, and what concerns them all. Part of rt.h.
 */
#ifndef EXPLORE_STATE_H
#define EXPLORE_STATE_H

#include "../channel.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef uintptr_t uptr;

enum { CLOCK_THREADS = 256, FRAMES_MAX = 1 << 14, KEYS_MAX = 128 };
enum { WATCH_AFTER = 2000 }; /* events in a row after which a loop is suspected of waiting */

/* --- threads ------------------------------------------------------------------------ */

struct frame_entry {
    uptr pc, sp; /* return address into the caller; the stack pointer there */
};

struct object;

struct thread {
    /* who runs */
    u16 id;
    u8 state;       /* enum thread_state */
    bool timed_out; /* how the last block() ended */
    bool detached, joined, cancelled, exiting;
    u32 futex_bits; /* futex.c: of FUTEX_WAIT_BITSET */
    u8 cancel_off;  /* pthread_setcancelstate */
    u8 cancel_async;
    u8 waits; /* enum event_kind, while blocked */
    int creator;
    u32 own;         /* own events done, as of `since` */
    u64 since;       /* rt.step when it was last switched to */
    u32 watch_after; /* spinning is looked for after so many events in a row */
    u64 priority;    /* PCT, POS */
    uptr pending;    /* POS: the granule it is about to touch; 0: nothing */
    bool pending_write;
    bool (*ready)(void *); /* wait.c: until this says so of ready_of */
    void *ready_of;
    u64 masked;               /* signals.c: the signals it does not take */
    u32 handled, interrupted; /* handlers it ran; those without SA_RESTART */
    bool signalled;           /* it is to run one */
    u64 deadline;             /* of a timed wait, virtual ns; 0: none */
    struct object *wait_for;
    int wait_thread; /* joins: whom; or -1 */
    u32 queue_token; /* changes when it leaves a queue */

    /* happens-before */
    u32 epoch;                         /* first step of its epoch: since its last release */
    u32 born;                          /* the step that made it */
    bool fence_release, fence_acquire; /* the clocks below hold something */
    u32 clock[CLOCK_THREADS];
    u32 release_fence[CLOCK_THREADS], acquire_fence[CLOCK_THREADS];

    /* what it was made of */
    void *(*start)(void *);
    void *argument, *result;
    uptr handle;    /* its pthread_t */
    void *cleanups; /* cancel.c: the newest buffer of pthread_cleanup_push */
    void *handlers; /* … of _pthread_cleanup_push */
    void *onces;    /* once.c: whose functions it is running */
    u32 tests;      /* cancel.c: calls of pthread_testcancel */
    char name[32];
    u64 choices;   /* drawn so far */
    u32 loads;     /* weak.c: of atomics, so far */
    u32 last_step; /* of its last event */
    uptr last_pc;

    /* spinning: the last atomic read that brought nothing new */
    uptr spin_address;
    u64 spin_value;
    u32 spin_count;

    /* how it is stopped: fiber.c */
    uptr sp, fs;
    int futex;
    int pool; /* index of the stack it runs on */

    void *specific[KEYS_MAX];

    /* the call stack: frames[0] is a sentinel */
    struct frame_entry *top, *frames, *limit;
};

/* --- objects that threads synchronise by -------------------------------------------- */

enum object_type {
    OBJECT_UNKNOWN,
    OBJECT_MUTEX,
    OBJECT_RWLOCK,
    OBJECT_COND,
    OBJECT_BARRIER,
    OBJECT_SEM,
    OBJECT_SPIN,
    OBJECT_ONCE,
    OBJECT_ATOMIC,
    OBJECT_CHANNEL /* what passes from who sends to who receives */
};

/* What the runtime knows of the object at an address, in this schedule. What must last
 * from before main (a mutex's type, a semaphore's value) is kept in the program's own
 * memory instead, where it is reset with everything else. */
struct object {
    uptr address;
    u32 generation;
    u8 type;     /* enum object_type */
    bool second; /* see object_second() */
    bool destroyed;
    int owner;    /* thread + 1; 0: nobody */
    int releaser; /* mutex: who gave it back last, as above */
    int count;    /* recursion; a barrier's arrivals */
    int value;    /* of what can be tried: tries in vain since it was last taken */
    u32 phase;    /* barrier: rounds so far */
    int readers;  /* rwlock: how often it is held for reading */
    uptr partner; /* cond: the mutex its waiters gave */
    int waiters;
    /* rwlock: how often by each thread for reading; atomic: is it in a release sequence of its? */
    u8 held_by[CLOCK_THREADS];
    u32 clock[CLOCK_THREADS]; /* of what was released into it */
};

/* --- the state ----------------------------------------------------------------------- */

struct runtime {
    /* what each event needs: one line of the cache */
    u64 step;  /* of the event being done; goes on over all schedules */
    u64 stop;  /* the first step at which point() has anything to do */
    u64 quiet; /* the first at which that may be more than to ask the policy */
    u64 base;  /* step before the schedule's first event */
    u64 self;  /* the current thread as slots of the shadow have it */
    struct thread *current;
    u64 eligible; /* events so far at which a switch was possible */
    u64 turn;     /* … from which on the policy wants to be asked */

    bool active; /* a schedule is being run, and this is the program's code; else quiet is 0 */
    u64 due;     /* the first step at which the policy wants to be asked */
    u64 steps_max;
    bool traced, races, weak;
    bool signals_due; /* a thread is to run a handler */
    bool timed;       /* a timer runs: whoever waits for that may wait alone */
    bool freed;       /* something was, in this schedule */
    bool reconsider;  /* somebody became runnable: who is first may have changed */
    u64 random;       /* state of the generator of schedules */
    u64 data_seed;
    u64 now;        /* virtual time, ns since 1970 */
    u32 generation; /* of objects */

    /* threads: threads[0] is main */
    int thread_count;
    int runnable_count;
    int waiter_count; /* those blocked in an object, and those that were and did not run yet */
    u64 runnable[CLOCK_THREADS / 64];
    int pool_count;  /* fibers there are */
    int pool_wanted; /* more than there are were asked for: the schedule is run again */

    /* policy.c */
    struct policy policy;
    u64 change[8]; /* PCT */
    int change_count, change_next;
    u64 lowest;   /* PCT, POS: the next priority below all others */
    int intended; /* SURW: the thread that does the next event at a shared site */
    u32 remaining[THREADS_MAX];

    /* spinning: policy-free, schedule.c */
    bool watching;
    u64 watch_end;

    /* recording and replay */
    struct segment *segments; /* of the result */
    u32 segment_count;
    bool segments_cut;
    u32 replay_next;
    bool replay_woken; /* the thread of that segment has had its turn in it */
    u64 hash, shared_hash;
    u32 switches, preemptions;

    struct failure failure, race;
    bool raced;
    bool is_fork; /* this is a child of the fork server */
    bool alone;   /* no driver: one schedule, with output */
    bool fibers;
    bool ending;            /* schedule_over() is at work */
    bool peeking;           /* the runtime reads what the program is about to read */
    bool snapshots;         /* the schedule being run will be undone in process */
    const char *needs_fork; /* what it did that a snapshot cannot undo */

    struct channel *channel;
    struct seen *seen;
    int socket;
};

#endif
