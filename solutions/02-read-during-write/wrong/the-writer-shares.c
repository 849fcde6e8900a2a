/* rejected by: stress. The writer takes the lock for reading.
 *
 * "It is locked on both sides." It is, but any number of threads may hold the
 * lock for reading at once: that is what it is for. Nobody is kept out.
 *
 * asks: How many threads may hold a read lock at once, and which of them may change something?
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
    pthread_rwlock_rdlock(&s->lock);
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
    pthread_rwlock_rdlock(&s->lock);
    hmap_iter_init(&it, s->articles);
    while (hmap_next(&it))
        total += ((struct article *)it.value)->pieces;
    pthread_rwlock_unlock(&s->lock);
    return total;
}
