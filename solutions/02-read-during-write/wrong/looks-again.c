/* rejected by: explore. Walks without a lock, and again if somebody wrote meanwhile.
 *
 * "The writer counts up before and after each change. If the number is the same at
 * the end of my walk, nothing has happened; else I throw the total away." Linux has
 * such a lock, the seqlock, for a few plain words. Here the wrong total can be
 * thrown away, but not the wrong step: a walk through a table in pieces follows
 * pointers that lead nowhere, and does not live to see the number.
 *
 * asks: The number will tell you that you should not have looked. When?
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "hmap.h"

struct stock {
    pthread_mutex_t lock;  /* one writer at a time */
    atomic_uint version;   /* odd while somebody writes */
    struct hmap *articles; /* number -> struct article * */
};

struct stock *map_new(void) {
    struct stock *s = calloc(1, sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    s->articles = hmap_make(HMAP_NUM, 0);
    return s;
}

void map_free(struct stock *s) {
    hmap_free(s->articles);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

void map_put(struct stock *s, struct article *a) {
    pthread_mutex_lock(&s->lock);
    s->version++;
    hmap_assign(s->articles, HNUM(a->id), a);
    s->version++;
    pthread_mutex_unlock(&s->lock);
}

/* A version at which nobody writes. */
static unsigned quiet(struct stock *s) {
    unsigned version;
    while ((version = s->version) % 2)
        ;
    return version;
}

struct article *map_get(struct stock *s, uint64_t id) {
    for (;;) {
        unsigned before = quiet(s);
        struct article *a = hmap_access(s->articles, HNUM(id));
        if (s->version == before)
            return a;
    }
}

static long walk(struct stock *s) {
    long total = 0;
    struct hmap_iter it;
    hmap_iter_init(&it, s->articles);
    while (hmap_next(&it))
        total += ((struct article *)it.value)->pieces;
    return total;
}

long map_total(struct stock *s) {
    for (;;) {
        unsigned before = quiet(s);
        long total = walk(s);
        if (s->version == before)
            return total;
    }
}
