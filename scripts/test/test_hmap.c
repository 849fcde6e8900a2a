/*
 * test_hmap.c - the contract of labs/common/hmap.h, in one thread: against a
 * reference too simple to be wrong, over thousands of random operations.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hmap.h"
#include "support.h"

/* --- against a reference: an array indexed by key -------------------------- */

enum { KEYS = 600, OPERATIONS = 30000 };

static char names[KEYS][16];

static hkey key_of(enum hmap_kind kind, int k) {
    return kind == HMAP_STR ? HSTR(names[k]) : HNUM(k * 7919);
}

static void *value_of(int v) {
    return (void *)(intptr_t)(v + 1);
}

/* xorshift64 (Marsaglia 2003): the same numbers on every machine. */
static unsigned next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (unsigned)(*state >> 33);
}

static void same_as(const struct hmap *m, enum hmap_kind kind, void *const reference[KEYS]) {
    size_t count = 0, walked = 0;
    for (int k = 0; k < KEYS; k++) {
        void *value = NULL;
        cr_assert_eq(hmap_access(m, key_of(kind, k)), reference[k]);
        cr_assert_eq(hmap_access2(m, key_of(kind, k), &value), reference[k] != NULL);
        cr_assert_eq(value, reference[k]);
        count += reference[k] != NULL;
    }
    cr_assert_eq(hmap_len(m), count);
    cr_assert_null(hmap_broken(m), "%s", hmap_broken(m));
    struct hmap_iter it;
    hmap_iter_init(&it, m);
    while (hmap_next(&it)) {
        int k = kind == HMAP_STR ? atoi(it.key.str + 3) : (int)(it.key.num / 7919);
        cr_assert_eq(it.value, reference[k]);
        walked++;
    }
    cr_assert_eq(walked, count);
}

static void random_operations(enum hmap_kind kind, uint64_t seed) {
    void *reference[KEYS] = {0};
    for (int k = 0; k < KEYS; k++)
        snprintf(names[k], sizeof names[k], "key%d", k);
    struct hmap *m = hmap_make(kind, 0);
    for (int i = 0; i < OPERATIONS; i++) {
        int k = (int)(next_random(&seed) % KEYS);
        /* grow for a while, shrink for a while */
        bool assign = next_random(&seed) % 100 < (i / 5000 % 2 ? 25 : 75);
        if (assign) {
            reference[k] = value_of(i);
            hmap_assign(m, key_of(kind, k), value_of(i));
        } else {
            reference[k] = NULL;
            hmap_delete(m, key_of(kind, k));
        }
        if (i % 500 == 0 || i < 100)
            same_as(m, kind, reference);
    }
    same_as(m, kind, reference);
    struct hmap *copy = hmap_clone(m);
    hmap_free(m);
    same_as(copy, kind, reference);
    hmap_free(copy);
}

Test(hmap, numbers_against_a_reference) {
    for (uint64_t seed = 1; seed <= 5; seed++)
        random_operations(HMAP_NUM, seed);
}

Test(hmap, strings_against_a_reference) {
    for (uint64_t seed = 11; seed <= 15; seed++)
        random_operations(HMAP_STR, seed);
}

/* --- growing, as Go's map grows --------------------------------------------- */

Test(hmap, grows_at_six_and_a_half_entries_a_bucket) {
    struct hmap *m = hmap_make(HMAP_NUM, 0);
    size_t doubled_at[8] = {0};
    for (size_t n = 1; n <= 500; n++) {
        uint8_t before = m->B;
        hmap_assign(m, HNUM(n), m);
        if (m->B > before)
            doubled_at[m->B] = n;
    }
    /* 8 fit into the one bucket; then 13 halves of the number of buckets */
    cr_assert_eq(doubled_at[1], 9);
    cr_assert_eq(doubled_at[2], 14);
    cr_assert_eq(doubled_at[3], 27);
    cr_assert_eq(doubled_at[4], 53);
    cr_assert_eq(doubled_at[5], 105);
    cr_assert_eq(doubled_at[6], 209);
    hmap_free(m);
}

Test(hmap, moves_one_or_two_old_buckets_with_every_change) {
    struct hmap *m = hmap_make(HMAP_NUM, 0);
    for (size_t n = 0; n < 209; n++)
        hmap_assign(m, HNUM(n), m);
    cr_assert_not_null(m->oldbuckets, "209 entries: it has just begun to grow to 64 buckets");
    int changes = 0;
    for (size_t moved = m->nevacuate; m->oldbuckets; changes++, moved = m->nevacuate) {
        hmap_assign(m, HNUM(0), m); /* even a change of what is there moves some */
        cr_assert(!m->oldbuckets || m->nevacuate > moved);
        cr_assert_null(hmap_broken(m), "%s", hmap_broken(m));
    }
    cr_assert_leq(changes, 32, "32 old buckets, at least one for each change");
    hmap_free(m);
}

