/*
 * work.c - two threads send a message to each of the same hosts.
 */
#include "map.h"
#include "size.h"
#include "team.h"

enum { SENDERS = 2, HOSTS = SIZE(500, 2) };

static struct pool *pool;
static struct connection *used[SENDERS][HOSTS];

static void open_pool(void) {
    pool = map_new();
}

static void send_to_all(int me) {
    for (int host = 0; host < HOSTS; host++)
        used[me][host] = map_connect(pool, (uint64_t)host);
}

static void count_connections(void) {
    long apart = 0;
    for (int host = 0; host < HOSTS; host++)
        apart += used[0][host] != used[1][host];
    team_expect("hosts with two connections", 0, apart);
    team_expect("connections opened", HOSTS, map_opened(pool));
    map_free(pool);
}

int main(void) {
    static const struct team_plan plan = {
        .setup = open_pool,
        .roles = {{"sender", SENDERS, send_to_all}},
        .check = count_connections,
    };
    return team_run(&plan);
}
