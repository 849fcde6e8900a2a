/*
 * map.h - a depot of four bays, each a map of the goods in it with a lock of
 * its own, so that work in one bay does not hold up another.
 */
#ifndef MAP_H
#define MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BAYS = 4 };

struct depot;

/* A new depot with nothing in it. */
struct depot *map_new(void);

/* Frees the depot. No other thread may still use it. */
void map_free(struct depot *d);

/* Puts the crate with this number into a bay. */
void map_put(struct depot *d, int bay, uint64_t crate);

/* Takes the crate from one bay to another, so that whoever looks finds it in
 * exactly one of them. False, and nothing happens, if it is not there. */
bool map_move(struct depot *d, uint64_t crate, int from, int to);

/* How many crates there are in all bays, at one moment. */
size_t map_count(struct depot *d);

#endif
