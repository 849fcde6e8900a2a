/* rejected by: stress. The users are counted, but the new snapshot is filled last.
 *
 * "It must be current before anybody can need it." So it is, and some reader
 * takes it, half of its settings old and half of them new. A published snapshot
 * belongs to its readers: what is to be changed is changed before.
 *
 * asks: From when on may a reader have the new snapshot, and what is in it then?
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "hmap.h"

struct snapshot {
    struct hmap *settings; /* number -> generation; never changed once current */
    int users;             /* who still needs it; guarded by lock */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct snapshot *current; /* guarded by lock */
static atomic_int alive;

static struct snapshot *copy(const struct snapshot *from) {
    struct snapshot *s = calloc(1, sizeof *s);
    s->settings = from ? hmap_clone(from->settings) : hmap_make(HMAP_NUM, SETTINGS);
    s->users = 1; /* being current */
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
    s->users++;
    pthread_mutex_unlock(&lock);
    return s;
}

void map_end(const struct snapshot *snapshot) {
    struct snapshot *s = (struct snapshot *)snapshot;
    pthread_mutex_lock(&lock);
    bool last = --s->users == 0;
    pthread_mutex_unlock(&lock);
    if (last)
        drop(s);
}

long map_setting(const struct snapshot *s, int n) {
    return (intptr_t)hmap_access(s->settings, HNUM(n));
}

void map_reload(long generation) {
    struct snapshot *old = current; /* only this thread ever changes it */
    struct snapshot *next = copy(old);
    pthread_mutex_lock(&lock);
    current = next;
    pthread_mutex_unlock(&lock);
    set_all(next, generation);
    map_end(old);
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
