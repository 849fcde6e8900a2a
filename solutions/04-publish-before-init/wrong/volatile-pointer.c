/* rejected by: explore. Fills first, then stores a volatile pointer.
 *
 * "volatile is for variables that others change." It makes the compiler really
 * load and store this one variable, in this order with other volatile ones. The
 * table behind it is not volatile, and no order is given to it: neither by the
 * compiler nor by the processor. To C it is a data race as before.
 *
 * asks: Which accesses does volatile order, and is the table among them?
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
static struct table *volatile table; /* NULL until it is loaded */

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
        table = t;
    }
    pthread_mutex_unlock(&loading);
}

static struct table *loaded(void) {
    if (!table)
        load();
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
