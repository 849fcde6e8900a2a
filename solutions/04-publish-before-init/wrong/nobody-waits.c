/* rejected by: stress. Whoever does not load goes on without the table.
 *
 * "One thread loads, why should the others stand and wait?" The pointer is handed
 * over as it should be, so no detector has anything to say. But until then the
 * others have no table, and answer 404 for pages that the server has.
 *
 * asks: What does a worker answer that comes while another one loads?
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <valgrind/helgrind.h>

#include "hmap.h"

struct table {
    struct hmap *by_path; /* path -> struct route * */
    struct route routes[ROUTES];
};

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(struct table *) table; /* NULL until it is loaded and complete */

static void fill(struct table *t) {
    t->by_path = hmap_make(HMAP_STR, ROUTES);
    for (int i = 0; i < ROUTES; i++) {
        struct route *r = &t->routes[i];
        snprintf(r->path, sizeof r->path, "/page/%d", i);
        r->handler = i;
        hmap_assign(t->by_path, HSTR(r->path), r);
    }
}

static void load(void) {
    if (pthread_mutex_trylock(&loading) != 0)
        return;   /* somebody is at it already */
    if (!table) { /* somebody may have been faster */
        struct table *t = calloc(1, sizeof *t);
        fill(t);
        VALGRIND_HG_DISABLE_CHECKING(&table, sizeof table);
        ANNOTATE_HAPPENS_BEFORE(&table);
        atomic_store_explicit(&table, t, memory_order_release);
    }
    pthread_mutex_unlock(&loading);
}

static struct table *loaded(void) {
    if (!atomic_load_explicit(&table, memory_order_acquire))
        load();
    struct table *t = atomic_load_explicit(&table, memory_order_acquire);
    ANNOTATE_HAPPENS_AFTER(&table);
    return t;
}

const struct route *map_find(const char *path) {
    struct table *t = loaded();
    return t ? hmap_access(t->by_path, HSTR(path)) : NULL;
}

const struct route *map_route(int n) {
    return &loaded()->routes[n];
}

void map_forget(void) {
    if (table)
        hmap_free(table->by_path);
    free(table);
    table = NULL;
}
