/* accepted. Readers only count; old snapshots wait in a list, and the reloader frees
 * those without users at its next reload. No request ever pays for a free. It costs
 * memory that is kept somewhat longer, until somebody reloads again or closes.
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "hmap.h"

struct snapshot {
    struct hmap *settings; /* number -> generation; fixed once current */
    int users;             /* readers; guarded by lock */
    struct snapshot *next; /* in the list of old ones */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct snapshot *current;  /* guarded by lock */
static struct snapshot *old_ones; /* the reloader's own */
static atomic_int alive;

static struct snapshot *copy(const struct snapshot *from) {
    struct snapshot *s = calloc(1, sizeof *s);
    s->settings = from ? hmap_clone(from->settings) : hmap_make(HMAP_NUM, 0);
    alive++;
    return s;
}

static void drop(struct snapshot *s) {
    hmap_free(s->settings);
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
    s->users--;
    pthread_mutex_unlock(&lock);
}

long map_setting(const struct snapshot *s, int n) {
    return (intptr_t)hmap_access(s->settings, HNUM(n));
}

static bool in_use(const struct snapshot *s) {
    pthread_mutex_lock(&lock);
    bool used = s->users > 0; /* once 0 it stays 0: nobody can find an old one */
    pthread_mutex_unlock(&lock);
    return used;
}

static void free_old_ones(void) {
    for (struct snapshot **at = &old_ones, *s; (s = *at);)
        if (in_use(s)) {
            at = &s->next;
        } else {
            *at = s->next;
            drop(s);
        }
}

void map_reload(long generation) {
    struct snapshot *old = current; /* only this thread ever changes it */
    struct snapshot *next = copy(old);
    set_all(next, generation);
    pthread_mutex_lock(&lock);
    current = next;
    pthread_mutex_unlock(&lock);
    old->next = old_ones;
    old_ones = old;
    free_old_ones();
}

void map_open(void) {
    current = copy(NULL);
    set_all(current, 0);
}

void map_close(void) {
    free_old_ones();
    drop(current);
    current = NULL;
}

int map_alive(void) {
    return alive;
}
