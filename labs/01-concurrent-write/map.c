/*
 * map.c - the table of users.
 */
#include "map.h"

#include <stdlib.h>

#include "hmap.h"

struct user_map {
    struct hmap *users; /* number -> struct user * */
};

struct user_map *map_new(void) {
    struct user_map *m = calloc(1, sizeof *m);
    m->users = hmap_make(HMAP_NUM, 0);
    return m;
}

void map_free(struct user_map *m) {
    hmap_free(m->users);
    free(m);
}

void map_put(struct user_map *m, struct user *u) {
    hmap_assign(m->users, HNUM(u->id), u); /* RACE: a, b */
}

struct user *map_get(struct user_map *m, uint64_t id) {
    return hmap_access(m->users, HNUM(id));
}

size_t map_len(struct user_map *m) {
    return hmap_len(m->users);
}
