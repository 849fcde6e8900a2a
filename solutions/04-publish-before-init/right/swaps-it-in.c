/* accepted. No lock at all: whoever finds no table makes one, and a compare-and-swap
 * lets the first of them in; the others free their own and take the first one's.
 * Nobody ever waits for anybody. It costs as many tables as there are early workers.
 */
#include "map.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <valgrind/helgrind.h>

#include "hmap.h"

struct table {
    struct hmap *by_path; /* path -> struct route * */
    struct route routes[ROUTES];
};

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

static void drop(struct table *t) {
    if (t)
        hmap_free(t->by_path);
    free(t);
}

/* A table, mine or a faster one's. */
static void load(void) {
    struct table *t = calloc(1, sizeof *t), *none = NULL;
    fill(t);
    VALGRIND_HG_DISABLE_CHECKING(&table, sizeof table);
    ANNOTATE_HAPPENS_BEFORE(&table);
    if (!atomic_compare_exchange_strong_explicit(&table, &none, t, memory_order_release,
                                                 memory_order_relaxed))
        drop(t);
}

static struct table *loaded(void) {
    if (!atomic_load_explicit(&table, memory_order_acquire))
        load();
    struct table *t = atomic_load_explicit(&table, memory_order_acquire);
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
    drop(table);
    table = NULL;
}
