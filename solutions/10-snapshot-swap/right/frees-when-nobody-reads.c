/* accepted. One count for all readers, whatever they read. Who leaves last frees all
 * old snapshots, for nobody can have one then. Simple, and no snapshot needs a count.
 * But if there is always somebody who reads, nothing is ever freed.
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "hmap.h"

struct snapshot {
    struct hmap *settings; /* number -> generation; fixed once current */
    struct snapshot *next; /* in the list of old ones */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct snapshot *current;  /* guarded by lock, as are these: */
static struct snapshot *old_ones; /* was current, may still be read */
static int readers;               /* between map_begin() and map_end() */
static atomic_int alive;

static struct snapshot *copy(const struct snapshot *from) {
    struct snapshot *s = calloc(1, sizeof *s);
    s->settings = from ? hmap_clone(from->settings) : hmap_make(HMAP_NUM, 0);
    alive++;
    return s;
}

static void drop(struct snapshot *s) {
    for (struct snapshot *next; s; s = next) {
        next = s->next;
        hmap_free(s->settings);
        free(s);
        alive--;
    }
}

static void set_all(struct snapshot *s, long generation) {
    void *value = (void *)(intptr_t)generation;
    for (int i = 0; i < SETTINGS; i++)
        hmap_assign(s->settings, HNUM(i), value);
}

/* The old ones, if nobody can be reading them; they are the caller's to free, when
 * it has let go of the lock. Caller holds lock. */
static struct snapshot *unused(void) {
    if (readers)
        return NULL;
    struct snapshot *list = old_ones;
    old_ones = NULL;
    return list;
}

const struct snapshot *map_begin(void) {
    pthread_mutex_lock(&lock);
    readers++;
    struct snapshot *s = current;
    pthread_mutex_unlock(&lock);
    return s;
}

void map_end(const struct snapshot *s) {
    (void)s;
    pthread_mutex_lock(&lock);
    readers--;
    struct snapshot *list = unused();
    pthread_mutex_unlock(&lock);
    drop(list);
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
    old->next = old_ones;
    old_ones = old;
    struct snapshot *list = unused();
    pthread_mutex_unlock(&lock);
    drop(list);
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
