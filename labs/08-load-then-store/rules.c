/*
 * rules.c - what the pool of connections promises, one thread at a time. The
 * racy pool and the repaired one both keep all of it.
 */
#include <criterion/criterion.h>

#include "map.h"

TestSuite(rules, .timeout = 3); /* seconds; a repair may lock and never unlock */

Test(rules, a_new_pool_has_opened_nothing) {
    struct pool *p = map_new();
    cr_assert_eq(map_opened(p), 0);
    map_free(p);
}

Test(rules, the_first_call_opens_a_connection_to_this_host) {
    struct pool *p = map_new();
    struct connection *c = map_connect(p, 7);
    cr_assert_not_null(c);
    cr_assert_eq(c->host, 7);
    cr_assert_eq(c->number, 1);
    cr_assert_eq(map_opened(p), 1);
    map_free(p);
}

Test(rules, the_next_call_gets_the_same_and_opens_none) {
    struct pool *p = map_new();
    struct connection *c = map_connect(p, 7);
    for (int i = 0; i < 10; i++)
        cr_assert_eq(map_connect(p, 7), c);
    cr_assert_eq(c->number, 1);
    cr_assert_eq(map_opened(p), 1);
    map_free(p);
}

Test(rules, each_host_has_its_own) {
    struct pool *p = map_new();
    struct connection *one = map_connect(p, 1), *two = map_connect(p, 2);
    cr_assert_neq(one, two);
    cr_assert_eq(one->host, 1);
    cr_assert_eq(two->host, 2);
    cr_assert_eq(map_connect(p, 1), one);
    cr_assert_eq(map_connect(p, 2), two);
    map_free(p);
}

Test(rules, connections_are_numbered_in_the_order_of_opening) {
    struct pool *p = map_new();
    static const uint64_t hosts[] = {30, 10, 20};
    for (int i = 0; i < 3; i++)
        cr_assert_eq(map_connect(p, hosts[i])->number, i + 1);
    cr_assert_eq(map_connect(p, 10)->number, 2);
    map_free(p);
}

Test(rules, any_number_is_a_host) {
    struct pool *p = map_new();
    cr_assert_eq(map_connect(p, 0)->host, 0);
    cr_assert_eq(map_connect(p, UINT64_MAX)->host, UINT64_MAX);
    cr_assert_eq(map_connect(p, 0)->number, 1);
    cr_assert_eq(map_opened(p), 2);
    map_free(p);
}

Test(rules, a_connection_stays_while_thousands_are_opened) {
    enum { MANY = 5000 };
    static struct connection *first[MANY];
    struct pool *p = map_new();
    for (int i = 0; i < MANY; i++)
        first[i] = map_connect(p, (uint64_t)i * 977);
    cr_assert_eq(map_opened(p), MANY);
    for (int i = 0; i < MANY; i++) {
        cr_assert_eq(map_connect(p, (uint64_t)i * 977), first[i]);
        cr_assert_eq(first[i]->number, i + 1);
    }
    cr_assert_eq(map_opened(p), MANY);
    map_free(p);
}

Test(rules, pools_are_apart) {
    struct pool *one = map_new(), *two = map_new();
    struct connection *c = map_connect(one, 7);
    cr_assert_neq(map_connect(two, 7), c);
    cr_assert_eq(map_opened(one), 1);
    cr_assert_eq(map_opened(two), 1);
    map_free(one);
    cr_assert_eq(map_connect(two, 7)->host, 7);
    map_free(two);
}
