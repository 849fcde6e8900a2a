/*
 * replay.h - one schedule again: to confirm a failure, to shrink it, to trace it.
 */
#ifndef EXPLORE_REPLAY_H
#define EXPLORE_REPLAY_H

#include "report.h"
#include "worker.h"

/* A schedule by itself: what is needed to run it again. */
struct schedule {
    struct segment *segments; /* malloc'd */
    uint32_t count;
    uint64_t seed, data_seed;
    bool by_seed; /* it had too many segments to be kept */
    struct policy policies[16];
    uint32_t policy_count, steps_max;
    uint64_t hash; /* of its result */
};

/* The one whose result a worker holds. */
struct schedule schedule_of(const struct worker *w);
void schedule_free(struct schedule *s);

/* A failure as the processes of one program have it in common: its pc is less the load
 * bias. All failures below are such ones. */
struct failure relative(const struct failure *f, const struct channel *of);

/* Are they the same? Told by kind, value and place. */
bool same_failure(const struct failure *a, const struct failure *b);

/* Runs it in that worker. The failure that came, or the race that was `wanted`; kind
 * NONE: neither, or worker_deadline has come. A worker that dies or hangs is ended. */
struct failure replay(struct worker *w, const struct options *o, const struct schedule *s,
                      const struct failure *wanted, enum reset_kind reset, bool traced);

/* shrink.c: makes *s need as few preemptions as can be, within `seconds`. Fills in what
 * the defect says of that. */
void shrink(struct worker *w, const struct options *o, struct schedule *s, struct defect *d,
            enum reset_kind reset, double seconds);

#endif
