/* rejected by: drd. The same mutex is initialised again for each new table.
 *
 * "A new table, a new lock." What pthread_mutex_init() is given must be no mutex at
 * that time; POSIX leaves it undefined what happens to one that is. Here nobody
 * holds it just then, and glibc only writes zeros over zeros. DRD knows which
 * mutexes there are, and says so. One that was destroyed may be initialised again.
 *
 * asks: What is in `lock` already when pthread_mutex_init() gets it?
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hmap *sessions; /* number -> struct session *; guarded by lock */

/* The table, made by whoever comes first. Caller holds lock. */
static struct hmap *opened(void) {
    if (!sessions)
        sessions = hmap_make(HMAP_NUM, 0);
    return sessions;
}

void map_open(void) {
    pthread_mutex_lock(&lock);
    opened();
    pthread_mutex_unlock(&lock);
}

void map_put(struct session *s) {
    pthread_mutex_lock(&lock);
    hmap_assign(opened(), HNUM(s->id), s);
    pthread_mutex_unlock(&lock);
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
    pthread_mutex_init(&lock, NULL);
}
