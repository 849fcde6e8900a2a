/* accepted. A read-write lock made by hand of a mutex and a condition: readers are
 * counted, and a writer waits until there is none. New readers wait for a writer
 * that waits, so none is kept out for ever, as it may be by glibc's own. It costs
 * two locks of a mutex for each read, and more lines to get wrong.
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

struct stock {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* readers or writing went down */
    int readers, waiting;   /* who reads; writers that would like to write */
    bool writing;           /* all three guarded by lock */
    struct hmap *articles;  /* number -> struct article *; readers, or the writer */
};

struct stock *map_new(void) {
    struct stock *s = calloc(1, sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    s->articles = hmap_make(HMAP_NUM, 0);
    return s;
}

void map_free(struct stock *s) {
    hmap_free(s->articles);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static void begin_reading(struct stock *s) {
    pthread_mutex_lock(&s->lock);
    while (s->writing || s->waiting)
        pthread_cond_wait(&s->changed, &s->lock);
    s->readers++;
    pthread_mutex_unlock(&s->lock);
}

static void end_reading(struct stock *s) {
    pthread_mutex_lock(&s->lock);
    if (--s->readers == 0)
        pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void begin_writing(struct stock *s) {
    pthread_mutex_lock(&s->lock);
    s->waiting++;
    while (s->writing || s->readers)
        pthread_cond_wait(&s->changed, &s->lock);
    s->waiting--;
    s->writing = true;
    pthread_mutex_unlock(&s->lock);
}

static void end_writing(struct stock *s) {
    pthread_mutex_lock(&s->lock);
    s->writing = false;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void map_put(struct stock *s, struct article *a) {
    begin_writing(s);
    hmap_assign(s->articles, HNUM(a->id), a);
    end_writing(s);
}

struct article *map_get(struct stock *s, uint64_t id) {
    begin_reading(s);
    struct article *a = hmap_access(s->articles, HNUM(id));
    end_reading(s);
    return a;
}

long map_total(struct stock *s) {
    long total = 0;
    struct hmap_iter it;
    begin_reading(s);
    hmap_iter_init(&it, s->articles);
    while (hmap_next(&it))
        total += ((struct article *)it.value)->pieces;
    end_reading(s);
    return total;
}
