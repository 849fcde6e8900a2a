/* accepted. The table is made outside of the lock, and under it only the pointer is
 * stored; who finds one there already frees its own. Nobody waits while a table is
 * made, and now and then one is made for nothing.
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hmap *sessions; /* number -> session; guarded by lock */

static bool is_open(void) {
    pthread_mutex_lock(&lock);
    bool open = sessions;
    pthread_mutex_unlock(&lock);
    return open;
}

void map_open(void) {
    if (is_open()) /* true as long as nobody closes, and then nobody is in here */
        return;
    struct hmap *mine = hmap_make(HMAP_NUM, 0);
    pthread_mutex_lock(&lock);
    if (!sessions) {
        sessions = mine;
        mine = NULL;
    }
    pthread_mutex_unlock(&lock);
    hmap_free(mine);
}

void map_put(struct session *s) {
    map_open();
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
