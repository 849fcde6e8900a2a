/*
 * channel.h - the memory that the driver (build/bin/explore) and the runtime, which is
 * linked into the explored program, share; and how they talk.
 *
 * The driver makes the memory (memfd), starts the program with its descriptor and that
 * of a socket in EXPLORE_CHANNEL="MEMORY,SOCKET", and then: it fills in `request`,
 * writes one byte to the socket, and waits for one byte back; then `answer` holds.
 * Only one of both writes at a time. `beat` alone is written while the runtime works,
 * so that the driver can tell a long batch from a program that hangs.
 *
 * All numbers of time are in seconds or, where said, in virtual nanoseconds; all steps
 * are numbers of events, counted from 1 at the start of each schedule.
 */
#ifndef EXPLORE_CHANNEL_H
#define EXPLORE_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHANNEL_VARIABLE "EXPLORE_CHANNEL" /* "CHANNEL,SOCKET,SEEN": three descriptors */

/* A third memory, of all workers together: hashes of schedules, so that different ones
 * are counted once. Slots are taken by compare-and-swap; full: counts are "at least". */
enum { SEEN_SLOTS = 1 << 20 };
struct seen {
    uint64_t schedules, shared; /* how many different ones */
    bool full;
    uint64_t by_schedule[SEEN_SLOTS], by_shared[SEEN_SLOTS];
};

enum {
    CHANNEL_VERSION = 3,
    THREADS_MAX = 250,      /* alive or finished and not joined, in one schedule */
    SEGMENTS_MAX = 1 << 16, /* of one schedule; a longer one is replayed by its seed */
    EVENTS_MAX = 1 << 20,   /* kept of a traced replay */
    STACK_WORDS = 1 << 22,  /* of all stacks of a traced replay */
    STACK_MAX = 64,         /* frames of one stack */
    SITES_BITS = 16,        /* the set of sites that two threads touch: 2^16 bits */
    NOTES_MAX = 64,
    KNOWN_MAX = 128
};

/* --- a schedule ------------------------------------------------------------------ */

/* Thread `thread` runs until it is about to perform its own event number `until`, or
 * until it blocks or ends before that. A list of these survives the deletion of any of
 * its elements, which is what shrinking does. */
enum segment_end { END_PREEMPTED, END_BLOCKED, END_YIELDED, END_FINISHED };
struct segment {
    uint16_t thread;
    uint16_t end; /* enum segment_end: why it ended when it was recorded */
    uint32_t until;
};

/* Who decides. The parameter is PCT's depth, or the mean length of a run of the walks. */
enum policy_kind { POLICY_PCT, POLICY_WALK, POLICY_POS, POLICY_SURW, POLICY_REPLAY };
struct policy {
    uint8_t kind;      /* enum policy_kind */
    uint8_t parameter; /* PCT: depth; walk: mean run length in events */
    bool shared_only;  /* switches only at sites that two threads touch */
    bool half;         /* SURW: a half of these sites, drawn by the seed */
};

/* --- events ------------------------------------------------------------------------ */

