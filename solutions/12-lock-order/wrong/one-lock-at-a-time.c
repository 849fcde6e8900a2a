/* rejected by: stress. The first bay is unlocked before the second is locked.
 *
 * "Who never holds two locks cannot deadlock." True, and between the two the
 * crate is in no bay at all. A clerk who counts just then finds one too few.
 * Two locks were held for a reason: the move has to be one step for others.
 *
 * asks: In which bay is the crate between the two locks?
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

bool map_move(struct depot *d, uint64_t crate, int from, int to) {
    struct bay *source = &d->bays[from], *target = &d->bays[to];
    pthread_mutex_lock(&source->lock);
    void *load = hmap_access(source->crates, HNUM(crate));
    hmap_delete(source->crates, HNUM(crate));
    pthread_mutex_unlock(&source->lock);
    if (load) {
        pthread_mutex_lock(&target->lock);
        hmap_assign(target->crates, HNUM(crate), load);
        pthread_mutex_unlock(&target->lock);
    }
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
