/* rejected by: stress. A lock for each host, and one map for all of them.
 *
 * "Only callers for the same host can get in each other's way." For the promise that
 * is true, and with its lock each host gets one connection. But the places where
 * they stand are in one map: two threads that open two hosts change it at once.
 *
 * asks: Two threads have the locks of two hosts. What do both of them change?
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "hmap.h"

enum { LOCKS = 16 };

struct pool {
    pthread_mutex_t locks[LOCKS]; /* host modulo LOCKS */
    struct hmap *by_host;         /* host -> struct connection * */
    atomic_int opened;
};

struct pool *map_new(void) {
    struct pool *p = calloc(1, sizeof *p);
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_init(&p->locks[i], NULL);
    p->by_host = hmap_make(HMAP_NUM, 0);
    return p;
}

void map_free(struct pool *p) {
    struct hmap_iter it;
    hmap_iter_init(&it, p->by_host);
    while (hmap_next(&it))
        free(it.value);
    hmap_free(p->by_host);
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&p->locks[i]);
    free(p);
}

/* Caller holds the lock of this host. */
static struct connection *open_and_store(struct pool *p, uint64_t host) {
    struct connection *c = calloc(1, sizeof *c);
    c->host = host;
    c->number = ++p->opened;
    hmap_assign(p->by_host, HNUM(host), c);
    return c;
}

struct connection *map_connect(struct pool *p, uint64_t host) {
    pthread_mutex_t *lock = &p->locks[host % LOCKS];
    pthread_mutex_lock(lock);
    struct connection *c = hmap_access(p->by_host, HNUM(host));
    if (!c)
        c = open_and_store(p, host);
    pthread_mutex_unlock(lock);
    return c;
}

int map_opened(struct pool *p) {
    return p->opened;
}
