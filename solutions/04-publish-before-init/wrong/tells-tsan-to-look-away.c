/* rejected by: honesty. Fills first, and tells ThreadSanitizer not to look.
 *
 * "It runs well, so what it reports is a false alarm, and this is how one turns that
 * off." The report was true: a plain pointer orders nothing. What is turned off is
 * the smoke detector. There are false alarms, and the way out is to show first, by
 * the rules of the language, that it is one.
 *
 * asks: Which rule of C makes the report a false one?
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

__attribute__((no_sanitize("thread"))) static void load(void) {
    pthread_mutex_lock(&loading);
    if (!table) { /* somebody may have been faster */
        struct table *t = calloc(1, sizeof *t);
        fill(t);
        table = t;
    }
    pthread_mutex_unlock(&loading);
}

__attribute__((no_sanitize("thread"))) static struct table *loaded(void) {
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
