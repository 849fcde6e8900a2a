/*
 * map.h - the stock of a shop: how many of each article are on the shelf.
 */
#ifndef MAP_H
#define MAP_H

#include <stddef.h>
#include <stdint.h>

struct article {
    uint64_t id;
    long pieces;
};

struct stock;

/* A new, empty stock. */
struct stock *map_new(void);

/* Frees the stock, not the articles. No other thread may still use it. */
void map_free(struct stock *s);

/* Puts a in, under its number. */
void map_put(struct stock *s, struct article *a);

/* The article with this number, or NULL. */
struct article *map_get(struct stock *s, uint64_t id);

/* Walks the whole stock: the pieces of all articles together. */
long map_total(struct stock *s);

#endif
