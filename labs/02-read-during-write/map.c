/*
 * map.c - the stock.
 */
#include "map.h"

#include <stdlib.h>

#include "hmap.h"

struct stock {
    struct hmap *articles; /* number -> struct article * */
};

struct stock *map_new(void) {
    struct stock *s = calloc(1, sizeof *s);
    s->articles = hmap_make(HMAP_NUM, 0);
    return s;
}

void map_free(struct stock *s) {
    hmap_free(s->articles);
    free(s);
}

void map_put(struct stock *s, struct article *a) {
    hmap_assign(s->articles, HNUM(a->id), a); /* RACE: a */
}

struct article *map_get(struct stock *s, uint64_t id) {
    return hmap_access(s->articles, HNUM(id));
}

long map_total(struct stock *s) {
    long total = 0;
    struct hmap_iter it;
    hmap_iter_init(&it, s->articles);
    while (hmap_next(&it)) /* RACE: b */
        total += ((struct article *)it.value)->pieces;
    return total;
}
