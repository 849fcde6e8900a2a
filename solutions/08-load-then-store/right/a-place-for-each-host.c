/* accepted. The pool's lock gives each host a place, and the place has a lock of its
 * own, under which its connection is opened: only those who want this host wait for
 * it. It costs a mutex for each host and two locks for each call, and pays when to
 * open takes long.
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

struct place {
    pthread_mutex_t lock;         /* taken after no other, before the pool's */
    struct connection connection; /* number 0: not open yet; guarded by lock */
};

struct pool {
    pthread_mutex_t lock; /* guards all below */
    struct hmap *by_host; /* host -> struct place * */
    int opened;
};

struct pool *map_new(void) {
    struct pool *p = calloc(1, sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    p->by_host = hmap_make(HMAP_NUM, 0);
    return p;
}

void map_free(struct pool *p) {
    struct hmap_iter it;
    hmap_iter_init(&it, p->by_host);
    while (hmap_next(&it)) {
        struct place *place = it.value;
        pthread_mutex_destroy(&place->lock);
        free(place);
    }
    hmap_free(p->by_host);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static struct place *place_of(struct pool *p, uint64_t host) {
    pthread_mutex_lock(&p->lock);
    struct place *place = hmap_access(p->by_host, HNUM(host));
    if (!place) {
        place = calloc(1, sizeof *place);
        pthread_mutex_init(&place->lock, NULL);
        hmap_assign(p->by_host, HNUM(host), place);
    }
    pthread_mutex_unlock(&p->lock);
    return place;
}

static int next_number(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    int number = ++p->opened;
    pthread_mutex_unlock(&p->lock);
    return number;
}

struct connection *map_connect(struct pool *p, uint64_t host) {
    struct place *place = place_of(p, host);
    pthread_mutex_lock(&place->lock);
    if (!place->connection.number)
        place->connection = (struct connection){.host = host, .number = next_number(p)};
    pthread_mutex_unlock(&place->lock);
    return &place->connection;
}

int map_opened(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    int n = p->opened;
    pthread_mutex_unlock(&p->lock);
    return n;
}
