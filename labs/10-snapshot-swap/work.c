/*
 * work.c - one thread reloads the settings, two serve requests by them.
 */
#include "map.h"
#include "size.h"
#include "team.h"

enum { READERS = 2, RELOADS = SIZE(20, 2), REQUESTS = SIZE(60, 2) };

static void reload(int me) {
    (void)me;
    for (long generation = 1; generation <= RELOADS; generation++)
        map_reload(generation);
}

static void serve(int me) {
    (void)me;
    for (int i = 0; i < REQUESTS; i++) {
        const struct snapshot *s = map_begin();
        long first = map_setting(s, 0);
        for (int n = 1; n < SETTINGS; n++)
            team_expect("generation of one setting of a snapshot", first, map_setting(s, n));
        map_end(s);
    }
}

static void all_given_back(void) {
    const struct snapshot *s = map_begin();
    team_expect("generation at the end", RELOADS, map_setting(s, 0));
    map_end(s);
    map_close();
    team_expect("snapshots that were never freed", 0, map_alive());
}

int main(void) {
    static const struct team_plan plan = {
        .setup = map_open,
        .roles = {{"reloader", 1, reload}, {"reader", READERS, serve}},
        .check = all_given_back,
    };
    return team_run(&plan);
}
