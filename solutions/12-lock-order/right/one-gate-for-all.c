/* accepted. Whoever needs two bays passes a gate first, the clerk too: behind it there is
 * one at a time, so the order of the bays is nobody's business. Helgrind reports two orders
 * all the same; they never meet. It costs that no two trucks move at once.
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
    pthread_mutex_t gate; /* held by the one who may hold two bays */
    struct bay bays[BAYS];
};

struct depot *map_new(void) {
    struct depot *d = calloc(1, sizeof *d);
    pthread_mutex_init(&d->gate, NULL);
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
    pthread_mutex_destroy(&d->gate);
    free(d);
}

void map_put(struct depot *d, int bay, uint64_t crate) {
    pthread_mutex_lock(&d->bays[bay].lock);
    hmap_assign(d->bays[bay].crates, HNUM(crate), d);
    pthread_mutex_unlock(&d->bays[bay].lock);
}

bool map_move(struct depot *d, uint64_t crate, int from, int to) {
    struct bay *source = &d->bays[from], *target = &d->bays[to];
    pthread_mutex_lock(&d->gate);
    pthread_mutex_lock(&source->lock);
    void *load = hmap_access(source->crates, HNUM(crate));
    if (load && source != target) {
        pthread_mutex_lock(&target->lock);
        hmap_delete(source->crates, HNUM(crate));
        hmap_assign(target->crates, HNUM(crate), load);
        pthread_mutex_unlock(&target->lock);
    }
    pthread_mutex_unlock(&source->lock);
    pthread_mutex_unlock(&d->gate);
    return load;
}

size_t map_count(struct depot *d) {
    size_t n = 0;
    pthread_mutex_lock(&d->gate);
    for (int i = 0; i < BAYS; i++)
        pthread_mutex_lock(&d->bays[i].lock);
    for (int i = 0; i < BAYS; i++)
        n += hmap_len(d->bays[i].crates);
    for (int i = 0; i < BAYS; i++)
        pthread_mutex_unlock(&d->bays[i].lock);
    pthread_mutex_unlock(&d->gate);
    return n;
}
