/* rejected by: explore. A flag instead of a lock: on one CPU it hardly ever fails.
 *
 * "I wait until nobody is writing, then I say that I am." Between the look and
 * the word, another thread looks too. `volatile` makes the compiler read the
 * flag each time; it does not make two steps one.
 *
 * asks: Two threads see busy == false at the same moment. What does each of them do next?
 */
#include "map.h"

#include <stdlib.h>

#include "hmap.h"

struct user_map {
    volatile bool busy;
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
    while (m->busy)
        ;
    m->busy = true;
    hmap_assign(m->users, HNUM(u->id), u);
    m->busy = false;
}

struct user *map_get(struct user_map *m, uint64_t id) {
    return hmap_access(m->users, HNUM(id));
}

size_t map_len(struct user_map *m) {
    return hmap_len(m->users);
}
