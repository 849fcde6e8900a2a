/* accepted. The store is a release, the load an acquire, and nothing more is needed. But
 * Helgrind and DRD know no C11 atomics, and report what these order. It costs nothing in
 * the program, and whoever uses those tools on it a false alarm.
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "hmap.h"

struct table {
    struct hmap *by_path; /* path -> struct route * */
    struct route routes[ROUTES];
};

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(struct table *) table; /* NULL until it is complete */

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
    pthread_mutex_lock(&loading);
    if (!table) { /* somebody may have been faster */
        struct table *t = calloc(1, sizeof *t);
        fill(t);
        atomic_store_explicit(&table, t, memory_order_release);
    }
    pthread_mutex_unlock(&loading);
}

static struct table *loaded(void) {
    if (!atomic_load_explicit(&table, memory_order_acquire))
        load();
    return atomic_load_explicit(&table, memory_order_acquire);
}

const struct route *map_find(const char *path) {
    return hmap_access(loaded()->by_path, HSTR(path));
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
