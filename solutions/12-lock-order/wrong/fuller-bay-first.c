/* rejected by: explore. The bay with more crates is locked first.
 *
 * "Any order will do, as long as it does not depend on who is asking." This one
 * depends on when: the counts change while trucks look at them, without a lock,
 * and two trucks may see two orders. An order of locks must be one that never
 * changes, like addresses.
 *
 * asks: Can two trucks, at the same two bays, come to different orders?
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

/* Locks two bays, or one: the fuller one first. */
static void lock_both(struct bay *one, struct bay *other) {
    bool swap = hmap_len(one->crates) < hmap_len(other->crates);
    pthread_mutex_lock(swap ? &other->lock : &one->lock);
    if (one != other)
        pthread_mutex_lock(swap ? &one->lock : &other->lock);
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
    for (int i = 0; i < BAYS; i++)
        pthread_mutex_lock(&d->bays[i].lock);
    for (int i = 0; i < BAYS; i++)
        n += hmap_len(d->bays[i].crates);
    for (int i = 0; i < BAYS; i++)
        pthread_mutex_unlock(&d->bays[i].lock);
    return n;
}
