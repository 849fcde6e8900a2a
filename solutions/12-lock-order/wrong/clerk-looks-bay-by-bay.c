/* rejected by: explore. Trucks lock in order; the clerk locks one bay at a time.
 *
 * "The clerk never holds two bays, so he is in nobody's way." He is not, and while he
 * is in bay 1, a crate goes from there to bay 0, where he has been, and is counted in
 * neither. map.h promises a count at one moment, and he looks at four.
 *
 * asks: At which moment is the sum that he comes to the number of crates in the depot?
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

bool map_move(struct depot *d, uint64_t crate, int from, int to) {
    struct bay *source = &d->bays[from], *target = &d->bays[to];
    lock_both(source, target);
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
    for (int i = 0; i < BAYS; i++) {
        pthread_mutex_lock(&d->bays[i].lock);
        n += hmap_len(d->bays[i].crates);
        pthread_mutex_unlock(&d->bays[i].lock);
    }
    return n;
}
