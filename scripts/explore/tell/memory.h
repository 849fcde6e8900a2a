/*
 * memory.h - what lies at an address of the explored program, by its name: a global or
 * thread-local variable, one on a thread's stack, or a part of a block of the heap, whose
 * type is that of what the allocating line assigns to.
 *
 * symbols_open() comes first. Names hold until symbols_close().
 */
#ifndef EXPLORE_MEMORY_H
#define EXPLORE_MEMORY_H

#include "../channel.h"

/* "run.left", "hmap#2.flags", "list[3]", for a row: what the event's address is of.
 * False, and "0x7f…": it has no name. An empty text where it has no address. */
bool memory_name(const struct channel *trace, const struct event *e, char *to, size_t room);

/* The same for an object (a mutex …) that somebody waits for at that step. */
bool memory_object(const struct channel *trace, uint64_t address, uint32_t step, char *to,
                   size_t room);

/* For a sentence: "hmap.flags, in a block of 56 bytes that T1 allocated in new_map". */
void memory_said(const struct channel *trace, uint64_t address, unsigned size, uint32_t step,
                 char *to, size_t room);

/* The value that an event has, as its type is written; a pointer by what it points to:
 * "NULL", "4", "&hmap#2". False: the event has none. */
bool memory_value(const struct channel *trace, const struct event *e, char *to, size_t room);

/* Is it an access to memory that no other thread touches in this schedule? */
bool memory_private(const struct channel *trace, const struct event *e);

/* Forgets what was looked up: the program is another one. (symbols_close) */
void memory_close(void);

#endif
