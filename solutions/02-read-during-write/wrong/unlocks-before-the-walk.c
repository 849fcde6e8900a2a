/* rejected by: explore. The lock is held while the walk is set up, not during it.
 *
 * "I lock to get at the map; then I have the pointer." The pointer never
 * changes. What it points to does, at every step of the walk. Native runs show
 * it less often than no lock at all: a reader that waits at the lock is late,
 * and finds the writer nearly done. On one processor most runs end well.
 *
 * asks: The pointer to the map never changes. What does, at each step of the walk?
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
    pthread_rwlock_rdlock(&s->lock);
    hmap_iter_init(&it, s->articles);
    pthread_rwlock_unlock(&s->lock);
    while (hmap_next(&it))
        total += ((struct article *)it.value)->pieces;
    return total;
}
