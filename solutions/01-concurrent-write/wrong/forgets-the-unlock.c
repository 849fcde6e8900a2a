/* rejected by: rules. One way out keeps the lock.
 *
 * A table that has this user already returns early, and the next caller waits
 * for ever: with one thread, too.
 *
 * asks: By how many ways does map_put() end, and what does each of them leave locked?
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
    hmap_free(m->users);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

void map_put(struct user_map *m, struct user *u) {
    pthread_mutex_lock(&m->lock);
    if (hmap_access(m->users, HNUM(u->id)) == u)
        return;
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
