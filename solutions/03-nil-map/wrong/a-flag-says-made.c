/* rejected by: explore. A flag instead of a lock.
 *
 * "The first one sets `made`, so it happens once." It says so before it is
 * true: whoever comes next believes the flag and finds no table yet. The other
 * order, make and then say so, lets two threads make one each. On two
 * processors it dies of that. On one, nobody happens to come in between.
 *
 * asks: When made is true, what can another thread rely on?
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hmap *sessions; /* number -> struct session *; guarded by lock */
static bool made;

/* The table, made by whoever comes first. */
static struct hmap *opened(void) {
    if (!made) {
        made = true;
        sessions = hmap_make(HMAP_NUM, 0);
    }
    return sessions;
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
    made = false;
}
