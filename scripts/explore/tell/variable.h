/*
 * variable.h - variables of the explored program by their addresses.
 */
#ifndef EXPLORE_VARIABLE_H
#define EXPLORE_VARIABLE_H

#include "../channel.h"
#include "types.h"

struct datum {
    const char *name;
    uint64_t address, size; /* thread-local: offset in the program's block */
    Dwarf_Die type;
    const char *function; /* on a stack: whose it is */
};

/* A global or static one. */
bool variable_at(uint64_t address, struct datum *v);

/* A thread-local one, by the offset from where the thread's variables begin. */
bool variable_of_thread(uint64_t offset, struct datum *v);

/* One on a thread's stack, as that was at a step. */
bool variable_on_stack(const struct channel *trace, int thread, uint64_t address, uint32_t step,
                       struct datum *v);

/* A name where the code at `pc` can see it: a local, a parameter, a static, a global. */
bool variable_named(uint64_t pc, const char *name, struct datum *v);

/* Calls `visit` with the scopes around the code at pc, innermost first, until it says
 * true. */
bool scopes_around(uint64_t pc, bool (*visit)(Dwarf_Die *scope, void *data), void *data);

void variables_forget(void);

#endif
