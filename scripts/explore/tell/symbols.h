/*
 * symbols.h - addresses of the explored program, as names: by libdw.
 */
#ifndef EXPLORE_SYMBOLS_H
#define EXPLORE_SYMBOLS_H

#include "../channel.h"

/* Opens a program's debug information, at the addresses it had in that trace. One at a
 * time; a program without any is told by addresses. */
void symbols_open(const char *program, uint64_t load_bias);
void symbols_close(void);

struct place {
    const char *function; /* "?" where it is not known */
    const char *file;     /* relative, or "" */
    int line;
};

/* Where a return address was called from: the innermost frame first, and the functions it
 * is inlined in. How many, at most `most`. */
int symbols_places(uint64_t pc, struct place *to, int most);

/* The function to blame for an event: the innermost of the program's own, as walk blames. */
const char *symbols_blame(const struct channel *trace, const struct event *e);

/* "counter", "24 bytes into map", "8 bytes into a block of 56 bytes that T1 allocated". */
void symbols_data(const struct channel *trace, uint64_t address, char *to, size_t size);

/* The event of that step and thread; NULL: none. */
const struct event *event_at(const struct channel *trace, uint32_t step);

#endif
