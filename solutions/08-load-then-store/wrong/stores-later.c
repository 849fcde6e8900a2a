/* rejected by: stress. Looks and opens under the lock, stores after it.
 *
 * "Looking and opening are one step now." What tells the next sender that there
 * is a connection is the map, and it learns of this one only after the lock was
 * given back. The step must reach from the question to where the answer changes.
 *
 * asks: From when on does another sender find the connection that you have opened?
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
static struct connection *open_one(struct pool *p, uint64_t host) {
    struct connection *c = calloc(1, sizeof *c);
    c->host = host;
    c->number = ++p->opened;
    return c;
}

static void store(struct pool *p, struct connection *c) {
    pthread_mutex_lock(&p->lock);
    hmap_assign(p->by_host, HNUM(c->host), c);
    pthread_mutex_unlock(&p->lock);
}

struct connection *map_connect(struct pool *p, uint64_t host) {
    pthread_mutex_lock(&p->lock);
    struct connection *c = hmap_access(p->by_host, HNUM(host));
    bool mine = !c;
    if (mine)
        c = open_one(p, host);
    pthread_mutex_unlock(&p->lock);
    if (mine)
        store(p, c);
    return c;
}

int map_opened(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    int n = p->opened;
    pthread_mutex_unlock(&p->lock);
    return n;
}
