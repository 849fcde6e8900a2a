/* rejected by: explore. Every step of the walk is locked, its start is not.
 *
 * "hmap_iter_init only fills in my own struct." It also reads the map's B, to
 * know how many buckets to walk, and a writer may be doubling the table. Here
 * the old B and the new one both make a good walk, so no run fails. That is
 * luck: it rests on one byte in one function of another file, and nobody
 * promised it.
 *
 * asks: What does hmap_iter_init() read of the map, and who may be changing it just then?
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

struct stock {
    pthread_rwlock_t lock;
    struct hmap *articles; /* number -> struct article *; guarded by lock */
};

struct stock *map_new(void) {
    struct stock *s = calloc(1, sizeof *s);
    pthread_rwlock_init(&s->lock, NULL);
    s->articles = hmap_make(HMAP_NUM, 0);
    return s;
}

void map_free(struct stock *s) {
    hmap_free(s->articles);
    pthread_rwlock_destroy(&s->lock);
    free(s);
}

void map_put(struct stock *s, struct article *a) {
    pthread_rwlock_wrlock(&s->lock);
    hmap_assign(s->articles, HNUM(a->id), a);
    pthread_rwlock_unlock(&s->lock);
}

struct article *map_get(struct stock *s, uint64_t id) {
    pthread_rwlock_rdlock(&s->lock);
    struct article *a = hmap_access(s->articles, HNUM(id));
    pthread_rwlock_unlock(&s->lock);
    return a;
}

long map_total(struct stock *s) {
    long total = 0;
    struct hmap_iter it;
    hmap_iter_init(&it, s->articles);
    for (;;) {
        pthread_rwlock_rdlock(&s->lock);
        bool more = hmap_next(&it);
        if (more)
            total += ((struct article *)it.value)->pieces;
        pthread_rwlock_unlock(&s->lock);
        if (!more)
            break;
    }
    return total;
}
