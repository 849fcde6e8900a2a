/* accepted. The walk takes the read lock for its start and for each of its steps,
 * and lets go in between: hmap.h allows the map to change between two steps. The
 * writer hardly waits, the lock is taken thousands of times, and the total is not
 * the stock at any one moment.
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

static void start(struct stock *s, struct hmap_iter *it) {
    pthread_rwlock_rdlock(&s->lock);
    hmap_iter_init(it, s->articles);
    pthread_rwlock_unlock(&s->lock);
}

static bool step(struct stock *s, struct hmap_iter *it) {
    pthread_rwlock_rdlock(&s->lock);
    bool more = hmap_next(it);
    pthread_rwlock_unlock(&s->lock);
    return more;
}

long map_total(struct stock *s) {
    long total = 0;
    struct hmap_iter it;
    start(s, &it);
    while (step(s, &it))
        total += ((struct article *)it.value)->pieces;
    return total;
}
