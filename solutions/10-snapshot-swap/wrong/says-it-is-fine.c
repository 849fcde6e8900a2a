/* rejected by: explore. The pointer is atomic, and Helgrind is told that all is in order.
 *
 * "Lab 04 has these three lines, and they made Helgrind silent." There they said what
 * a release and an acquire had made true, and another judge had passed it. Here the
 * reader looks first and counts itself in later, so that a snapshot can be freed in
 * between. The order that is claimed is one that nobody made.
 *
 * asks: Which line of this file makes true what the annotations say?
 */
#include "map.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <valgrind/helgrind.h>

#include "hmap.h"

struct snapshot {
    struct hmap *settings; /* number -> generation; fixed once current */
    atomic_int users;      /* who still needs it */
};

static _Atomic(struct snapshot *) current;
static atomic_int alive;

static struct snapshot *copy(const struct snapshot *from) {
    struct snapshot *s = calloc(1, sizeof *s);
    s->settings = from ? hmap_clone(from->settings) : hmap_make(HMAP_NUM, 0);
    s->users = 1; /* being current */
    alive++;
    return s;
}

static void drop(struct snapshot *s) {
    ANNOTATE_HAPPENS_AFTER(s);
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
    VALGRIND_HG_DISABLE_CHECKING(&current, sizeof current);
    struct snapshot *s = current;
    ANNOTATE_HAPPENS_AFTER(&current);
    s->users++;
    return s;
}

void map_end(const struct snapshot *snapshot) {
    struct snapshot *s = (struct snapshot *)snapshot;
    ANNOTATE_HAPPENS_BEFORE(s);
    if (--s->users == 0)
        drop(s);
}

long map_setting(const struct snapshot *s, int n) {
    return (intptr_t)hmap_access(s->settings, HNUM(n));
}

void map_reload(long generation) {
    struct snapshot *old = current;
    struct snapshot *next = copy(old);
    set_all(next, generation);
    ANNOTATE_HAPPENS_BEFORE(&current);
    current = next;
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
