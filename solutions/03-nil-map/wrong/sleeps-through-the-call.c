/* rejected by: explore. The restorer waits to be woken, and may miss the call.
 *
 * "Whoever puts waits until somebody has opened; opening wakes the waiters." The
 * look whether it is open and the going to sleep are two steps. Who opens between
 * the two wakes nobody, for nobody sleeps yet, and nobody will open a second time.
 * This is a *lost wakeup*. All accesses are in order, so detectors are silent.
 *
 * asks: What if the table is opened after you have looked and before you wait?
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opening = PTHREAD_COND_INITIALIZER;
static struct hmap *sessions; /* number -> struct session *; guarded by lock */
static atomic_bool open;

void map_open(void) {
    pthread_mutex_lock(&lock);
    if (!sessions)
        sessions = hmap_make(HMAP_NUM, 0);
    open = true;
    pthread_cond_broadcast(&opening);
    pthread_mutex_unlock(&lock);
}

void map_put(struct session *s) {
    if (!open) {
        pthread_mutex_lock(&lock);
        pthread_cond_wait(&opening, &lock);
        pthread_mutex_unlock(&lock);
    }
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
    open = false;
}
