/* accepted. Go's LoadOrStore: who finds none makes one outside of the lock, then looks
 * again, and frees its own if somebody was faster. Nobody waits while one is made,
 * and now and then one is made for nothing: good where that is cheap, and no choice
 * where a host would notice a connection that is opened and closed.
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
    struct connection *c = load(p, host);
    if (c)
        return c;
    struct connection *mine = calloc(1, sizeof *mine);
    mine->host = host;
    c = load_or_store(p, mine);
    if (c != mine)
        free(mine);
    return c;
}

int map_opened(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    int n = p->opened;
    pthread_mutex_unlock(&p->lock);
    return n;
}
