/* rejected by: leaks. Comes with a connection of its own, and drops it on the floor.
 *
 * "I make it before I lock, so that nobody waits for that; under the lock I store it
 * or take the one that is there. One lock, one step." It is one step, and all get the
 * same. But whoever finds one there has another in hand, which is in no pool, and
 * which nobody frees.
 *
 * asks: When there is one in the pool already, where does yours go?
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

/* What is in the pool for mine->host: mine, if there was none. */
static struct connection *load_or_store(struct pool *p, struct connection *mine) {
    pthread_mutex_lock(&p->lock);
    struct connection *c = hmap_access(p->by_host, HNUM(mine->host));
    if (!c) {
        c = mine;
        c->number = ++p->opened;
        hmap_assign(p->by_host, HNUM(c->host), c);
    }
    pthread_mutex_unlock(&p->lock);
    return c;
}

struct connection *map_connect(struct pool *p, uint64_t host) {
    struct connection *mine = calloc(1, sizeof *mine);
    mine->host = host;
    return load_or_store(p, mine);
}

int map_opened(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    int n = p->opened;
    pthread_mutex_unlock(&p->lock);
    return n;
}
