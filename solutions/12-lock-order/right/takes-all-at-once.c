/* accepted. A bay is busy or free, and who needs several takes them in one step, under
 * one mutex, or waits until all are free: nobody holds one while he waits for another,
 * so no circle can close. It costs a wake-up of all who wait whenever bays are given
 * back, and a clerk who needs four bays may be passed by many who need two.
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

struct bay {
    bool busy;           /* somebody has it; guarded by the depot's lock */
    struct hmap *crates; /* number -> anything; only for who has the bay */
};

struct depot {
    pthread_mutex_t lock;  /* held for a moment only, never while working */
    pthread_cond_t change; /* bays were given back */
    struct bay bays[BAYS];
};

enum { ALL = (1 << BAYS) - 1 }; /* sets of bays: bit i is bay i */

struct depot *map_new(void) {
    struct depot *d = calloc(1, sizeof *d);
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->change, NULL);
    for (int i = 0; i < BAYS; i++)
        d->bays[i].crates = hmap_make(HMAP_NUM, 0);
    return d;
}

void map_free(struct depot *d) {
    for (int i = 0; i < BAYS; i++)
        hmap_free(d->bays[i].crates);
    pthread_cond_destroy(&d->change);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

/* Is one of these busy? Caller holds d->lock. */
static bool any_busy(const struct depot *d, int set) {
    for (int i = 0; i < BAYS; i++)
        if (set & 1 << i && d->bays[i].busy)
            return true;
    return false;
}

/* Caller holds d->lock. */
static void mark(struct depot *d, int set, bool busy) {
    for (int i = 0; i < BAYS; i++)
        if (set & 1 << i)
            d->bays[i].busy = busy;
}

static void take(struct depot *d, int set) {
    pthread_mutex_lock(&d->lock);
    while (any_busy(d, set))
        pthread_cond_wait(&d->change, &d->lock);
    mark(d, set, true);
    pthread_mutex_unlock(&d->lock);
}

static void give_back(struct depot *d, int set) {
    pthread_mutex_lock(&d->lock);
    mark(d, set, false);
    pthread_cond_broadcast(&d->change);
    pthread_mutex_unlock(&d->lock);
}

void map_put(struct depot *d, int bay, uint64_t crate) {
    take(d, 1 << bay);
    hmap_assign(d->bays[bay].crates, HNUM(crate), d);
    give_back(d, 1 << bay);
}

bool map_move(struct depot *d, uint64_t crate, int from, int to) {
    struct hmap *source = d->bays[from].crates, *target = d->bays[to].crates;
    take(d, 1 << from | 1 << to);
    void *load = hmap_access(source, HNUM(crate));
    if (load && source != target) {
        hmap_delete(source, HNUM(crate));
        hmap_assign(target, HNUM(crate), load);
    }
    give_back(d, 1 << from | 1 << to);
    return load;
}

size_t map_count(struct depot *d) {
    size_t n = 0;
    take(d, ALL);
    for (int i = 0; i < BAYS; i++)
        n += hmap_len(d->bays[i].crates);
    give_back(d, ALL);
    return n;
}
