/* rejected by: explore. The count is atomic, but it is raised after the look at the pointer.
 *
 * "A pointer is read in one step, an atomic count needs no lock." Each of the
 * two is whole; the pair is not. Between the look and the count, the snapshot
 * has no user yet, and the reloader may free what the reader is about to count
 * itself into. An atomic pointer would quieten TSan and leave the gap.
 *
 * asks: Who is counted as a user between the look at the pointer and the count?
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "hmap.h"

struct snapshot {
    struct hmap *settings; /* number -> generation; never changed once current */
    atomic_int users;      /* who still needs it */
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
    struct snapshot *s = current;
    s->users++;
    return s;
}

void map_end(const struct snapshot *snapshot) {
    struct snapshot *s = (struct snapshot *)snapshot;
    if (--s->users == 0)
        drop(s);
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
