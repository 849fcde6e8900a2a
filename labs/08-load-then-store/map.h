/*
 * map.h - the connections of a program to the hosts it talks to: one for each
 * host, opened when it is first needed and then shared.
 */
#ifndef MAP_H
#define MAP_H

#include <stddef.h>
#include <stdint.h>

struct connection {
    uint64_t host;
    int number; /* 1 for the first one opened, and so on */
};

struct pool;

/* A new pool, with no connection open. */
struct pool *map_new(void);

/* Closes what is in the pool, and the pool. No other thread may still use it. */
void map_free(struct pool *p);

/* The connection to this host: the one that is open, or else a new one. All
 * callers for one host get the same. */
struct connection *map_connect(struct pool *p, uint64_t host);

/* How many connections were ever opened. */
int map_opened(struct pool *p);

#endif
