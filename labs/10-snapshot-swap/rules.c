/*
 * rules.c - what the settings and their snapshots promise, one thread at a
 * time. The racy ones and the repaired ones both keep all of it.
 *
 * No test here reads a snapshot that it began before a reload, though map.h allows
 * it: the racy side breaks that promise with one thread already.
 */
#include <criterion/criterion.h>

#include "map.h"

TestSuite(rules, .timeout = 3); /* seconds; a repair may wait for itself */

/* Every setting as a reader finds it now must be of this generation. */
static void all_are(long generation) {
    const struct snapshot *s = map_begin();
    for (int n = 0; n < SETTINGS; n++)
        cr_assert_eq(map_setting(s, n), generation, "setting %d", n);
    map_end(s);
}

Test(rules, the_first_settings_are_of_generation_0) {
    map_open();
    all_are(0);
    map_close();
}

Test(rules, a_reload_reaches_every_setting) {
    map_open();
    map_reload(7);
    all_are(7);
    map_close();
}

Test(rules, the_last_reload_counts) {
    map_open();
    for (long generation = 1; generation <= 50; generation++) {
        map_reload(generation);
        all_are(generation);
    }
    map_close();
}

Test(rules, giving_back_takes_nothing_from_others) {
    map_open();
    for (int i = 0; i < 100; i++)
        map_end(map_begin());
    cr_assert_eq(map_alive(), 1);
    all_are(0);
    map_close();
}

Test(rules, two_snapshots_may_be_out_at_once) {
    map_open();
    const struct snapshot *one = map_begin(), *two = map_begin();
    map_end(one);
    for (int n = 0; n < SETTINGS; n++)
        cr_assert_eq(map_setting(two, n), 0, "setting %d", n);
    map_end(two);
    all_are(0);
    map_close();
}

Test(rules, a_reload_waits_for_no_reader) {
    map_open();
    const struct snapshot *s = map_begin();
    map_reload(1);
    map_end(s);
    all_are(1);
    map_close();
    cr_assert_eq(map_alive(), 0);
}

Test(rules, nothing_is_left_after_the_end) {
    map_open();
    cr_assert_eq(map_alive(), 1);
    for (long generation = 1; generation <= 50; generation++) {
        map_reload(generation);
        all_are(generation);
    }
    map_close();
    cr_assert_eq(map_alive(), 0);
}

Test(rules, it_can_be_opened_again) {
    map_open();
    map_reload(9);
    map_close();
    map_open();
    all_are(0);
    map_close();
    cr_assert_eq(map_alive(), 0);
}
