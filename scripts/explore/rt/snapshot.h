/*
 * snapshot.h - the program's memory as it was before main, and how it becomes so again.
 *
 * Covered: the writable data of the program and of its libraries, the heap, thread-local
 * storage, and main's arguments on its stack. Pages are write-protected until somebody
 * writes to them for the first time (in any schedule); only those are ever copied.
 *
 * Not covered: what a program maps or opens by itself, signal dispositions, children …:
 * io.c and process.c note these, audit.c looks for the rest, and the fork server serves.
 */
#ifndef EXPLORE_SNAPSHOT_H
#define EXPLORE_SNAPSHOT_H

#include "rt.h"

/* Takes it. `sp`: main's stack from here up belongs to it. */
void snapshot_take(uptr sp);
bool snapshot_taken(void);

/* All is as it was. The heap is heap.c's. */
void snapshot_restore(void);

/* A write fault: was it the first write to a page of ours? Then it may go on. */
bool snapshot_first_write(uptr address);

/* Where main's stack and thread-local variables are. */
void main_memory(struct thread_memory *memory);

#endif
