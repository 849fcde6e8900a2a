/*
 * map.h - a table of users, by number, that all threads share.
 */
#ifndef MAP_H
#define MAP_H

#include <stddef.h>
#include <stdint.h>

struct user {
    uint64_t id;
    const char *name;
};

struct user_map;

/* A new, empty table. */
struct user_map *map_new(void);

/* Frees the table, not the users in it. No other thread may still use it. */
void map_free(struct user_map *m);

/* Puts u in, under its number, in place of any user that had this number. */
void map_put(struct user_map *m, struct user *u);

/* The user with this number, or NULL. */
struct user *map_get(struct user_map *m, uint64_t id);

/* How many users are in. */
size_t map_len(struct user_map *m);

#endif
