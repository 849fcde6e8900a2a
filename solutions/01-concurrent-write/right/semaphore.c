/* accepted. A semaphore with one token: whoever has the token is in the table. It
 * costs what a mutex costs. But it has no owner: anybody may give back a token that
 * somebody else took, and no tool can tell that from a mistake.
 */
#include "map.h"

#include <semaphore.h>
#include <stdlib.h>

#include "hmap.h"

struct user_map {
    sem_t token;
    struct hmap *users; /* number -> struct user *; only for who has the token */
};

static void enter(struct user_map *m) {
    while (sem_wait(&m->token) != 0)
        ; /* a signal came in between */
}

static void leave(struct user_map *m) {
    sem_post(&m->token);
}

struct user_map *map_new(void) {
    struct user_map *m = calloc(1, sizeof *m);
    sem_init(&m->token, 0, 1);
    m->users = hmap_make(HMAP_NUM, 0);
    return m;
}

void map_free(struct user_map *m) {
    hmap_free(m->users);
    sem_destroy(&m->token);
    free(m);
}

void map_put(struct user_map *m, struct user *u) {
    enter(m);
    hmap_assign(m->users, HNUM(u->id), u);
    leave(m);
}

struct user *map_get(struct user_map *m, uint64_t id) {
    enter(m);
    struct user *u = hmap_access(m->users, HNUM(id));
    leave(m);
    return u;
}

size_t map_len(struct user_map *m) {
    enter(m);
    size_t n = hmap_len(m->users);
    leave(m);
    return n;
}
