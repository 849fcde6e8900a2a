/* rejected by: honesty. The table is made before anybody can come first.
 *
 * "Make it before you share it is the best repair, so a constructor makes it before
 * main." As a thought it is right. But map.h promises more than one table's life:
 * after map_close() somebody has to make the next one, and what runs before main
 * runs once. And a map.c that acts before the program begins is out of the game:
 * nobody who judges it could tell what else it has done by then.
 *
 * asks: Who makes the table after map_close(), and before whom?
 */
#include "map.h"

#include <pthread.h>

#include "hmap.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hmap *sessions; /* number -> struct session *; guarded by lock */

__attribute__((constructor)) static void make(void) {
    sessions = hmap_make(HMAP_NUM, 0);
}

void map_open(void) {
    /* it is open already */
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

/* Back to an empty one, so that there always is a table. */
void map_close(void) {
    hmap_free(sessions);
    make();
}
