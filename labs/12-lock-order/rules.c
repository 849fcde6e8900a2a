/*
 * rules.c - what the depot promises, one thread at a time. The racy depot and
 * the repaired one both keep all of it.
 */
#include <criterion/criterion.h>

#include "map.h"

TestSuite(rules, .timeout = 3); /* seconds; a repair may wait for itself */

Test(rules, a_new_depot_is_empty) {
    struct depot *d = map_new();
    cr_assert_eq(map_count(d), 0);
    map_free(d);
}

Test(rules, every_bay_counts) {
    struct depot *d = map_new();
    for (int bay = 0; bay < BAYS; bay++)
        map_put(d, bay, (uint64_t)bay);
    cr_assert_eq(map_count(d), BAYS);
    map_free(d);
}

Test(rules, a_moved_crate_is_in_the_other_bay_only) {
    struct depot *d = map_new();
    map_put(d, 0, 7);
    cr_assert(map_move(d, 7, 0, 1));
    cr_assert_not(map_move(d, 7, 0, 2), "it is still in the bay it left");
    cr_assert(map_move(d, 7, 1, 2), "it is not in the bay it went to");
    cr_assert_eq(map_count(d), 1);
    map_free(d);
}

Test(rules, a_crate_goes_between_any_two_bays) {
    struct depot *d = map_new();
    map_put(d, 0, 7);
    int at = 0;
    for (int step = 1; step < BAYS; step++)
        for (int i = 0; i < BAYS; i++) {
            int to = (at + step) % BAYS;
            cr_assert(map_move(d, 7, at, to), "from bay %d to bay %d", at, to);
            cr_assert_eq(map_count(d), 1);
            at = to;
        }
    map_free(d);
}

/* The same lock twice: a thread that waits here waits for itself. */
Test(rules, a_crate_may_be_moved_to_where_it_is) {
    struct depot *d = map_new();
    for (int bay = 0; bay < BAYS; bay++) {
        map_put(d, bay, (uint64_t)bay);
        cr_assert(map_move(d, (uint64_t)bay, bay, bay));
        cr_assert(map_move(d, (uint64_t)bay, bay, bay), "it is gone");
    }
    cr_assert_eq(map_count(d), BAYS);
    map_free(d);
}

Test(rules, a_crate_that_is_not_there_cannot_be_moved) {
    struct depot *d = map_new();
    map_put(d, 1, 7);
    cr_assert_not(map_move(d, 7, 0, 1));
    cr_assert_not(map_move(d, 7, 2, 3));
    cr_assert_not(map_move(d, 8, 1, 0));
    cr_assert_not(map_move(d, 8, 1, 1));
    cr_assert_eq(map_count(d), 1);
    cr_assert(map_move(d, 7, 1, 0), "the crate that was there is gone");
    map_free(d);
}

Test(rules, thousands_move_and_none_is_lost) {
    enum { MANY = 2000 };
    struct depot *d = map_new();
    for (int i = 0; i < MANY; i++)
        map_put(d, i % BAYS, (uint64_t)i);
    for (int i = 0; i < MANY; i++)
        cr_assert(map_move(d, (uint64_t)i, i % BAYS, (i + 1) % BAYS));
    cr_assert_eq(map_count(d), MANY);
    for (int i = 0; i < MANY; i++)
        cr_assert(map_move(d, (uint64_t)i, (i + 1) % BAYS, 0));
    cr_assert_eq(map_count(d), MANY);
    map_free(d);
}

Test(rules, depots_are_apart) {
    struct depot *one = map_new(), *two = map_new();
    map_put(one, 0, 7);
    cr_assert_not(map_move(two, 7, 0, 1));
    cr_assert_eq(map_count(two), 0);
    map_free(one);
    map_free(two);
}
