/* rejected by: honesty. Who waits for a second ends the program.
 *
 * "A service that hangs is started again by its supervisor, so the best thing it can
 * do is leave." Some services do, as a last resort, and say so, and fail. This one
 * leaves with status 0, in the middle of its work, and whoever started it believes
 * that all is done.
 *
 * asks: Which crates were where they belong when the program ended with status 0?
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

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

static void lock_or_leave(struct bay *bay) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    if (pthread_mutex_timedlock(&bay->lock, &until) != 0)
        exit(0);
}

bool map_move(struct depot *d, uint64_t crate, int from, int to) {
    struct bay *source = &d->bays[from], *target = &d->bays[to];
    lock_or_leave(source);
    void *load = hmap_access(source->crates, HNUM(crate));
    if (load && source != target) {
        lock_or_leave(target);
        hmap_delete(source->crates, HNUM(crate));
        hmap_assign(target->crates, HNUM(crate), load);
        pthread_mutex_unlock(&target->lock);
    }
    pthread_mutex_unlock(&source->lock);
    return load;
}

size_t map_count(struct depot *d) {
    size_t n = 0;
    for (int i = 0; i < BAYS; i++)
        lock_or_leave(&d->bays[i]);
    for (int i = 0; i < BAYS; i++)
        n += hmap_len(d->bays[i].crates);
    for (int i = 0; i < BAYS; i++)
        pthread_mutex_unlock(&d->bays[i].lock);
    return n;
}
