/*
 * locks.h - who holds which locks, at an event of a trace.
 */
#ifndef EXPLORE_LOCKS_H
#define EXPLORE_LOCKS_H

#include "../channel.h"

enum { LOCKS_MOST = 16 }; /* more are not told */

struct held_locks {
    uint64_t address[LOCKS_MOST];
    bool reading[LOCKS_MOST]; /* a rwlock, held for reading */
    int count;
};

bool takes_lock(const struct event *e); /* or tries to: a mutex, rwlock or spin lock */

/* What a thread holds as it does the event of that index (its own or another's):
 * mutexes, rwlocks, spin locks; recursive ones once. An index of event_count is the end. */
void locks_held(const struct channel *trace, int thread, uint32_t index, struct held_locks *held);

/* ", holding run.lock and depot.lock", ", holding no lock". */
void locks_said(const struct channel *trace, const struct held_locks *held, uint32_t step, char *to,
                size_t room);

#endif
