/* accepted. Sixteen tables, each with a mutex of its own; a user's number says
 * which. Different users really have nothing to do with each other now, or only one
 * time in sixteen. It costs sixteen small tables, and map_len() has to visit all.
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

enum { PARTS = 16 };

struct part {
    pthread_mutex_t lock;
    struct hmap *users; /* number -> struct user *; guarded by lock */
};

struct user_map {
    struct part parts[PARTS];
};

/* The part that has, or would have, the user with this number. */
static struct part *part_of(struct user_map *m, uint64_t id) {
    return &m->parts[id % PARTS];
}

struct user_map *map_new(void) {
    struct user_map *m = calloc(1, sizeof *m);
    for (struct part *p = m->parts; p < m->parts + PARTS; p++) {
        pthread_mutex_init(&p->lock, NULL);
        p->users = hmap_make(HMAP_NUM, 0);
    }
    return m;
}

void map_free(struct user_map *m) {
    for (struct part *p = m->parts; p < m->parts + PARTS; p++) {
        hmap_free(p->users);
        pthread_mutex_destroy(&p->lock);
    }
    free(m);
}

void map_put(struct user_map *m, struct user *u) {
    struct part *p = part_of(m, u->id);
    pthread_mutex_lock(&p->lock);
    hmap_assign(p->users, HNUM(u->id), u);
    pthread_mutex_unlock(&p->lock);
}

struct user *map_get(struct user_map *m, uint64_t id) {
    struct part *p = part_of(m, id);
    pthread_mutex_lock(&p->lock);
    struct user *u = hmap_access(p->users, HNUM(id));
    pthread_mutex_unlock(&p->lock);
    return u;
}

/* The number at one moment: whoever puts somebody in meanwhile waits. */
size_t map_len(struct user_map *m) {
    size_t n = 0;
    for (int i = 0; i < PARTS; i++)
        pthread_mutex_lock(&m->parts[i].lock);
    for (int i = 0; i < PARTS; i++)
        n += hmap_len(m->parts[i].users);
    for (int i = 0; i < PARTS; i++)
        pthread_mutex_unlock(&m->parts[i].lock);
    return n;
}
