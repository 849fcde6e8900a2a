/* rejected by: explore. Double-checked locking with a plain pointer.
 *
 * "Once the table is there, the lock is wasted time: look first, lock only if
 * it is missing, and look again." The first look reads the pointer while
 * another thread may be storing it, and nothing orders the two. Natively it
 * runs well here; the language promises nothing, neither that the pointer is
 * read once nor that the table behind it is seen as it was made. Lab 04 shows
 * what it takes.
 *
 * asks: What orders the first look at the pointer after the store of it?
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hmap *sessions; /* number -> struct session *; guarded by lock */

/* The table, made by whoever comes first. Caller does not hold lock. */
static struct hmap *opened(void) {
    if (!sessions) {
        pthread_mutex_lock(&lock);
        if (!sessions)
            sessions = hmap_make(HMAP_NUM, 0);
        pthread_mutex_unlock(&lock);
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
}
