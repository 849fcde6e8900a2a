/* accepted. Sixteen pools, each with a lock of its own: look and store are one step
 * under it, and callers for hosts of different pools do not meet, but for the count
 * of what was opened, which has its own lock, always taken last.
 */
#include "map.h"

#include <pthread.h>
#include <stdlib.h>

#include "hmap.h"

enum { PARTS = 16 };

struct part {
    pthread_mutex_t lock;
    struct hmap *by_host; /* host -> struct connection *; guarded by lock */
};

struct pool {
    struct part parts[PARTS];
    pthread_mutex_t counting; /* taken after a part's lock */
    int opened;               /* guarded by counting */
};

struct pool *map_new(void) {
    struct pool *p = calloc(1, sizeof *p);
    pthread_mutex_init(&p->counting, NULL);
    for (int i = 0; i < PARTS; i++) {
        pthread_mutex_init(&p->parts[i].lock, NULL);
        p->parts[i].by_host = hmap_make(HMAP_NUM, 0);
    }
    return p;
}

static void close_part(struct part *part) {
    struct hmap_iter it;
    hmap_iter_init(&it, part->by_host);
    while (hmap_next(&it))
        free(it.value);
    hmap_free(part->by_host);
    pthread_mutex_destroy(&part->lock);
}

void map_free(struct pool *p) {
    for (int i = 0; i < PARTS; i++)
        close_part(&p->parts[i]);
    pthread_mutex_destroy(&p->counting);
    free(p);
}

static int next_number(struct pool *p) {
    pthread_mutex_lock(&p->counting);
    int number = ++p->opened;
    pthread_mutex_unlock(&p->counting);
    return number;
}

struct connection *map_connect(struct pool *p, uint64_t host) {
    struct part *part = &p->parts[host % PARTS];
    pthread_mutex_lock(&part->lock);
    struct connection *c = hmap_access(part->by_host, HNUM(host));
    if (!c) {
        c = calloc(1, sizeof *c);
        *c = (struct connection){.host = host, .number = next_number(p)};
        hmap_assign(part->by_host, HNUM(host), c);
    }
    pthread_mutex_unlock(&part->lock);
    return c;
}

int map_opened(struct pool *p) {
    pthread_mutex_lock(&p->counting);
    int n = p->opened;
    pthread_mutex_unlock(&p->counting);
    return n;
}
