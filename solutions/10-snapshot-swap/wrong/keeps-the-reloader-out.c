/* rejected by: rules. A reader holds the read lock from map_begin() to map_end().
 *
 * "What is locked cannot change, and nobody has to count or to copy." So the settings
 * are changed in place, when no reader is left. But a reader may keep its snapshot for
 * as long as it likes, and a reload must not wait for that; one thread that reloads
 * while it has a snapshot waits for itself.
 *
 * asks: Who waits for whom when a reader reloads before it has given its snapshot back?
 */
#include "map.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "hmap.h"

struct snapshot {
    struct hmap *settings; /* number -> generation */
};

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct snapshot *current; /* guarded by lock, and what is in it, too */

static void set_all(struct snapshot *s, long generation) {
    void *value = (void *)(intptr_t)generation;
    for (int i = 0; i < SETTINGS; i++)
        hmap_assign(s->settings, HNUM(i), value);
}

const struct snapshot *map_begin(void) {
    pthread_rwlock_rdlock(&lock);
    return current;
}

void map_end(const struct snapshot *s) {
    (void)s;
    pthread_rwlock_unlock(&lock);
}

long map_setting(const struct snapshot *s, int n) {
    return (intptr_t)hmap_access(s->settings, HNUM(n));
}

void map_reload(long generation) {
    pthread_rwlock_wrlock(&lock);
    set_all(current, generation);
    pthread_rwlock_unlock(&lock);
}

void map_open(void) {
    current = calloc(1, sizeof *current);
    current->settings = hmap_make(HMAP_NUM, 0);
    set_all(current, 0);
}

void map_close(void) {
    hmap_free(current->settings);
    free(current);
    current = NULL;
}

int map_alive(void) {
    return current ? 1 : 0;
}
