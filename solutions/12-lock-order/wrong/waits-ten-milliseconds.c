/* rejected by: explore. A truck that waits too long lets go and begins again.
 *
 * "Databases do it: whoever waits for too long is turned back." Nobody waits for ever
 * now, and the circle is still there. Each time it closes, all in it stand still until
 * the time is up, and nothing says that it will not close again at once: there are
 * schedules in which a truck lets go and takes again, and nobody gets on.
 *
 * asks: What happens, step by step, in the ten milliseconds in which two trucks wait?
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

/* False if it cannot be had within ten milliseconds. */
static bool lock_soon(struct bay *bay) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 10 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    return pthread_mutex_timedlock(&bay->lock, &until) == 0;
}

static void lock_both(struct bay *one, struct bay *other) {
    for (;;) {
        pthread_mutex_lock(&one->lock);
        if (one == other || lock_soon(other))
            return;
        pthread_mutex_unlock(&one->lock);
    }
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
