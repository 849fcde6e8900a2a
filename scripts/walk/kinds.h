/*
 * kinds.h - the vocabulary: what a finding can be, who can say so, what a thread
 * did, how a program died. The names are those that lab.txt, --format list and the JSON use.
 */
#ifndef KINDS_H
#define KINDS_H

enum kind {
    KIND_RACE,           /* two accesses, one a write, nothing orders them */
    KIND_LOCK_ORDER,     /* two locks taken in two orders */
    KIND_MUTEX_MISUSE,   /* unlocked by another, destroyed while locked, invalid … */
    KIND_COND_MISUSE,    /* wait without its mutex, destroyed with waiters … */
    KIND_BARRIER_MISUSE, /* destroyed in use, too many threads … */
    KIND_SEM_MISUSE,     /* destroyed in use, never initialised … */
    KIND_USE_AFTER_FREE,
    KIND_DOUBLE_FREE,
    KIND_BAD_FREE, /* of what malloc never gave */
    KIND_BUFFER_OVERFLOW,
    KIND_STACK_USE_AFTER, /* of a local variable whose function has returned */
    KIND_BAD_PARAMETER,   /* a negative size, overlapping memcpy */
    KIND_ALLOC_MISMATCH,  /* new with free, malloc with delete */
    KIND_LEAK,
    KIND_THREAD_LEAK, /* a thread that nobody joined or detached */
    KIND_SIGNAL_UNSAFE,
    KIND_ERRNO_SPOILED, /* by a signal handler */
    KIND_LOCK_HELD_AT_EXIT,
    KIND_LOCK_HELD_LONG,
    KIND_API_ERROR,       /* a pthread call that failed */
    KIND_DEADLOCK,        /* threads wait for what never comes, and not by an order of locks */
    KIND_LOST_WAKEUP,     /* a wait whose signal came too early, or to another */
    KIND_LIVELOCK,        /* they run, and nothing is ever done */
    KIND_EXIT_STATUS,     /* the program itself said that it failed */
    KIND_DEADLY_SIGNAL,   /* the program died under the tool */
    KIND_OTHER,           /* a report whose headline we do not know */
    KIND_COULD_NOT_START, /* the environment, and no defect: never a finding */
    KIND_COUNT
};

enum tool { TOOL_TSAN, TOOL_HELGRIND, TOOL_DRD, TOOL_ASAN, TOOL_LSAN, TOOL_EXPLORE, TOOL_COUNT };

enum access {
    ACCESS_UNKNOWN,
    ACCESS_READ,
    ACCESS_WRITE,
    ACCESS_ATOMIC_READ,
    ACCESS_ATOMIC_WRITE,
    ACCESS_ALLOC,
    ACCESS_FREE,
    ACCESS_LOCK,
    ACCESS_UNLOCK,
    ACCESS_CALL, /* of the function at fault; nothing more is known */
    ACCESS_COUNT
};

/* How a core says that the program died. */
enum fault {
    FAULT_NONE, /* the signal was sent: abort, kill */
    FAULT_NULL,
    FAULT_NEAR_NULL,     /* a field of what a NULL points to */
    FAULT_NON_CANONICAL, /* no address at all: the processor says 0 */
    FAULT_FREED,
    FAULT_UNMAPPED,
    FAULT_STACK_OVERFLOW,
    FAULT_READ_ONLY,
    FAULT_BEYOND_FILE, /* SIGBUS: a mapping of what a file has no more */
    FAULT_NOT_CODE,    /* a jump to where no code is */
    FAULT_OTHER,
    FAULT_COUNT
};

const char *kind_name(enum kind kind);       /* "race" */
const char *tool_name(enum tool tool);       /* "tsan" */
const char *tool_title(enum tool tool);      /* "ThreadSanitizer" */
const char *access_name(enum access access); /* "write", "atomic read" … */
const char *fault_name(enum fault fault);    /* "near null" */
const char *fault_title(enum fault fault);   /* "a field of a NULL pointer" */

/* The tool or fault of that name; *_COUNT where there is none. */
enum tool tool_of(const char *name);
enum fault fault_of(const char *name);

#endif
