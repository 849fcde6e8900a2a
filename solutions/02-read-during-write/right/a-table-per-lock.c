/* accepted. Eight tables, each with a read-write lock of its own. Whoever puts
 * something in keeps others out of an eighth of the stock only; a walk holds all
 * eight locks, always taken in the same order, so its total is that of one moment.
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

enum { PARTS = 8 };

struct part {
    pthread_rwlock_t lock;
    struct hmap *articles; /* number -> struct article *; guarded by lock */
};

struct stock {
    struct part parts[PARTS];
};

/* The part that has, or would have, the article with this number. */
static struct part *part_of(struct stock *s, uint64_t id) {
    return &s->parts[id % PARTS];
}

struct stock *map_new(void) {
    struct stock *s = calloc(1, sizeof *s);
    for (struct part *p = s->parts; p < s->parts + PARTS; p++) {
        pthread_rwlock_init(&p->lock, NULL);
        p->articles = hmap_make(HMAP_NUM, 0);
    }
    return s;
}

void map_free(struct stock *s) {
    for (struct part *p = s->parts; p < s->parts + PARTS; p++) {
        hmap_free(p->articles);
        pthread_rwlock_destroy(&p->lock);
    }
    free(s);
}

void map_put(struct stock *s, struct article *a) {
    struct part *p = part_of(s, a->id);
    pthread_rwlock_wrlock(&p->lock);
    hmap_assign(p->articles, HNUM(a->id), a);
    pthread_rwlock_unlock(&p->lock);
}

struct article *map_get(struct stock *s, uint64_t id) {
    struct part *p = part_of(s, id);
    pthread_rwlock_rdlock(&p->lock);
    struct article *a = hmap_access(p->articles, HNUM(id));
    pthread_rwlock_unlock(&p->lock);
    return a;
}

/* Caller holds p->lock. */
static long total_of(struct part *p) {
    long total = 0;
    struct hmap_iter it;
    hmap_iter_init(&it, p->articles);
    while (hmap_next(&it))
        total += ((struct article *)it.value)->pieces;
    return total;
}

long map_total(struct stock *s) {
    long total = 0;
    for (int i = 0; i < PARTS; i++)
        pthread_rwlock_rdlock(&s->parts[i].lock);
    for (int i = 0; i < PARTS; i++)
        total += total_of(&s->parts[i]);
    for (int i = 0; i < PARTS; i++)
        pthread_rwlock_unlock(&s->parts[i].lock);
    return total;
}
