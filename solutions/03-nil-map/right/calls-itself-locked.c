/* accepted. A recursive mutex: map_put() calls map_open() under the lock that both
 * take, and a thread that has it gets it again. It spares a helper, and costs the
 * clear answer to "who holds the lock here?"; each lock is a little dearer.
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static struct hmap *sessions; /* number -> session; guarded by lock */

void map_open(void) {
    pthread_mutex_lock(&lock);
    if (!sessions)
        sessions = hmap_make(HMAP_NUM, 0);
    pthread_mutex_unlock(&lock);
}

void map_put(struct session *s) {
    pthread_mutex_lock(&lock);
    map_open();
    hmap_assign(sessions, HNUM(s->id), s);
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
