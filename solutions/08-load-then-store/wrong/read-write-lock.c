/* rejected by: explore. A better lock around the same two steps.
 *
 * "Looking is reading and storing is writing, so a read-write lock." All of that
 * is true, and between the read lock and the write lock there is still a moment
 * without either. Both senders may have looked by then.
 *
 * asks: What may happen between the read lock and the write lock?
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

struct pool {
    pthread_rwlock_t lock; /* guards all below */
    struct hmap *by_host;  /* host -> struct connection * */
    int opened;
};

struct pool *map_new(void) {
    struct pool *p = calloc(1, sizeof *p);
    pthread_rwlock_init(&p->lock, NULL);
    p->by_host = hmap_make(HMAP_NUM, 0);
    return p;
}

void map_free(struct pool *p) {
    struct hmap_iter it;
    hmap_iter_init(&it, p->by_host);
    while (hmap_next(&it))
        free(it.value);
    hmap_free(p->by_host);
    pthread_rwlock_destroy(&p->lock);
    free(p);
}

static struct connection *load(struct pool *p, uint64_t host) {
    pthread_rwlock_rdlock(&p->lock);
    struct connection *c = hmap_access(p->by_host, HNUM(host));
    pthread_rwlock_unlock(&p->lock);
    return c;
}

static struct connection *open_and_store(struct pool *p, uint64_t host) {
    struct connection *c = calloc(1, sizeof *c);
    pthread_rwlock_wrlock(&p->lock);
    c->host = host;
    c->number = ++p->opened;
    hmap_assign(p->by_host, HNUM(host), c);
    pthread_rwlock_unlock(&p->lock);
    return c;
}

struct connection *map_connect(struct pool *p, uint64_t host) {
    struct connection *c = load(p, host);
    return c ? c : open_and_store(p, host);
}

int map_opened(struct pool *p) {
    pthread_rwlock_rdlock(&p->lock);
    int n = p->opened;
    pthread_rwlock_unlock(&p->lock);
    return n;
}
