/*
 * children.h - the processes that the program started, which run in real time.
 */
#ifndef EXPLORE_CHILDREN_H
#define EXPLORE_CHILDREN_H

#include <stdbool.h>

/* The children of a process (0: ours), at most `room` of them; how many there are. */
long children_of(long process, long *children, long room);

/* Does each of them, and each of theirs, wait for somebody else, for as long as it takes? Then
 * none will ever do anything by itself. False, too, where the kernel does not say. */
bool children_wait(void);

#endif
