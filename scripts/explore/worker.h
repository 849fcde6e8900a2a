/*
 * worker.h - one process of the explored program, from the driver's side.
 *
 * It has a process group of its own, no standard input, no core, fixed addresses where
 * that is allowed, and is killed, with everything it started, by worker_end(); or by the
 * kernel when the driver dies.
 */
#ifndef EXPLORE_WORKER_H
#define EXPLORE_WORKER_H

#include <sys/types.h>

#include "channel.h"
#include "options.h"

struct worker {
    pid_t pid; /* 0: none */
    int socket;
    struct channel *channel;
    size_t channel_size;
    const char *program; /* what runs in it */
    bool met;            /* it is up and listens */
    bool busy;           /* was asked, has not answered */
    bool dead;           /* the process is gone, or said that it cannot */
    bool late;           /* … or was killed, because it took too long */
    int output;          /* where what it writes comes out; or -1 */
    char *kept;          /* the first of that */
    size_t kept_size;
    uint64_t beat;      /* the last one seen … */
    double beat_at;     /* … and when */
    uint64_t next, end; /* its own seeds: those from next to end are to be tried */
};

/* Once, before the first: the driver inherits what explored programs leave behind, and
 * is told of SIGINT and SIGTERM. */
void workers_setup(void);
extern volatile int worker_stop_signal; /* 0, or the signal that asks us to end */

/* When everything is to be over, by now(): whoever is waited for then is killed. None at
 * first. */
extern double worker_deadline;
bool worker_late(void); /* it has passed */

/* Starts the program. `output`: keep what it writes (at most OUTPUT_MAX bytes of it; the
 * rest is read and forgotten). Exits with 2 or 3 where it cannot be started at all. */
enum { OUTPUT_MAX = 64 << 10 };
void worker_start(struct worker *w, const struct options *o, bool output);

/* Waits until it is there: then its channel's load_bias and fibers hold. */
void worker_meet(struct worker *w);

void worker_ask(struct worker *w, enum request_kind kind);

/* Waits for one of n workers to answer, at most `seconds`. Its number; or -1. A worker
 * that is dead "answers", too. */
int worker_wait(struct worker *workers, int n, double seconds);

/* Asks and waits, at most `seconds`. False: it died, or hangs (then it is killed, and
 * late). */
bool worker_do(struct worker *w, enum request_kind kind, double seconds);

/* What it has written, NUL-terminated, malloc'd: the caller's from now on; or NULL. */
char *worker_said(struct worker *w);

/* Kills it and all that it started; unmaps the channel unless it is to be kept. */
void worker_end(struct worker *w, bool keep_channel);

double now(void);

/* What all workers have seen: how many different schedules. */
extern struct seen *workers_seen;

#endif
