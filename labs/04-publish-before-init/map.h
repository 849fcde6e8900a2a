/*
 * map.h - the routes of a web server: which handler answers which path. The
 * table never changes; it is loaded when somebody first asks.
 */
#ifndef MAP_H
#define MAP_H

#include <stddef.h>

#include "size.h"

enum { ROUTES = SIZE(300, 3) };

struct route {
    char path[24]; /* "/page/17" */
    int handler;
};

/* The route for this path, or NULL when the server has none: a 404. Loads the
 * table when this is the first call of all. Any thread may call it. */
const struct route *map_find(const char *path);

/* Forgets the table; the next map_find() loads it anew. Only while no other
 * thread is in here. */
void map_forget(void);

/* The n-th route of the server, 0 <= n < ROUTES, as it will be in the table. */
const struct route *map_route(int n);

#endif
