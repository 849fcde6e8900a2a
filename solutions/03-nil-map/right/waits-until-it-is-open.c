/* accepted. Whoever puts waits on a condition until somebody has opened the table:
 * the order is made, where our repair makes it not matter. It costs a thread that
 * sleeps, and one that nobody ever opens for sleeps for ever.
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opening = PTHREAD_COND_INITIALIZER;
static struct hmap *sessions; /* number -> session; guarded by lock */

void map_open(void) {
    pthread_mutex_lock(&lock);
    if (!sessions) {
        sessions = hmap_make(HMAP_NUM, 0);
        pthread_cond_broadcast(&opening);
    }
    pthread_mutex_unlock(&lock);
}

void map_put(struct session *s) {
    pthread_mutex_lock(&lock);
    while (!sessions)
        pthread_cond_wait(&opening, &lock);
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
