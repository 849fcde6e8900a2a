/*
 * heap.h - the arena that malloc gives out, for who resets and tells it.
 */
#ifndef EXPLORE_HEAP_H
#define EXPLORE_HEAP_H

#include "rt.h"

/* Remembers how the heap is now, and gives the memory it uses: [*low, *high). */
void heap_save(uptr *low, uptr *high);

/* As it was then, but for the memory in use at that time; what was used since is zero. */
void heap_restore(void);

/* The blocks allocated since, newest first; at most max. Returns how many. */
u32 heap_blocks(struct block *to, u32 max);

#endif
