/* rejected by: explore. The pointer has its lock, and the users have theirs.
 *
 * "Each lock guards one thing, so nobody waits for what he does not need." Each of
 * the two accesses is guarded; the step from one to the other is not. Between the
 * locks the reader has a pointer and is no user yet, and the reloader may give the
 * snapshot up and free it. That is a moment of a few instructions: no run of ours
 * ever met it, and a schedule finds it at once.
 *
 * asks: Which lock does the reader hold between the pointer and the count?
 */
#include "map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "hmap.h"

struct snapshot {
    struct hmap *settings; /* number -> generation; fixed once current */
    int users;             /* who still needs it; guarded by counting */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
static struct snapshot *current; /* guarded by lock */
static atomic_int alive;

static struct snapshot *copy(const struct snapshot *from) {
    struct snapshot *s = calloc(1, sizeof *s);
    s->settings = from ? hmap_clone(from->settings) : hmap_make(HMAP_NUM, 0);
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
    void *value = (void *)(intptr_t)generation;
    for (int i = 0; i < SETTINGS; i++)
        hmap_assign(s->settings, HNUM(i), value);
}

static struct snapshot *now(void) {
    pthread_mutex_lock(&lock);
    struct snapshot *s = current;
    pthread_mutex_unlock(&lock);
    return s;
}

const struct snapshot *map_begin(void) {
    struct snapshot *s = now();
    pthread_mutex_lock(&counting);
    s->users++;
    pthread_mutex_unlock(&counting);
    return s;
}

void map_end(const struct snapshot *snapshot) {
    struct snapshot *s = (struct snapshot *)snapshot;
    pthread_mutex_lock(&counting);
    bool last = --s->users == 0;
    pthread_mutex_unlock(&counting);
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
