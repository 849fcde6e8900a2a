/* rejected by: cost. The lock is right, and the debugging was never taken out.
 *
 * "With hmap_broken() I found the bug, so it stays in, under the lock, and only at
 * every 32nd user; then I know that it never comes back." It walks the whole table
 * and looks up each entry, and everybody waits: the more users, the longer. What is
 * done under a lock is paid for by all who want it.
 *
 * asks: How long is the lock held at the 32nd user, and how long at the 8000th?
 */
#include "map.h"

#include <pthread.h>
#include <stdio.h>
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

/* Caller holds m->lock. */
static void check(struct user_map *m) {
    const char *why = hmap_len(m->users) % 32 == 0 ? hmap_broken(m->users) : NULL;
    if (why)
        fprintf(stderr, "table of users: %s\n", why);
}

void map_put(struct user_map *m, struct user *u) {
    pthread_mutex_lock(&m->lock);
    hmap_assign(m->users, HNUM(u->id), u);
    check(m);
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
