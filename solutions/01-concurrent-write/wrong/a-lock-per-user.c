/* rejected by: stress. Different users, different locks, one table.
 *
 * "Two threads that sign up different users have nothing to do with each other,
 * so sixteen locks, by number, and they hardly ever wait." They do have something
 * in common: the count, the buckets, the growth. A lock for each key guards what
 * belongs to that key alone, and nothing in a hash map does.
 *
 * asks: What do users 1 and 2 have in common, once both are in one table?
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

enum { LOCKS = 16 };

struct user_map {
    pthread_mutex_t locks[LOCKS]; /* user's number modulo LOCKS */
    struct hmap *users;           /* number -> struct user * */
};

struct user_map *map_new(void) {
    struct user_map *m = calloc(1, sizeof *m);
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_init(&m->locks[i], NULL);
    m->users = hmap_make(HMAP_NUM, 0);
    return m;
}

void map_free(struct user_map *m) {
    hmap_free(m->users);
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&m->locks[i]);
    free(m);
}

void map_put(struct user_map *m, struct user *u) {
    pthread_mutex_lock(&m->locks[u->id % LOCKS]);
    hmap_assign(m->users, HNUM(u->id), u);
    pthread_mutex_unlock(&m->locks[u->id % LOCKS]);
}

struct user *map_get(struct user_map *m, uint64_t id) {
    pthread_mutex_lock(&m->locks[id % LOCKS]);
    struct user *u = hmap_access(m->users, HNUM(id));
    pthread_mutex_unlock(&m->locks[id % LOCKS]);
    return u;
}

size_t map_len(struct user_map *m) {
    return hmap_len(m->users);
}