Test(hmap, a_hint_makes_room_at_once) {
    struct hmap *m = hmap_make(HMAP_NUM, 1000);
    uint8_t B = m->B;
    for (size_t n = 0; n < 1000; n++)
        hmap_assign(m, HNUM(n), m);
    cr_assert_eq(m->B, B);
    hmap_free(m);
}

/* --- walking ----------------------------------------------------------------- */

Test(hmap, a_walk_survives_growth_and_sees_each_old_entry_once) {
    enum { OLD = 100, NEW = 3000 };
    struct hmap *m = hmap_make(HMAP_NUM, 0);
    for (size_t n = 0; n < OLD; n++)
        hmap_assign(m, HNUM(n), m);
    uint8_t B = m->B;
    int seen[OLD] = {0}, steps = 0, added = 0;
    struct hmap_iter it;
    hmap_iter_init(&it, m);
    while (hmap_next(&it)) {
        if (it.key.num < OLD)
            seen[it.key.num]++;
        for (int i = 0; i < 30 && added < NEW; i++, added++)
            hmap_assign(m, HNUM(OLD + added), m);
        steps++;
    }
    cr_assert_geq(m->B, B + 4, "it doubled four times and more under the walk");
    for (int n = 0; n < OLD; n++)
        cr_assert_eq(seen[n], 1, "entry %d came %d times", n, seen[n]);
    cr_assert_geq(steps, OLD);
    hmap_free(m);
}

Test(hmap, a_walk_does_not_show_what_was_deleted_before_its_turn) {
    struct hmap *m = hmap_make(HMAP_NUM, 0);
    for (size_t n = 0; n < 200; n++)
        hmap_assign(m, HNUM(n), m);
    struct hmap_iter it;
    hmap_iter_init(&it, m);
    cr_assert(hmap_next(&it));
    uint64_t first = it.key.num;
    for (size_t n = 0; n < 200; n++)
        if (n != first)
            hmap_delete(m, HNUM(n));
    cr_assert_not(hmap_next(&it));
    hmap_free(m);
}

Test(hmap, a_walk_may_be_given_up) {
    struct hmap *m = hmap_make(HMAP_NUM, 0);
    hmap_assign(m, HNUM(1), m);
    struct hmap_iter it;
    hmap_iter_init(&it, m);
    cr_assert(hmap_next(&it));
    hmap_iter_end(&it);
    hmap_free(m);
}

/* --- the nil map --------------------------------------------------------------- */

Test(hmap, a_nil_map_reads_as_an_empty_one) {
    void *value = NULL;
    cr_assert_eq(hmap_len(NULL), 0);
    cr_assert_null(hmap_access(NULL, HNUM(1)));
    cr_assert_not(hmap_access2(NULL, HNUM(1), &value));
    struct hmap_iter it;
    hmap_iter_init(&it, NULL);
    cr_assert_not(hmap_next(&it));
    hmap_delete(NULL, HNUM(1));
    hmap_free(NULL);
}

Test(hmap, assigning_to_a_nil_map_aborts, .signal = SIGABRT) {
    hmap_assign(NULL, HNUM(1), NULL);
}

Test(hmap, without_the_check_a_nil_map_is_a_null_pointer, .signal = SIGSEGV) {
    setenv("HMAP_CHECK", "0", 1);
    hmap_assign(NULL, HNUM(1), NULL);
}

/* --- the check: as if another thread were writing ------------------------------- */

static struct hmap *being_written(void) {
    struct hmap *m = hmap_make(HMAP_NUM, 0);
    hmap_assign(m, HNUM(1), m);
    m->writing = 2;
    return m;
}

Test(hmap, a_second_writer_aborts, .signal = SIGABRT) {
    hmap_assign(being_written(), HNUM(1), NULL);
}

Test(hmap, a_deleting_writer_aborts, .signal = SIGABRT) {
    hmap_delete(being_written(), HNUM(1));
}

Test(hmap, a_reader_aborts, .signal = SIGABRT) {
    hmap_access(being_written(), HNUM(1));
}

Test(hmap, a_walker_aborts, .signal = SIGABRT) {
    struct hmap_iter it;
    hmap_iter_init(&it, being_written());
    hmap_next(&it);
}

Test(hmap, without_the_check_nobody_aborts) {
    setenv("HMAP_CHECK", "0", 1);
    struct hmap *m = being_written();
    cr_assert_eq(hmap_access(m, HNUM(1)), m);
    hmap_free(m);
}

/* --- damage is seen ---------------------------------------------------------------- */

Test(hmap, a_wrong_count_is_seen) {
    struct hmap *m = hmap_make(HMAP_NUM, 0);
    hmap_assign(m, HNUM(1), m);
    m->count = 2;
    cr_assert_str_eq(hmap_broken(m), "count is 2 but the buckets hold 1");
}

Test(hmap, a_doubled_key_is_seen) {
    struct hmap *m = hmap_make(HMAP_NUM, 0);
    hmap_assign(m, HNUM(1), m);
    m->buckets[0].tophash[5] = m->buckets[0].tophash[0];
    m->buckets[0].keys[5] = HNUM(1);
    cr_assert_str_eq(hmap_broken(m), "a key is in the map twice");
}
