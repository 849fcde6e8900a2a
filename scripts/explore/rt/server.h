/*
 * server.h - serves the driver's requests: one schedule after the other.
 */
#ifndef EXPLORE_SERVER_H
#define EXPLORE_SERVER_H

#include "rt.h"

/* Until the driver says that it is enough. `sp`: below it main's stack is free. */
_Noreturn void serve(void);

/* The schedule ends here, with what rt.failure and rt.race hold. */
_Noreturn void schedule_over(void);

/* start.c: calls the program's main. */
extern uptr main_sp;
void main_entry(void);
void flush_output(void);

void run_alone(void);           /* one schedule, with no driver */
_Noreturn void end_alone(void); /* as the program ended */

/* snapshot.c: more fibers were made */
void snapshot_pool(void);
void snapshot_protect(void);

/* left.c: what a schedule's process leaves behind falls to us, once begun; all of it dies. */
void left_begin(void);
void left_kill(void);

/* trace.c */
void trace_begin(void);
void trace_end(void);

/* calibrate.c: learns from the trace of one more schedule. */
void calibrate_from_trace(void);

/* audit.c: what a snapshot would not cover, before and after. */
void audit_before(void);
void audit_after(void);

/* failure.c */
void signals_start(void);

#endif
