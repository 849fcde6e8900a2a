/* rejected by: explore. The crate's number says which bay is locked first.
 *
 * "An order is an order: even crates take the source first, odd ones the
 * target." The order has to be the same for all who meet at two bays, and
 * another crate is another order. What is ordered must be the locks.
 *
 * asks: Two crates, an even one and an odd one, go the same way. Which bay does each lock first?
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

struct bay {
    pthread_mutex_t lock;
    struct hmap *crates; /* number -> anything; guarded by lock */
};

struct depot {
    struct bay bays[BAYS];
};

struct depot *map_new(void) {
    struct depot *d = calloc(1, sizeof *d);
    for (int i = 0; i < BAYS; i++) {
        pthread_mutex_init(&d->bays[i].lock, NULL);
        d->bays[i].crates = hmap_make(HMAP_NUM, 0);
    }
    return d;
}

void map_free(struct depot *d) {
    for (int i = 0; i < BAYS; i++) {
        hmap_free(d->bays[i].crates);
        pthread_mutex_destroy(&d->bays[i].lock);
    }
    free(d);
}

void map_put(struct depot *d, int bay, uint64_t crate) {
    pthread_mutex_lock(&d->bays[bay].lock);
    hmap_assign(d->bays[bay].crates, HNUM(crate), d);
    pthread_mutex_unlock(&d->bays[bay].lock);
}

static void lock_both(struct bay *first, struct bay *second) {
    pthread_mutex_lock(&first->lock);
    if (first != second)
        pthread_mutex_lock(&second->lock);
}

bool map_move(struct depot *d, uint64_t crate, int from, int to) {
    struct bay *source = &d->bays[from], *target = &d->bays[to];
    if (crate % 2 == 0)
        lock_both(source, target);
    else
        lock_both(target, source);
    void *load = hmap_access(source->crates, HNUM(crate));
    if (load && source != target) {
        hmap_delete(source->crates, HNUM(crate));
        hmap_assign(target->crates, HNUM(crate), load);
    }
    if (source != target)
        pthread_mutex_unlock(&target->lock);
    pthread_mutex_unlock(&source->lock);
    return load;
}

size_t map_count(struct depot *d) {
    size_t n = 0;
    for (int i = 0; i < BAYS; i++)
        pthread_mutex_lock(&d->bays[i].lock);
    for (int i = 0; i < BAYS; i++)
        n += hmap_len(d->bays[i].crates);
    for (int i = 0; i < BAYS; i++)
        pthread_mutex_unlock(&d->bays[i].lock);
    return n;
}
