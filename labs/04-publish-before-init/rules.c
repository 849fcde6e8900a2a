/*
 * rules.c - what the table of routes promises, one thread at a time. The racy
 * table and the repaired one both keep all of it.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "map.h"

TestSuite(rules, .timeout = 3); /* seconds; a repair may lock and never unlock */

static const struct route *find_page(int n) {
    char path[24];
    snprintf(path, sizeof path, "/page/%d", n);
    return map_find(path);
}

Test(rules, the_first_question_loads_the_table) {
    const struct route *r = map_find("/page/17");
    cr_assert_not_null(r);
    cr_assert_str_eq(r->path, "/page/17");
    cr_assert_eq(r->handler, 17);
    map_forget();
}

Test(rules, every_page_has_its_handler) {
    for (int i = 0; i < ROUTES; i++) {
        const struct route *r = find_page(i);
        cr_assert_not_null(r, "no /page/%d", i);
        cr_assert_eq(r->handler, i);
    }
    map_forget();
}

Test(rules, what_the_server_has_not_is_a_404) {
    cr_assert_null(find_page(ROUTES));
    cr_assert_null(find_page(-1));
    cr_assert_null(map_find(""));
    cr_assert_null(map_find("/page/"));
    cr_assert_null(map_find("/page/017"));
    map_forget();
}

Test(rules, a_404_may_be_the_first_question) {
    cr_assert_null(map_find("/nothing"));
    cr_assert_not_null(find_page(0));
    cr_assert_not_null(find_page(ROUTES - 1));
    map_forget();
}

Test(rules, a_route_can_be_had_by_its_number) {
    for (int i = 0; i < ROUTES; i++) {
        cr_assert_eq(map_route(i)->handler, i);
        cr_assert_eq(map_route(i), find_page(i));
    }
    map_forget();
}

Test(rules, asking_again_gives_the_same_route) {
    const struct route *r = find_page(5);
    for (int i = 0; i < ROUTES; i++)
        find_page(i);
    cr_assert_eq(find_page(5), r);
    map_forget();
}

Test(rules, a_path_need_not_outlive_the_question) {
    char path[24] = "/page/3";
    const struct route *r = map_find(path);
    strcpy(path, "/page/4");
    cr_assert_str_eq(r->path, "/page/3");
    cr_assert_eq(find_page(3), r);
    map_forget();
}

Test(rules, a_forgotten_table_is_loaded_anew) {
    for (int round = 0; round < 50; round++) {
        const struct route *last = find_page(ROUTES - 1);
        cr_assert_not_null(last);
        cr_assert_eq(last->handler, ROUTES - 1);
        cr_assert_eq(map_route(round)->handler, round);
        map_forget();
    }
}

Test(rules, nothing_may_be_forgotten_and_more_than_once) {
    map_forget();
    cr_assert_eq(find_page(1)->handler, 1);
    map_forget();
    map_forget();
    cr_assert_eq(find_page(2)->handler, 2);
    map_forget();
}
