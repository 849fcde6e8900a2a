/* rejected by: tsan. The pointer has one lock where it is stored, another where
 * it is read.
 *
 * "Making the table is a thing of its own, so it gets a lock of its own." Two
 * threads that hold different locks do not keep each other out. Whoever makes
 * the table holds `making`, map_get and map_len hold `lock`, and the pointer is
 * stored and read at once.
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;
static struct hmap *sessions; /* number -> struct session *; guarded by lock */

/* The table, made by whoever comes first. */
static struct hmap *opened(void) {
    pthread_mutex_lock(&making);
    if (!sessions)
        sessions = hmap_make(HMAP_NUM, 0);
    struct hmap *m = sessions;
    pthread_mutex_unlock(&making);
    return m;
}

void map_open(void) {
    opened();
}

void map_put(struct session *s) {
    struct hmap *m = opened();
    pthread_mutex_lock(&lock);
    hmap_assign(m, HNUM(s->id), s);
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
}
