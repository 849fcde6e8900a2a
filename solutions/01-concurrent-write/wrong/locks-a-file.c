/* rejected by: honesty. A lock between processes, which threads walk through.
 *
 * "Our scripts keep each other out with a lock file, so this will do for threads."
 * A POSIX record lock belongs to a process: asked again by the same process, it is
 * granted again, whichever thread asks. What excludes whom is part of a lock's
 * manual page, and not all that is called lock excludes threads.
 *
 * asks: Who owns the lock that lockf() gives: the thread, the open file or the process?
 */
#include "map.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hmap.h"

struct user_map {
    FILE *lock;
    struct hmap *users; /* number -> struct user *; guarded by lock */
};

static void lock(struct user_map *m) {
    if (lockf(fileno(m->lock), F_LOCK, 0) != 0)
        perror("lockf");
}

static void unlock(struct user_map *m) {
    if (lockf(fileno(m->lock), F_ULOCK, 0) != 0)
        perror("lockf");
}

struct user_map *map_new(void) {
    struct user_map *m = calloc(1, sizeof *m);
    m->lock = tmpfile();
    m->users = hmap_make(HMAP_NUM, 0);
    return m;
}

void map_free(struct user_map *m) {
    hmap_free(m->users);
    fclose(m->lock);
    free(m);
}

void map_put(struct user_map *m, struct user *u) {
    lock(m);
    hmap_assign(m->users, HNUM(u->id), u);
    unlock(m);
}

struct user *map_get(struct user_map *m, uint64_t id) {
    lock(m);
    struct user *u = hmap_access(m->users, HNUM(id));
    unlock(m);
    return u;
}

size_t map_len(struct user_map *m) {
    lock(m);
    size_t n = hmap_len(m->users);
    unlock(m);
    return n;
}
