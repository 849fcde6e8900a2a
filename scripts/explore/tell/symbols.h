/*
 * symbols.h - addresses of the explored program, as names: by libdw.
 */
#ifndef EXPLORE_SYMBOLS_H
#define EXPLORE_SYMBOLS_H

#include <elfutils/libdw.h>

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

/* Is the code there the labs' own harness, which no story is about? */
bool symbols_harness(uint64_t pc);

/* For memory.c and its kin: the compilation unit of a return address (or NULL), and what
 * to add to the addresses in it; the units one after another, from NULL. */
Dwarf_Die *symbols_unit(uint64_t pc, Dwarf_Addr *bias);
Dwarf_Die *symbols_next_unit(Dwarf_Die *unit, Dwarf_Addr *bias);

/* By the table of symbols alone, where there is no debug information: "counter",
 * "table+24". */
bool symbols_object(uint64_t address, char *to, size_t room);

/* The event of that step and thread; NULL: none. */
const struct event *event_at(const struct channel *trace, uint32_t step);

#endif
