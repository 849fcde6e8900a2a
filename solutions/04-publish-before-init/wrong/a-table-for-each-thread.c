/* rejected by: leaks. Each thread loads a table of its own.
 *
 * "What is not shared needs no lock." True, and three workers load three tables. A
 * thread that ends leaves its table behind, since only its variable knew of it. And
 * map_forget() forgets the table of whoever calls it: the others go on answering
 * from what should be forgotten.
 *
 * asks: map_forget() was called by one thread. What do the others answer from now?
 */
#include "map.h"

#include <stdio.h>
#include <stdlib.h>

#include "hmap.h"

struct table {
    struct hmap *by_path; /* path -> struct route * */
    struct route routes[ROUTES];
};

static _Thread_local struct table *table; /* NULL until this thread has loaded it */

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
    if (!table) {
        table = calloc(1, sizeof *table);
        fill(table);
    }
    return table;
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
