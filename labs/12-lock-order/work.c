/*
 * work.c - two trucks carry crates between the same two bays, one each way,
 * and a clerk counts.
 */
#include "map.h"
#include "size.h"
#include "team.h"

enum { TRUCKS = 2, CRATES_EACH = SIZE(100, 2), TRIPS = SIZE(5, 1), COUNTS = SIZE(100, 1) };

static struct depot *depot;

static uint64_t crate(int truck, int i) {
    return (uint64_t)(truck * CRATES_EACH + i);
}

static void fill_depot(void) {
    depot = map_new();
    for (int truck = 0; truck < TRUCKS; truck++)
        for (int i = 0; i < CRATES_EACH; i++)
            map_put(depot, truck, crate(truck, i));
    team_expect("crates at the beginning", TRUCKS * CRATES_EACH, (long)map_count(depot));
}

/* Truck 0 begins in bay 0, truck 1 in bay 1; after each trip they turn. */
static void carry(int me) {
    long left_behind = 0;
    for (int trip = 0; trip < TRIPS; trip++) {
        int from = (me + trip) % 2;
        for (int i = 0; i < CRATES_EACH; i++)
            left_behind += !map_move(depot, crate(me, i), from, 1 - from);
    }
    team_expect("crates that could not be moved", 0, left_behind);
}

static void count_crates(int me) {
    (void)me;
    for (int i = 0; i < COUNTS; i++)
        team_expect("crates in the depot", TRUCKS * CRATES_EACH, (long)map_count(depot));
}

static void close_depot(void) {
    team_expect("crates at the end", TRUCKS * CRATES_EACH, (long)map_count(depot));
    map_free(depot);
}

int main(void) {
    static const struct team_plan plan = {
        .setup = fill_depot,
        .roles = {{"truck", TRUCKS, carry}, {"clerk", 1, count_crates}},
        .check = close_depot,
    };
    return team_run(&plan);
}
