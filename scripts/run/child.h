/*
 * child.h - runs one program that may crash, hang, flood or leave children.
 *
 * The program gets a process group of its own, no standard input, the largest
 * core limit it is allowed, and a time limit. Whatever it started and left
 * behind is killed when it ends. Used by the command `run` and by the tests.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child_plan {
    char *const *argv;    /* argv[0] is looked up in PATH; ends with NULL */
    double timeout;       /* seconds; then SIGTERM, and SIGKILL a second later */
    const char *output;   /* file for its stdout and stderr together; made anew */
    const char *errors;   /* if not NULL: stderr goes here instead */
    bool no_core;         /* core dumps forbidden */
    long memory_mb;       /* if not 0: it and its children may have so much in memory, and
                             write no file larger than that */
    bool fixed_addresses; /* without address randomization (setarch -R) */
};

enum child_how {
    CHILD_EXIT,    /* value: its exit status */
    CHILD_SIGNAL,  /* value: the signal */
    CHILD_TIMEOUT, /* value: the limit was reached */
    CHILD_GREEDY,  /* value: the MB it was allowed; it was killed */
    CHILD_CANNOT,  /* value: errno; it never started, or output cannot be made */
    CHILD_STOPPED  /* value: the signal that asked us to stop; the program is gone */
};

struct child_end {
    enum child_how how;
    int value;
    double seconds; /* from start to end */
    pid_t pid;
    bool randomized;    /* fixed_addresses was asked for, and not allowed here */
    const char *cannot; /* CHILD_CANNOT: what failed, e.g. "start" */
};

/* At most this many bytes of output are kept; the rest is read and dropped. */
enum { CHILD_OUTPUT_MAX = 64 << 20 };

/* Once, before the first child_run: makes SIGINT, SIGTERM and SIGHUP end the
 * running child, and lets this process inherit what a child leaves behind. */
void child_setup(void);

/* Runs plan to its end. Not to be called by two threads at once. */
struct child_end child_run(const struct child_plan *plan);

#endif
