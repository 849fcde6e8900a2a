/* rejected by: honesty. Waits a little, so that the two do not meet.
 *
 * "They collide because both start at the same moment. If each steps aside for a
 * moment before it writes, they get out of step." Now and then they do. A wait
 * moves the crash to another day, another machine, another load; it puts nothing
 * before anything else. And where it seems to help, it costs more than a lock.
 *
 * asks: After the wait, what keeps the other thread from being in the table?
 */
#include "map.h"

#include <stdlib.h>
#include <unistd.h>

#include "hmap.h"

struct user_map {
    struct hmap *users; /* number -> struct user * */
};

struct user_map *map_new(void) {
    struct user_map *m = calloc(1, sizeof *m);
    m->users = hmap_make(HMAP_NUM, 0);
    return m;
}

void map_free(struct user_map *m) {
    hmap_free(m->users);
    free(m);
}

void map_put(struct user_map *m, struct user *u) {
    usleep((useconds_t)(u->id % 7)); /* microseconds */
    hmap_assign(m->users, HNUM(u->id), u);
}

struct user *map_get(struct user_map *m, uint64_t id) {
    return hmap_access(m->users, HNUM(id));
}

size_t map_len(struct user_map *m) {
    return hmap_len(m->users);
}
