/*
 * team_internal.h - what the files of team share, and nobody else uses.
 */
#ifndef TEAM_INTERNAL_H
#define TEAM_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "team.h"

/* team_report.c: the calling thread is `me`, from now on. */
void team_report_self(struct team_member *me);

/* team_watch.c: is the thread asleep in the kernel? False when in doubt. */
bool team_asleep(const struct team_member *t);

/* team_watch.c: the watchdog's memory between two looks. */
struct team_watch {
    double patience; /* seconds */
    double idle;     /* seconds seen without a step */
    uint64_t steps;  /* of all members, at the last look */
    double cpu;      /* seconds of processor time, at the last look */
};

enum { TEAM_TICK_MS = 50 };

/* Begins a round. */
void team_watch_start(struct team_watch *w, double patience);

/* One look, a tick after the last: NULL, or what the team is stuck in. */
const char *team_watch_look(struct team_watch *w);

#endif
