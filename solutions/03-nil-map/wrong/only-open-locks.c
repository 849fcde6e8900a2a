/* rejected by: stress. No data race is left, and it still dies.
 *
 * "The race was in map_open, so I locked map_open." Now one table is made and
 * none is lost. But who promised that somebody opens before somebody puts? A
 * lock lets one thread in at a time. It does not say which one comes first.
 *
 * asks: Which lines make sure that the restorer comes after map_open()?
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hmap *sessions; /* number -> struct session *; guarded by lock */

void map_open(void) {
    pthread_mutex_lock(&lock);
    if (!sessions)
        sessions = hmap_make(HMAP_NUM, 0);
    pthread_mutex_unlock(&lock);
}

void map_put(struct session *s) {
    pthread_mutex_lock(&lock);
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
