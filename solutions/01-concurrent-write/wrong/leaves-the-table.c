/* rejected by: leaks. The lock is right, and nobody frees the table.
 *
 * "A lock must not be destroyed while somebody may hold it, so I leave both where
 * they are." map.h says when map_free() may be called: when no other thread uses
 * the table any more. Whoever calls it has seen to that; now it is to be freed.
 *
 * asks: Who can still be in the table when map_free() is called, by the words of map.h?
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

struct user_map {
    pthread_mutex_t lock;
    struct hmap *users; /* number -> struct user *; guarded by lock */
};

struct user_map *map_new(void) {
    struct user_map *m = calloc(1, sizeof *m);
    pthread_mutex_init(&m->lock, NULL);
    m->users = hmap_make(HMAP_NUM, 0);
    return m;
}

void map_free(struct user_map *m) {
    (void)m; /* somebody may still be in there */
}

void map_put(struct user_map *m, struct user *u) {
    pthread_mutex_lock(&m->lock);
    hmap_assign(m->users, HNUM(u->id), u);
    pthread_mutex_unlock(&m->lock);
}

struct user *map_get(struct user_map *m, uint64_t id) {
    pthread_mutex_lock(&m->lock);
    struct user *u = hmap_access(m->users, HNUM(id));
    pthread_mutex_unlock(&m->lock);
    return u;
}

size_t map_len(struct user_map *m) {
    pthread_mutex_lock(&m->lock);
    size_t n = hmap_len(m->users);
    pthread_mutex_unlock(&m->lock);
    return n;
}
