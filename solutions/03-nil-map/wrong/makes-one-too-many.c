/* rejected by: leaks. The table is made before the lock is taken, just in case.
 *
 * "Making it may take long, so I make it outside, and under the lock I only store
 * the pointer, if nobody was faster." That is a fine way to do it. But who was
 * slower has a table in hand that nobody needs, and walks away from it.
 *
 * asks: Two threads make a table each, and one is stored. Where does the other one go?
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hmap *sessions; /* number -> struct session *; guarded by lock */

void map_open(void) {
    struct hmap *mine = hmap_make(HMAP_NUM, 0);
    pthread_mutex_lock(&lock);
    if (!sessions)
        sessions = mine;
    pthread_mutex_unlock(&lock);
}

void map_put(struct session *s) {
    pthread_mutex_lock(&lock);
    if (!sessions)
        sessions = hmap_make(HMAP_NUM, 0);
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
