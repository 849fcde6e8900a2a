/* rejected by: stress. One mutex for those who read, another for those who write.
 *
 * "Readers keep out readers and writers keep out writers; so everything is locked."
 * It is, and a reader and a writer hold two different locks, and so are in the
 * table together. A lock belongs to what it guards, not to who takes it.
 *
 * asks: Which lock do a reader and a writer both have to take?
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

struct stock {
    pthread_mutex_t reading, writing;
    struct hmap *articles; /* number -> struct article * */
};

struct stock *map_new(void) {
    struct stock *s = calloc(1, sizeof *s);
    pthread_mutex_init(&s->reading, NULL);
    pthread_mutex_init(&s->writing, NULL);
    s->articles = hmap_make(HMAP_NUM, 0);
    return s;
}

void map_free(struct stock *s) {
    hmap_free(s->articles);
    pthread_mutex_destroy(&s->reading);
    pthread_mutex_destroy(&s->writing);
    free(s);
}

void map_put(struct stock *s, struct article *a) {
    pthread_mutex_lock(&s->writing);
    hmap_assign(s->articles, HNUM(a->id), a);
    pthread_mutex_unlock(&s->writing);
}

struct article *map_get(struct stock *s, uint64_t id) {
    pthread_mutex_lock(&s->reading);
    struct article *a = hmap_access(s->articles, HNUM(id));
    pthread_mutex_unlock(&s->reading);
    return a;
}

long map_total(struct stock *s) {
    long total = 0;
    struct hmap_iter it;
    pthread_mutex_lock(&s->reading);
    hmap_iter_init(&it, s->articles);
    while (hmap_next(&it))
        total += ((struct article *)it.value)->pieces;
    pthread_mutex_unlock(&s->reading);
    return total;
}
