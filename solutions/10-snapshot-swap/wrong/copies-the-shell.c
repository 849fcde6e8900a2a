/* rejected by: stress. The struct is copied, the map in it is not.
 *
 * "The new snapshot begins with the settings of the old one." With the same ones, for
 * what is copied is a pointer: there are two structs and one map, and who sets the
 * settings of the new snapshot sets those of the old one, under its readers. A copy
 * has to be as deep as what will change.
 *
 * asks: How many maps are there after the copy, and who reads them?
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "hmap.h"

struct snapshot {
    struct hmap *settings; /* number -> generation */
    int users;             /* who still needs it; guarded by lock */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct snapshot *current; /* guarded by lock */
static atomic_int alive;

static struct snapshot *copy(const struct snapshot *from) {
    struct snapshot *s = calloc(1, sizeof *s);
    s->settings = from->settings;
    s->users = 1; /* being current */
    alive++;
    return s;
}

static void drop(struct snapshot *s) {
    free(s);
    alive--;
}

static void set_all(struct snapshot *s, long generation) {
    void *value = (void *)(intptr_t)generation;
    for (int i = 0; i < SETTINGS; i++)
        hmap_assign(s->settings, HNUM(i), value);
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
    set_all(next, generation);
    pthread_mutex_lock(&lock);
    current = next;
    pthread_mutex_unlock(&lock);
    map_end(old);
}

void map_open(void) {
    current = copy(&(struct snapshot){.settings = hmap_make(HMAP_NUM, 0)});
    set_all(current, 0);
}

void map_close(void) {
    hmap_free(current->settings);
    drop(current);
    current = NULL;
}

int map_alive(void) {
    return alive;
}
