/*
 * work.c - a web server has just started, and the first requests are in. Each
 * worker answers every page once.
 */
#include <stdio.h>

#include "map.h"
#include "team.h"

enum { WORKERS = 3 };

static long not_found[WORKERS];

static void answer(int me) {
    not_found[me] = 0;
    for (int i = 0; i < ROUTES; i++) {
        char path[24];
        snprintf(path, sizeof path, "/page/%d", i);
        const struct route *r = map_find(path);
        if (!r || r->handler != i)
            not_found[me]++;
    }
}

static void count_404s(void) {
    long sum = 0;
    for (int i = 0; i < WORKERS; i++)
        sum += not_found[i];
    team_expect("pages answered with 404 that the server has", 0, sum);
}

int main(void) {
    static const struct team_plan plan = {
        .setup = map_forget,
        .roles = {{"worker", WORKERS, answer}},
        .check = count_404s,
    };
    return team_run(&plan);
}
