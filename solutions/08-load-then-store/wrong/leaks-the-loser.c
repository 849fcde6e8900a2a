/* rejected by: stress. All get the same connection, but two were opened.
 *
 * "LoadOrStore: I open one, and if somebody was faster I take theirs." Now both
 * senders do hold the same one. The other was opened, is in no pool, and nobody
 * will ever close it.
 *
 * asks: How many connections were opened when two senders met at one host?
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
    struct connection *first = hmap_access(p->by_host, HNUM(host));
    if (!first)
        hmap_assign(p->by_host, HNUM(host), first = c);
    pthread_mutex_unlock(&p->lock);
    return first;
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