#define EVENT_KINDS(X)                                                                             \
    X(READ, "reads")                                                                               \
    X(WRITE, "writes")                                                                             \
    X(ATOMIC_LOAD, "loads")                                                                        \
    X(ATOMIC_STORE, "stores")                                                                      \
    X(ATOMIC_RMW, "changes atomically")                                                            \
    X(FENCE, "fence")                                                                              \
    X(MUTEX_LOCK, "locks")                                                                         \
    X(MUTEX_TRYLOCK, "tries to lock")                                                              \
    X(MUTEX_UNLOCK, "unlocks")                                                                     \
    X(RWLOCK_READ, "locks for reading")                                                            \
    X(RWLOCK_WRITE, "locks for writing")                                                           \
    X(RWLOCK_UNLOCK, "unlocks")                                                                    \
    X(COND_WAIT, "waits on")                                                                       \
    X(COND_WOKEN, "wakes up from")                                                                 \
    X(COND_SIGNAL, "signals")                                                                      \
    X(COND_BROADCAST, "broadcasts")                                                                \
    X(BARRIER_WAIT, "waits at the barrier")                                                        \
    X(SEM_WAIT, "takes from the semaphore")                                                        \
    X(SEM_POST, "posts to the semaphore")                                                          \
    X(ONCE, "once")                                                                                \
    X(SPIN_LOCK, "locks")                                                                          \
    X(SPIN_UNLOCK, "unlocks")                                                                      \
    X(OBJECT_INIT, "initialises")                                                                  \
    X(OBJECT_DESTROY, "destroys")                                                                  \
    X(THREAD_CREATE, "creates thread")                                                             \
    X(THREAD_START, "starts")                                                                      \
    X(THREAD_JOIN, "joins thread")                                                                 \
    X(THREAD_DETACH, "detaches thread")                                                            \
    X(THREAD_EXIT, "ends")                                                                         \
    X(THREAD_CANCEL, "cancels thread")                                                             \
    X(YIELD, "yields")                                                                             \
    X(SLEEP, "sleeps")                                                                             \
    X(FREE, "frees")                                                                               \
    X(ALLOC, "allocates")                                                                          \
    X(SYSTEM, "calls the system")                                                                  \
    X(CHOICE, "draws")                                                                             \
    X(EXIT, "exits")

enum event_kind {
#define X(name, words) EVENT_##name,
    EVENT_KINDS(X)
#undef X
        EVENT_KIND_COUNT
};

enum {
    EVENT_HAS_VALUE = 1,
    EVENT_BLOCKED = 2, /* could not go on at once */
    EVENT_TIMED_OUT = 4,
    EVENT_FAILED = 8, /* a comparison that did not match: nothing was written */
    EVENT_OLD = 16    /* weak: what was loaded was overwritten before; `newest` is there now */
};

/* One event of a traced replay. Its own address is `pc`, a return address into the
 * program (or 0); its callers are stacks[stack .. stack + depth), innermost first,
 * also return addresses. The function that `pc` is in has its frame at frames[stack],
 * its caller at frames[stack + 1], and so on. */
struct event {
    uint32_t step;   /* in the schedule, from 1 */
    uint32_t own;    /* in its thread, from 1 */
    uint16_t thread; /* 0: main */
    uint8_t kind;    /* enum event_kind */
    uint8_t size;    /* bytes of the access; 255: `length` says */
    uint8_t order;   /* C11 memory order of an atomic: 0 relaxed, 1 consume … 5 seq_cst */
    uint8_t flags;
    uint16_t depth;
    uint32_t stack;
    uint32_t length; /* bytes of a range access or of a block */
    uint64_t pc;
    uint64_t address; /* accessed; the object's; or 0. Creating, joining: the thread's number */
    uint64_t value;   /* after the event, if EVENT_HAS_VALUE; up to 8 bytes */
    uint64_t newest;
};

/* --- what went wrong ----------------------------------------------------------------- */

#define FAILURES(X)                                                                                \
    X(NONE, "no failure")                                                                          \
    X(RACE, "data race")                                                                           \
    X(CRASH, "crash")                                                                              \
    X(ABORT, "abort")                                                                              \
    X(ASSERTION, "assertion")                                                                      \
    X(EXIT, "exit status")                                                                         \
    X(DEADLOCK, "deadlock")                                                                        \
    X(LOST_WAKEUP, "lost wakeup")                                                                  \
    X(LIVELOCK, "livelock")                                                                        \
    X(DOUBLE_FREE, "double free")                                                                  \
    X(BAD_FREE, "free of what is no block")                                                        \
    X(USE_AFTER_FREE, "use after free")                                                            \
    X(MISUSE, "misuse")                                                                            \
    X(THREAD_LEAK, "thread leak")                                                                  \
    X(HANG, "hang")

enum failure_kind {
#define X(name, words) FAILURE_##name,
    FAILURES(X)
#undef X
        FAILURE_KIND_COUNT
};

