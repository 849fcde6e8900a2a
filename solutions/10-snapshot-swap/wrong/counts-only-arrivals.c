/* rejected by: explore. Who comes is counted under the lock, who goes is not.
 *
 * "Only the pointer needs the lock, and leaving does not touch the pointer." It
 * touches the count, which others change at the same time: two who leave at
 * once may count as one, and the snapshot stays for ever. A lock guards a
 * variable only if all who use the variable take it.
 *
 * asks: Which accesses to the count have the lock, and which have not?
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
