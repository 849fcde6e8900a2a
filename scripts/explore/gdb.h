/*
 * gdb.h - a replay under GDB.
 */
#ifndef EXPLORE_GDB_H
#define EXPLORE_GDB_H

#include "options.h"
#include "replay.h"

/* Becomes a GDB that runs the program through the schedule and stops at each switch. */
_Noreturn void replay_in_gdb(const struct options *o, const struct schedule *s);

#endif
