/*
 * work.c - two threads sign up users, each its own, into one table.
 */
#include "map.h"
#include "size.h"
#include "team.h"

enum { WRITERS = 2, USERS_EACH = SIZE(4000, 5) };

static struct user users[WRITERS * USERS_EACH];
static struct user_map *table;

static void open_table(void) {
    table = map_new();
}

static void sign_up(int me) {
    for (int i = 0; i < USERS_EACH; i++) {
        struct user *u = &users[me * USERS_EACH + i];
        u->id = (uint64_t)(u - users);
        u->name = "somebody";
        map_put(table, u);
    }
}

static void count_them(void) {
    long found = 0;
    for (int id = 0; id < WRITERS * USERS_EACH; id++)
        found += map_get(table, (uint64_t)id) == &users[id];
    team_expect("users that can be found", WRITERS * USERS_EACH, found);
    team_expect("users, as counted by the table", WRITERS * USERS_EACH, (long)map_len(table));
    map_free(table);
}

int main(void) {
    static const struct team_plan plan = {
        .setup = open_table,
        .roles = {{"writer", WRITERS, sign_up}},
        .check = count_them,
    };
    return team_run(&plan);
}
