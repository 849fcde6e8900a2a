/*
 * rules.c - what the table of sessions promises, one thread at a time. The racy
 * table and the repaired one both keep all of it. Each test is a process of its
 * own, so each begins before map_open().
 */
#include <criterion/criterion.h>

#include "map.h"

/* A repair that forgets to unlock hangs: that is a failure, not a long wait. */
TestSuite(rules, .timeout = 2);

static struct session ada = {.id = 1, .user = "ada"};
static struct session bob = {.id = 2, .user = "bob"};

Test(rules, before_opening_there_are_no_sessions) {
    cr_assert_null(map_get(1));
    cr_assert_eq(map_len(), 0);
}

Test(rules, an_opened_table_is_empty) {
    map_open();
    cr_assert_null(map_get(1));
    cr_assert_eq(map_len(), 0);
}

Test(rules, reading_before_opening_does_no_harm) {
    map_get(1);
    map_len();
    map_open();
    map_put(&ada);
    cr_assert_eq(map_get(1), &ada);
}

Test(rules, what_was_put_is_found) {
    map_open();
    map_put(&ada);
    map_put(&bob);
    cr_assert_eq(map_get(1), &ada);
    cr_assert_eq(map_get(2), &bob);
    cr_assert_null(map_get(3));
    cr_assert_eq(map_len(), 2);
}

Test(rules, opening_again_keeps_what_is_in) {
    map_open();
    map_put(&ada);
    map_open();
    cr_assert_eq(map_get(1), &ada);
    map_put(&bob);
    map_open();
    cr_assert_eq(map_len(), 2);
}

Test(rules, the_later_session_takes_the_number) {
    struct session other = {.id = 1, .user = "ada, again"};
    map_open();
    map_put(&ada);
    map_put(&other);
    cr_assert_eq(map_get(1), &other);
    cr_assert_eq(map_len(), 1);
}

Test(rules, closing_forgets_all) {
    map_open();
    map_put(&ada);
    map_close();
    cr_assert_null(map_get(1));
    cr_assert_eq(map_len(), 0);
}

Test(rules, after_closing_it_can_be_opened_again) {
    for (int i = 0; i < 3; i++) {
        map_open();
        cr_assert_eq(map_len(), 0);
        map_put(&ada);
        cr_assert_eq(map_get(1), &ada);
        map_close();
    }
}

Test(rules, closing_may_come_first_and_twice) {
    map_close();
    map_open();
    map_put(&ada);
    map_close();
    map_close();
    map_open();
    map_put(&bob);
    cr_assert_eq(map_len(), 1);
}

Test(rules, thousands_fit_and_stay_findable) {
    enum { MANY = 5000 };
    static struct session crowd[MANY];
    map_open();
    for (int i = 0; i < MANY; i++) {
        crowd[i].id = (uint64_t)i * 977;
        map_put(&crowd[i]);
    }
    cr_assert_eq(map_len(), MANY);
    for (int i = 0; i < MANY; i++)
        cr_assert_eq(map_get((uint64_t)i * 977), &crowd[i]);
}
