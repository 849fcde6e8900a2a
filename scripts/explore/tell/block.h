/*
 * block.h - what a block of the heap is: by the line that allocated it.
 */
#ifndef EXPLORE_BLOCK_H
#define EXPLORE_BLOCK_H

#include "../channel.h"
#include "types.h"

/* "hmap#1" for the oldest block of that type, "*total#1" for one of a plain type; and the
 * type of its elements. False: the type is not known, and the name is "block#3". */
bool block_type(const struct channel *trace, const struct block *b, char *name, size_t room,
                Dwarf_Die *type);

/* The program's own function that allocated it; NULL: it was before main. Holds until the
 * next call. */
const char *block_function(const struct channel *trace, const struct block *b);

void blocks_forget(void);

#endif
