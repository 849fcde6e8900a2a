/* rejected by: helgrind. A once, and map_forget() makes it as good as new.
 *
 * "pthread_once is right but for map_forget(), and that I can help: an assignment, and
 * it is as it was at the beginning." glibc lets you; POSIX says that a once which was
 * not *initialised* by PTHREAD_ONCE_INIT may do anything, and has no call to begin
 * anew. Helgrind does not know that. It does not know what a once is either, and takes
 * the table for unguarded. Of a once that is used as it should be, the judge knows that
 * for a false alarm; of this one nobody knows anything.
 *
 * asks: Where does POSIX say what a once is after you have assigned to it?
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
    loading = PTHREAD_ONCE_INIT;
}
