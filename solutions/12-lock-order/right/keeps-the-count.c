/* accepted. A move changes no count, so the count stands beside the bays, under a lock
 * of its own that is always taken last; the clerk reads it and locks no bay. Trucks
 * still lock two bays in order. It costs care: whoever changes a bay must think of it.
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

struct bay {
    pthread_mutex_t lock; /* of two bays, the lower one first */
    struct hmap *crates;  /* number -> anything; guarded by lock */
};

struct depot {
    struct bay bays[BAYS];
    pthread_mutex_t counting; /* taken last */
    size_t count;             /* crates in all bays; guarded by counting */
};

struct depot *map_new(void) {
    struct depot *d = calloc(1, sizeof *d);
    pthread_mutex_init(&d->counting, NULL);
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
    pthread_mutex_destroy(&d->counting);
    free(d);
}

static void add_to_count(struct depot *d, size_t n) {
    pthread_mutex_lock(&d->counting);
    d->count += n;
    pthread_mutex_unlock(&d->counting);
}

void map_put(struct depot *d, int bay, uint64_t crate) {
    struct bay *b = &d->bays[bay];
    pthread_mutex_lock(&b->lock);
    size_t before = hmap_len(b->crates);
    hmap_assign(b->crates, HNUM(crate), d);
    add_to_count(d, hmap_len(b->crates) - before); /* 0, if it was there */
    pthread_mutex_unlock(&b->lock);
}

/* Locks two bays, or one, in the order in which everybody locks bays. */
static void lock_both(struct bay *one, struct bay *other) {
    pthread_mutex_lock(one < other ? &one->lock : &other->lock);
    if (one != other)
        pthread_mutex_lock(one < other ? &other->lock : &one->lock);
}

/* Caller holds both locks. */
static void carry_over(struct depot *d, uint64_t crate, struct hmap *source, struct hmap *target) {
    void *load = hmap_access(source, HNUM(crate));
    if (hmap_access(target, HNUM(crate)))
        add_to_count(d, (size_t)-1); /* two of the same number become one */
    hmap_delete(source, HNUM(crate));
    hmap_assign(target, HNUM(crate), load);
}

bool map_move(struct depot *d, uint64_t crate, int from, int to) {
    struct bay *source = &d->bays[from], *target = &d->bays[to];
    lock_both(source, target);
    bool there = hmap_access(source->crates, HNUM(crate));
    if (there && source != target)
        carry_over(d, crate, source->crates, target->crates);
    if (source != target)
        pthread_mutex_unlock(&target->lock);
    pthread_mutex_unlock(&source->lock);
    return there;
}

size_t map_count(struct depot *d) {
    pthread_mutex_lock(&d->counting);
    size_t n = d->count;
    pthread_mutex_unlock(&d->counting);
    return n;
}
