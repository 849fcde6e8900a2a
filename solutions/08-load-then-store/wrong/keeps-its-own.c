/* rejected by: stress. Looks again under the lock, then returns the wrong one.
 *
 * "Before I store, I look whether somebody was faster; then there is only one in
 * the pool." There is. But the slower sender goes away with its own connection,
 * which is not the one in the pool.
 *
 * asks: Which connection is in the pool when you return, and which one do you return?
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

struct pool {
    pthread_mutex_t lock; /* guards all below */
    struct hmap *by_host; /* host -> struct connection * */
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
    while (hmap_next(&it))
        free(it.value);
    hmap_free(p->by_host);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static struct connection *load(struct pool *p, uint64_t host) {
    pthread_mutex_lock(&p->lock);
    struct connection *c = hmap_access(p->by_host, HNUM(host));
    pthread_mutex_unlock(&p->lock);
    return c;
}

static struct connection *open_and_store(struct pool *p, uint64_t host) {
    struct connection *c = calloc(1, sizeof *c);
    pthread_mutex_lock(&p->lock);
    c->host = host;
    c->number = ++p->opened;
    if (!hmap_access(p->by_host, HNUM(host)))
        hmap_assign(p->by_host, HNUM(host), c);
    pthread_mutex_unlock(&p->lock);
    return c;
}

struct connection *map_connect(struct pool *p, uint64_t host) {
    struct connection *c = load(p, host);
    return c ? c : open_and_store(p, host);
}

int map_opened(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    int n = p->opened;
    pthread_mutex_unlock(&p->lock);
    return n;
}
