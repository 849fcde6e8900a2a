/* rejected by: rules. pthread_once, and a table that can be closed.
 *
 * "pthread_once is made for this." It is, for a table that lives as long as the
 * program. After map_close() the once is used up: nothing makes a second table,
 * and the next map_put finds none.
 *
 * asks: What does a once remember after map_close()?
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hmap *sessions; /* number -> struct session *; guarded by lock */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make(void) {
    sessions = hmap_make(HMAP_NUM, 0);
}

void map_open(void) {
    pthread_once(&once, make);
}

void map_put(struct session *s) {
    pthread_once(&once, make);
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
