/* rejected by: explore. The pointer is atomic and orders nothing.
 *
 * "Atomic is atomic, and Helgrind is silent now." Relaxed gives a whole pointer,
 * never half of one, and says nothing of what is behind it. Helgrind and DRD are
 * silent because the annotations claim an order that nobody made; they believe
 * what they are told.
 *
 * asks: What does a relaxed load promise about the memory that the pointer leads to?
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
static _Atomic(struct table *) table; /* NULL until it is loaded */

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
        VALGRIND_HG_DISABLE_CHECKING(&table, sizeof table);
        ANNOTATE_HAPPENS_BEFORE(&table);
        atomic_store_explicit(&table, t, memory_order_relaxed);
    }
    pthread_mutex_unlock(&loading);
}

static struct table *loaded(void) {
    if (!atomic_load_explicit(&table, memory_order_relaxed))
        load();
    struct table *t = atomic_load_explicit(&table, memory_order_relaxed);
    ANNOTATE_HAPPENS_AFTER(&table);
    return t;
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
