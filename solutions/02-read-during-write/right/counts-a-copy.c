/* accepted. Copies the stock under the read lock, and counts the copy when it has let
 * go. To copy is to walk, too, and to put in each entry once more; whoever looks long
 * at what he has is glad of a copy, and for a sum of one pass it is work for nothing.
 * Our runs went by about as fast, for here the writer is what takes time.
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
    pthread_rwlock_rdlock(&s->lock);
    struct hmap *copy = hmap_clone(s->articles);
    pthread_rwlock_unlock(&s->lock);

    long total = 0;
    struct hmap_iter it;
    hmap_iter_init(&it, copy);
    while (hmap_next(&it))
        total += ((struct article *)it.value)->pieces;
    hmap_free(copy);
    return total;
}
