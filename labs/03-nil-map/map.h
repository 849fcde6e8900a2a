/*
 * map.h - the open sessions of a server. The whole program has one table.
 */
#ifndef MAP_H
#define MAP_H

#include <stddef.h>
#include <stdint.h>

struct session {
    uint64_t id;
    char user[24];
};

/* Gets the table ready, if it is not ready yet. Any thread may call this, any
 * number of times. */
void map_open(void);

/* Puts s in, under its number. */
void map_put(struct session *s);

/* The session with this number, or NULL. Before map_open() there are none. */
struct session *map_get(uint64_t id);

/* How many sessions there are. */
size_t map_len(void);

/* Back to the beginning: no table. Only while no other thread uses it. */
void map_close(void);

#endif
