/* rejected by: stress. The lock guards the pointer, not the map behind it.
 *
 * "opened() locks, so what it returns is safe." Safe is the pointer: everybody
 * gets the same one. Then two threads write the one map at once, as in lab 01.
 *
 * asks: Who holds the lock while hmap_assign() changes the map?
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hmap *sessions; /* number -> struct session *; guarded by lock */

/* The table, made by whoever comes first. */
static struct hmap *opened(void) {
    pthread_mutex_lock(&lock);
    if (!sessions)
        sessions = hmap_make(HMAP_NUM, 0);
    struct hmap *m = sessions;
    pthread_mutex_unlock(&lock);
    return m;
}

void map_open(void) {
    opened();
}

void map_put(struct session *s) {
    hmap_assign(opened(), HNUM(s->id), s);
}

struct session *map_get(uint64_t id) {
    pthread_mutex_lock(&lock);
    struct session *s = hmap_access(sessions, HNUM(id));
    pthread_mutex_unlock(&lock);
    return s;
}

size_t map_len(void) {
    pthread_mutex_lock(&lock);
    size_t n = hmap_len(sessions);
    pthread_mutex_unlock(&lock);
    return n;
}

void map_close(void) {
    hmap_free(sessions);
    sessions = NULL;
}
