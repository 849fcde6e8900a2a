/* accepted. Every look-up takes the lock, to see whether there is a table; what is in
 * the table never changes, and is read without. No atomics, no annotations. It costs
 * a lock per look-up, for which all workers queue: the task asks for less, and it is
 * where to begin.
 */
#include "map.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "hmap.h"

struct table {
    struct hmap *by_path; /* path -> struct route * */
    struct route routes[ROUTES];
};

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static struct table *table; /* NULL until it is loaded; guarded by loading */

static void fill(struct table *t) {
    t->by_path = hmap_make(HMAP_STR, ROUTES);
    for (int i = 0; i < ROUTES; i++) {
        struct route *r = &t->routes[i];
        snprintf(r->path, sizeof r->path, "/page/%d", i);
        r->handler = i;
        hmap_assign(t->by_path, HSTR(r->path), r);
    }
}

static struct table *loaded(void) {
    pthread_mutex_lock(&loading);
    if (!table) {
        table = calloc(1, sizeof *table);
        fill(table);
    }
    struct table *t = table;
    pthread_mutex_unlock(&loading);
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
