/* accepted. A read-write lock for the pointer: look-ups take it for reading, and only
 * who loads takes it for writing, and looks again. Readers do not queue, but all of
 * them write to the lock, which costs about as much as a mutex.
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

static pthread_rwlock_t loading = PTHREAD_RWLOCK_INITIALIZER;
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

static struct table *look(void) {
    pthread_rwlock_rdlock(&loading);
    struct table *t = table;
    pthread_rwlock_unlock(&loading);
    return t;
}

static struct table *load(void) {
    pthread_rwlock_wrlock(&loading);
    if (!table) { /* somebody may have been faster */
        table = calloc(1, sizeof *table);
        fill(table);
    }
    struct table *t = table;
    pthread_rwlock_unlock(&loading);
    return t;
}

static struct table *loaded(void) {
    struct table *t = look();
    return t ? t : load();
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
