/* rejected by: stress. Takes the lock only when there is no connection yet.
 *
 * "Most calls only look, and looking is harmless; who finds nothing takes the
 * lock and looks again." The second look is right, the first is not: a map that
 * another thread is changing cannot be read, not even for a look. A program
 * without a data race has become one with many.
 *
 * asks: May a map be read while another thread changes it, if it is only a look?
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

/* Caller holds p->lock. */
static struct connection *open_and_store(struct pool *p, uint64_t host) {
    struct connection *c = calloc(1, sizeof *c);
    c->host = host;
    c->number = ++p->opened;
    hmap_assign(p->by_host, HNUM(host), c);
    return c;
}

struct connection *map_connect(struct pool *p, uint64_t host) {
    struct connection *c = hmap_access(p->by_host, HNUM(host));
    if (c)
        return c;
    pthread_mutex_lock(&p->lock);
    c = hmap_access(p->by_host, HNUM(host));
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
