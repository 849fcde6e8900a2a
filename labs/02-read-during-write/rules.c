/*
 * rules.c - what the stock promises, one thread at a time. The racy stock and
 * the repaired one both keep all of it.
 */
#include <criterion/criterion.h>

#include "map.h"

/* A repair that forgets to unlock hangs: that is a failure, not a long wait. */
TestSuite(rules, .timeout = 2);

static struct article nuts = {.id = 1, .pieces = 3};
static struct article bolts = {.id = 2, .pieces = 4};

Test(rules, a_new_stock_is_empty) {
    struct stock *s = map_new();
    cr_assert_null(map_get(s, 1));
    cr_assert_eq(map_total(s), 0);
    map_free(s);
}

Test(rules, what_was_put_is_found) {
    struct stock *s = map_new();
    map_put(s, &nuts);
    map_put(s, &bolts);
    cr_assert_eq(map_get(s, 1), &nuts);
    cr_assert_eq(map_get(s, 2), &bolts);
    cr_assert_null(map_get(s, 3));
    map_free(s);
}

Test(rules, the_total_is_of_all_articles) {
    struct stock *s = map_new();
    map_put(s, &nuts);
    map_put(s, &bolts);
    cr_assert_eq(map_total(s), 7);
    map_free(s);
}

Test(rules, an_article_put_in_twice_counts_once) {
    struct stock *s = map_new();
    map_put(s, &nuts);
    map_put(s, &nuts);
    cr_assert_eq(map_total(s), 3);
    map_free(s);
}

Test(rules, the_later_article_takes_the_number) {
    struct article better_nuts = {.id = 1, .pieces = 10};
    struct stock *s = map_new();
    map_put(s, &nuts);
    map_put(s, &better_nuts);
    cr_assert_eq(map_get(s, 1), &better_nuts);
    cr_assert_eq(map_total(s), 10);
    map_free(s);
}

/* The stock holds the article, not a copy of it. */
Test(rules, the_total_follows_the_articles) {
    struct article screws = {.id = 3, .pieces = 5};
    struct stock *s = map_new();
    map_put(s, &screws);
    screws.pieces = 2;
    cr_assert_eq(map_total(s), 2);
    map_free(s);
}

/* A call that returns and keeps its lock shows at the next one. */
Test(rules, every_call_may_follow_every_other) {
    struct stock *s = map_new();
    for (int i = 0; i < 3; i++) {
        map_total(s);
        map_put(s, &nuts);
        map_get(s, 1);
        map_put(s, &bolts);
        map_get(s, 99);
        map_put(s, &nuts);
    }
    cr_assert_eq(map_total(s), 7);
    cr_assert_eq(map_total(s), 7);
    map_free(s);
}

Test(rules, thousands_fit_and_are_counted_as_they_come) {
    enum { MANY = 5000 };
    static struct article crowd[MANY];
    struct stock *s = map_new();
    for (int i = 0; i < MANY; i++) {
        crowd[i] = (struct article){.id = (uint64_t)i * 977, .pieces = 2};
        map_put(s, &crowd[i]);
        if (i % 100 == 0)
            cr_assert_eq(map_total(s), (i + 1) * 2);
    }
    for (int i = 0; i < MANY; i++)
        cr_assert_eq(map_get(s, (uint64_t)i * 977), &crowd[i]);
    cr_assert_eq(map_total(s), MANY * 2);
    map_free(s);
}

Test(rules, stocks_are_apart) {
    struct stock *one = map_new(), *two = map_new();
    map_put(one, &nuts);
    cr_assert_null(map_get(two, 1));
    cr_assert_eq(map_total(two), 0);
    map_free(one);
    map_free(two);
}
