/* rejected by: rules. One lock around the two steps, and the steps lock too.
 *
 * "I put the lock around the whole of it." So it must be, but the helpers inside
 * still take the same lock. A pthread mutex does not ask who holds it: a thread
 * that locks it twice waits for itself, for ever, and one thread is enough.
 *
 * asks: Who holds the lock that load() waits for?
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
    hmap_assign(p->by_host, HNUM(host), c);
    pthread_mutex_unlock(&p->lock);
    return c;
}

struct connection *map_connect(struct pool *p, uint64_t host) {
    pthread_mutex_lock(&p->lock);
    struct connection *c = load(p, host);
    if (!c)
        c = open_and_store(p, host);
    pthread_mutex_unlock(&p->lock);
    return c;
}

int map_opened(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    int n = p->opened;
    pthread_mutex_unlock(&p->lock);
    return n;
}