/* What one thread does where the schedule ends. */
enum thread_state { THREAD_UNUSED, THREAD_RUNNABLE, THREAD_BLOCKED, THREAD_FINISHED };
struct thread_end {
    char name[32];   /* by pthread_setname_np, or "" */
    uint64_t start;  /* address of the function it began with; 0: main */
    uint8_t state;   /* enum thread_state */
    uint8_t waits;   /* enum event_kind of what it is blocked in */
    int16_t holder;  /* the thread that holds what it waits for, or -1 */
    int16_t creator; /* -1: nobody */
    bool detached, joined;
    uint32_t step;     /* of its last event */
    uint32_t events;   /* of its own, in all */
    uint64_t wait_for; /* address of the object it waits for; a thread's number for joins */
};

struct failure {
    uint8_t kind;                 /* enum failure_kind */
    uint8_t access, other_access; /* enum event_kind: race and use after free */
    uint8_t size;                 /* bytes, of a race's access */
    int32_t value;                /* the signal, or the exit status */
    int16_t thread;               /* who */
    int16_t other;                /* the other thread of it, or -1 */
    uint32_t step;                /* of the event that failed */
    uint32_t other_step;          /* of the earlier event that belongs to it, or 0 */
    uint64_t pc;                  /* as a return address (look up pc - 1), or 0 */
    uint64_t address;             /* accessed; the object's */
    int16_t cycle[16];            /* deadlock: each waits for the next, the last for the first */
    int16_t cycle_count;
    char words[224]; /* what it was in words: "unlock of a mutex held by T2", "assertion …" */
};

/* --- requests and answers ---------------------------------------------------------------- */

enum request_kind {
    REQUEST_CALIBRATE, /* the same few schedules always; fills in `calibration` */
    REQUEST_EXPLORE,   /* seeds first, first + stride … until something new, or `count` done */
    REQUEST_REPLAY,    /* `segments`, with data_seed; traced: fills in the trace */
    REQUEST_AUDIT,     /* one run in a child that compares before with after */
    REQUEST_END        /* the process ends itself */
};

enum reset_kind { RESET_SNAPSHOT, RESET_FORK, RESET_NONE /* the process ends with it */ };

struct request {
    uint32_t kind;  /* enum request_kind */
    uint32_t reset; /* enum reset_kind */
    uint64_t first; /* seed */
    uint64_t stride;
    uint64_t count;             /* schedules at most */
    double seconds;             /* at most; looked at between schedules */
    uint32_t steps_max;         /* events of one schedule; more is a livelock */
    bool races;                 /* detect data races */
    bool stop_at_race;          /* a race ends its schedule (and its batch) */
    bool traced;                /* replay: record events */
    bool output;                /* let the program's output through */
    bool gdb;                   /* replay: explore_switched() is called at each switch */
    bool kernel_threads;        /* no fibers, though they would be possible */
    bool weak;                  /* loads may return old values; the same in all requests */
    struct policy policies[16]; /* by seed, modulo policy_count */
    uint32_t policy_count;
    uint64_t race_pc;       /* replay: only this race is looked for (pc - load_bias); 0: any */
    bool by_seed;           /* replay: the schedule of seed `first`, instead of `replay` */
    uint64_t data_seed;     /* replay: what rand() and others draw from */
    uint32_t segment_count; /* replay: how many of `replay` hold */
};

/* Learned once, by the same schedules in every process, then fixed: so that what a seed
 * means depends on nothing but the program. */
struct calibration {
    bool done;
    uint32_t events;        /* of the longest calibrating schedule */
    uint32_t shared_events; /* of them at shared sites */
    uint32_t threads;
    uint32_t shared_of[THREADS_MAX];        /* events at shared sites, by thread: SURW's weights */
    uint64_t sites[(1 << SITES_BITS) / 64]; /* hashed addresses of code that shares */
    uint32_t site_count;
};

