/*
 * work.c - one thread fills the shelves, another takes stock meanwhile.
 */
#include "map.h"
#include "size.h"
#include "team.h"

enum { ARTICLES = SIZE(4000, 14), PIECES = 3, INVENTORIES = SIZE(20, 2) };

static struct article articles[ARTICLES];
static struct stock *stock;

static void open_shop(void) {
    stock = map_new();
}

static void fill_shelves(int me) {
    (void)me;
    for (int i = 0; i < ARTICLES; i++) {
        articles[i] = (struct article){.id = (uint64_t)i, .pieces = PIECES};
        map_put(stock, &articles[i]);
    }
}

/* However far the writer is: no inventory finds less than the one before. */
static void take_stock(int me) {
    (void)me;
    long before = 0;
    for (int i = 0; i < INVENTORIES; i++) {
        long total = map_total(stock);
        team_expect("inventories that found less than the last", 0, total < before);
        before = total;
    }
}

static void count_pieces(void) {
    team_expect("pieces in stock", (long)ARTICLES * PIECES, map_total(stock));
    map_free(stock);
}

int main(void) {
    static const struct team_plan plan = {
        .setup = open_shop,
        .roles = {{"writer", 1, fill_shelves}, {"reader", 1, take_stock}},
        .check = count_pieces,
    };
    return team_run(&plan);
}
