/*
 * signals.h - signals, as far as the program sends them to itself (signals.c); and what
 * comes when its time has come (timers.c).
 */
#ifndef EXPLORE_SIGNALS_H
#define EXPLORE_SIGNALS_H

#include <signal.h>

#include "rt.h"

void signals_begin(void);
void signals_in_child(void);
void signals_inherited(void);
void signal_pipe(void); /* the current thread wrote into a pipe that nobody reads */
/* To a thread by number, or to anybody: -1. The target runs its handler before its next
 * event. */
void signal_send(int sig, int thread, int code, union sigval value);
u64 signals_mask(u64 mask); /* of the current thread; returns the old one */
/* Takes one of a set that is pending for a thread. Whoever gets it calls the second. */
bool signal_take(u64 set, int thread, siginfo_t *info);
void signal_taken(const siginfo_t *info);

void timers_begin(void);
/* Those that are over are let off. True: some were. */
bool timers_look(void);
bool timers_pass(u64 deadline); /* as system_passes() */
void timers_closed(int fd);
u64 timers_next(void); /* when the first will be over; ~0: there is none */

#endif
