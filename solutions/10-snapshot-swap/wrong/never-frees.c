/* rejected by: rules. What nobody frees cannot be freed too early.
 *
 * "Memory is cheap, and the readers are safe." They are. But a service that
 * reloads for months dies all the same, of memory, and far from this line. In
 * Go the collector frees a snapshot after its last reader; C has no collector.
 *
 * asks: After a thousand reloads, how many snapshots are there, and how many can be reached?
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "hmap.h"

struct snapshot {
    struct hmap *settings; /* number -> generation */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct snapshot *current; /* guarded by lock */
static atomic_int alive;

static struct snapshot *copy(const struct snapshot *from) {
    struct snapshot *s = calloc(1, sizeof *s);
    s->settings = from ? hmap_clone(from->settings) : hmap_make(HMAP_NUM, SETTINGS);
    alive++;
    return s;
}

static void drop(struct snapshot *s) {
    hmap_free(s->settings);
    free(s);
    alive--;
}

static void set_all(struct snapshot *s, long generation) {
    for (int i = 0; i < SETTINGS; i++)
        hmap_assign(s->settings, HNUM(i), (void *)(intptr_t)generation);
}

const struct snapshot *map_begin(void) {
    pthread_mutex_lock(&lock);
    struct snapshot *s = current;
    pthread_mutex_unlock(&lock);
    return s;
}

void map_end(const struct snapshot *s) {
    (void)s;
}

long map_setting(const struct snapshot *s, int n) {
    return (intptr_t)hmap_access(s->settings, HNUM(n));
}

void map_reload(long generation) {
    struct snapshot *old = current; /* only this thread ever changes it */
    struct snapshot *next = copy(old);
    set_all(next, generation);
    pthread_mutex_lock(&lock);
    current = next;
    pthread_mutex_unlock(&lock);
}

void map_open(void) {
    current = copy(NULL);
    set_all(current, 0);
}

void map_close(void) {
    drop(current);
    current = NULL;
}

int map_alive(void) {
    return alive;
}
