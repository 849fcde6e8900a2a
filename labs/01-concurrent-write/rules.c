/*
 * rules.c - what the table of users promises, one thread at a time. The racy
 * table and the repaired one both keep all of it.
 */
#include <criterion/criterion.h>

#include "map.h"

/* A lock that is never given back should fail a test, not stop them all. */
TestSuite(rules, .timeout = 3);

static struct user ada = {.id = 1, .name = "ada"};
static struct user bob = {.id = 2, .name = "bob"};

Test(rules, a_new_table_is_empty) {
    struct user_map *m = map_new();
    cr_assert_eq(map_len(m), 0);
    cr_assert_null(map_get(m, 1));
    map_free(m);
}

Test(rules, what_was_put_is_found) {
    struct user_map *m = map_new();
    map_put(m, &ada);
    map_put(m, &bob);
    cr_assert_eq(map_get(m, 1), &ada);
    cr_assert_eq(map_get(m, 2), &bob);
    cr_assert_null(map_get(m, 3));
    cr_assert_eq(map_len(m), 2);
    map_free(m);
}

Test(rules, the_later_user_takes_the_number) {
    struct user other_ada = {.id = 1, .name = "ada the second"};
    struct user_map *m = map_new();
    map_put(m, &ada);
    map_put(m, &other_ada);
    cr_assert_eq(map_get(m, 1), &other_ada);
    cr_assert_eq(map_len(m), 1);
    map_free(m);
}

Test(rules, a_user_may_be_put_in_twice) {
    struct user_map *m = map_new();
    map_put(m, &ada);
    map_put(m, &ada);
    cr_assert_eq(map_len(m), 1);
    map_free(m);
}

Test(rules, thousands_fit_and_stay_findable) {
    enum { MANY = 5000 };
    static struct user crowd[MANY];
    struct user_map *m = map_new();
    for (int i = 0; i < MANY; i++) {
        crowd[i].id = (uint64_t)i * 977;
        map_put(m, &crowd[i]);
    }
    cr_assert_eq(map_len(m), MANY);
    for (int i = 0; i < MANY; i++)
        cr_assert_eq(map_get(m, (uint64_t)i * 977), &crowd[i]);
    map_free(m);
}

Test(rules, tables_are_apart) {
    struct user_map *one = map_new(), *two = map_new();
    map_put(one, &ada);
    cr_assert_null(map_get(two, 1));
    map_free(one);
    map_free(two);
}
