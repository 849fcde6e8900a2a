/* rejected by: stress. The snapshot before the last one is freed instead.
 *
 * "By the next reload, every reader of the old one is done." Who says so? A
 * reader can be stopped in the middle, for as long as the kernel likes, and two
 * reloads pass meanwhile. Time is no proof that somebody has finished.
 *
 * asks: How long may a reader be stopped between two of its steps?
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
static struct snapshot *before;  /* the one that was current before it, or NULL */
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
    if (before)
        drop(before);
    before = old;
}

void map_open(void) {
    current = copy(NULL);
    set_all(current, 0);
}

void map_close(void) {
    if (before)
        drop(before);
    drop(current);
    before = current = NULL;
}

int map_alive(void) {
    return alive;
}
