/* rejected by: tsan. A right repair, and a hint beside it that nobody guards.
 *
 * "Most requests ask for what was asked for just before, so I remember it. In a big
 * table that saves the hashing, and if two threads write the hint at once, either
 * will do." It is a data race like any other. The explorer's program is the same with
 * three pages, where the hint is never used: schedules show what a program does, and
 * nothing of what it would do if it were bigger.
 *
 * asks: Who else writes the hint while you read it, and what orders the two?
 */
#include "map.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hmap.h"

enum { HINTS = ROUTES >= 100 }; /* a small table is not worth any */

struct table {
    struct hmap *by_path; /* path -> struct route * */
    struct route routes[ROUTES];
};

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static struct table *table;      /* NULL until it is loaded; guarded by loading */
static const struct route *last; /* what was found last, or NULL */

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

static const struct route *remembered(const char *path) {
    const struct route *r = last;
    return r && strcmp(r->path, path) == 0 ? r : NULL;
}

const struct route *map_find(const char *path) {
    const struct route *r = HINTS ? remembered(path) : NULL;
    if (r)
        return r;
    r = hmap_access(loaded()->by_path, HSTR(path));
    if (r && HINTS)
        last = r;
    return r;
}

const struct route *map_route(int n) {
    return &loaded()->routes[n];
}

void map_forget(void) {
    if (table)
        hmap_free(table->by_path);
    free(table);
    table = NULL;
    last = NULL;
}
