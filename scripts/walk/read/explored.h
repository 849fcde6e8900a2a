/*
 * explored.h - a defect that explore found, on its way to a finding: what its two forms,
 * JSON (explored.c) and a saved schedule (schedule.c), have in common.
 */
#ifndef EXPLORED_H
#define EXPLORED_H

#include "../case.h"

struct explored_site {
    const char *does; /* in explore's words: "reads", "locks" */
    const char *object;
    int thread;
};

struct explored {
    struct finding report; /* file, line; of each site: name, size, address, stack, earlier */
    struct explored_site sites[FINDING_SITES];
    const char *kind;    /* explore's: "race", "deadlock" */
    const char *pair;    /* "f/g": what it is about, where no site is known */
    const char *verdict; /* a sentence, or NULL */
    const char *words;   /* of a misuse: which */
    const char *program;
    uint64_t schedules; /* that showed it; 0: one that was saved */
    unsigned preemptions;
};

/* Adds it to the case's current run. */
void explored_add(struct casefile *c, struct explored *e, struct pool *p);

#endif
