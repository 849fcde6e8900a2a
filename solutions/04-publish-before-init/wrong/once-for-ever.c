/* rejected by: rules. pthread_once loads the table, and never again.
 *
 * "This is what pthread_once is for." It is, for what is loaded once in the life
 * of a program. This table can be forgotten, and then somebody must load it anew;
 * a pthread_once_t remembers that it is done, and the pointer stays NULL.
 *
 * asks: Who makes the second table?
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

static pthread_once_t loading = PTHREAD_ONCE_INIT;
static struct table *table; /* NULL until it is loaded */

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
    table = calloc(1, sizeof *table);
    fill(table);
}

static struct table *loaded(void) {
    pthread_once(&loading, load);
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
