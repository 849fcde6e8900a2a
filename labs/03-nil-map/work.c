/*
 * work.c - a server starts. Two threads accept new sessions, and one brings
 * back those of yesterday, in the belief that somebody has opened the table.
 */
#include <stdio.h>

#include "map.h"
#include "size.h"
#include "team.h"

enum { ACCEPTORS = 2, SESSIONS_EACH = SIZE(200, 2), SESSIONS = (ACCEPTORS + 1) * SESSIONS_EACH };

static struct session sessions[SESSIONS];

static void name_some(int from) {
    for (int i = from; i < from + SESSIONS_EACH; i++) {
        sessions[i].id = (uint64_t)i;
        snprintf(sessions[i].user, sizeof sessions[i].user, "user-%d", i);
    }
}

static void put_some(int from) {
    for (int i = from; i < from + SESSIONS_EACH; i++)
        map_put(&sessions[i]);
}

static void accept_new(int me) {
    map_open();
    name_some(me * SESSIONS_EACH);
    put_some(me * SESSIONS_EACH);
}

static void bring_back(int me) {
    (void)me;
    int first = ACCEPTORS * SESSIONS_EACH;
    name_some(first);
    if (!map_get((uint64_t)first)) /* even a nil map can say that it is not there */
        put_some(first);
}

static void count_sessions(void) {
    long found = 0;
    for (int i = 0; i < SESSIONS; i++)
        found += map_get((uint64_t)i) == &sessions[i];
    team_expect("sessions that can be found", SESSIONS, found);
}

int main(void) {
    static const struct team_plan plan = {
        .setup = map_close,
        .roles = {{"acceptor", ACCEPTORS, accept_new}, {"restorer", 1, bring_back}},
        .check = count_sessions,
    };
    return team_run(&plan);
}