struct result { /* of the last schedule */
    uint64_t seed, hash;
    uint64_t data_seed;
    struct failure failure; /* kind NONE: none but perhaps a race */
    struct failure race;    /* the first race, or kind NONE */
    uint32_t steps, switches, preemptions;
    uint32_t segment_count;
    bool segments_cut;    /* more than SEGMENTS_MAX */
    bool over;            /* the schedule came to its end, and what is here holds */
    bool raced;           /* there was a race, told before or not */
    uint64_t shared_hash; /* of the order of accesses that threads share */
    uint32_t thread_count;
    struct thread_end threads[THREADS_MAX];
    struct segment segments[SEGMENTS_MAX];
};

/* Counts over all schedules of one process, from its start. */
struct totals {
    uint64_t schedules, steps, switches;
    uint64_t by_failure[FAILURE_KIND_COUNT]; /* schedules that ended so; races: with one */
    uint64_t by_policy[16], failed_by_policy[16];
    uint64_t hash_of_hashes;  /* sum of the hashes, so in any order */
    uint64_t distinct;        /* different schedules */
    uint64_t distinct_shared; /* different orders of the accesses that threads share */
    bool distinct_at_least;   /* there were more than could be counted */
    double seconds;
};

/* Something that isn't covered, or that snapshots cannot restore; each said once. */
enum note_kind { NOTE_NOT_COVERED, NOTE_NEEDS_FORK };
struct channel_note {
    uint8_t kind;
    char words[119];
};

enum answer_kind {
    ANSWER_DONE,    /* all asked for is done */
    ANSWER_FAILURE, /* `result` is a schedule with a failure or a new race */
    ANSWER_OUT_OF_TIME,
    ANSWER_NEEDS_FORK, /* the program did what a snapshot can't restore; result.seed: where */
    ANSWER_CANNOT      /* environment: `notes` says why */
};

struct answer {
    uint32_t kind; /* enum answer_kind */
    uint64_t next; /* explore: the seed to go on with */
};

struct known {
    uint8_t kind; /* enum failure_kind */
    int32_t value;
    uint64_t pc;    /* less load_bias; 0: any */
    uint64_t count; /* schedules that ended so, or had that race */
    uint64_t beat;  /* of the last one counted */
};

struct channel {
    uint32_t version, size; /* CHANNEL_VERSION, sizeof(struct channel) */
    volatile uint64_t beat; /* one more for each schedule begun */
    volatile uint64_t seed; /* being run */
    struct request request;
    struct answer answer;
    struct calibration calibration;
    struct totals totals;
    char cannot[200];     /* why the runtime gave up (environment); or "" */
    bool fibers;          /* threads are switched in user space; else by the kernel */
    uint32_t pool_first;  /* stacks to begin with, as far as the driver knows: once there is a
                             snapshot, no more can be made in the same process */
    uint32_t pool_made;   /* so many there are */
    uint32_t pool_wanted; /* the schedule needs more stacks than there are; 0: it does not */
    uint32_t note_count;
    struct channel_note notes[NOTES_MAX];
    uint32_t known_count;          /* failures that are counted only, and end no batch: the */
    struct known known[KNOWN_MAX]; /* driver adds them, the runtime counts */
    uint64_t load_bias;            /* what ASLR or PIE added to the program's own addresses */
    struct segment replay[SEGMENTS_MAX];
    struct result result;
    /* traced replay */
    uint32_t event_count, events_lost, stack_count;
    struct event events[EVENTS_MAX];
    uint64_t stacks[STACK_WORDS];
    uint64_t frames[STACK_WORDS]; /* where each of them was returned to from: the canonical
                                     frame address (CFA) of the function called; 0: not known */
    /* where the failure was: the callers of result.failure.pc, innermost first */
    uint32_t failure_depth;
    uint64_t failure_stack[STACK_MAX];
    struct block { /* blocks of the heap, as of the end, newest first */
        uint64_t address, size;
        uint32_t alloc_step, free_step; /* 0: before main, or not */
        uint16_t alloc_thread, free_thread;
    } blocks[1 << 16];
    uint32_t block_count;
    struct thread_memory { /* where stacks and thread-local variables are */
        uint64_t stack_low, stack_high, tls_low, tls_high;
    } memory[THREADS_MAX];
};

#endif
