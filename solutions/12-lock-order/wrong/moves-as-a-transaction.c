/* rejected by: cost. Locks in order, copies both bays, changes the copies, swaps them in.
 *
 * "All or nothing: whoever looks sees the bays before the move or after it." He does,
 * and it is the two locks that see to that; with them held, nobody looks in between.
 * The copies guard against nothing that can happen here, and the fuller the bays, the
 * longer everybody waits for one crate.
 *
 * asks: Who could see the bays while both locks are held?
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

/* Locks two bays, or one, in the order in which everybody locks bays. */
static void lock_both(struct bay *one, struct bay *other) {
    pthread_mutex_lock(one < other ? &one->lock : &other->lock);
    if (one != other)
        pthread_mutex_lock(one < other ? &other->lock : &one->lock);
}

/* Caller holds both locks. */
static void carry_over(struct bay *source, struct bay *target, uint64_t crate, void *load) {
    struct hmap *without = hmap_clone(source->crates), *with = hmap_clone(target->crates);
    hmap_delete(without, HNUM(crate));
    hmap_assign(with, HNUM(crate), load);
    hmap_free(source->crates);
    hmap_free(target->crates);
    source->crates = without;
    target->crates = with;
}

bool map_move(struct depot *d, uint64_t crate, int from, int to) {
    struct bay *source = &d->bays[from], *target = &d->bays[to];
    lock_both(source, target);
    void *load = hmap_access(source->crates, HNUM(crate));
    if (load && source != target)
        carry_over(source, target, crate, load);
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
