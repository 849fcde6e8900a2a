/*
 * hmap.c - see hmap.h. The shape of every operation, as in Go's runtime:
 *
 *   readers   nobody may be writing; hash; look in the old bucket if it has not
 *             moved yet, else in the new one
 *   writers   nobody may be writing; say that I am; hash; move a bucket if the
 *             table is growing; change it; nobody else may have said so since
 *
 * Invariants, whenever no writer is inside:
 *   - a key lives in exactly one slot of the chain its hash names
 *   - while oldbuckets != NULL, an old bucket is wholly moved or not at all
 *   - count is the number of slots with tophash >= HMAP_MIN_TOPHASH in
 *     buckets and in the old buckets that have not moved
 */
#include "hmap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/helgrind.h>

#include "hmap_internal.h"
#include "team.h"

static void *allocate(size_t n, size_t size) {
    void *p = calloc(n, size);
    if (!p)
        team_fatal("out of memory", 0);
    return p;
}

/* --- the check ----------------------------------------------------------- */

/* HMAP_CHECK=0 turns it off. */
static bool check_wanted(void) {
    const char *s = getenv("HMAP_CHECK");
    return !s || strcmp(s, "0") != 0;
}

/* `writing` is atomic so that the check is no data race itself and the
 * compiler cannot drop it; relaxed, so that it orders nothing and hides
 * nothing from a detector. Every load and store of it is in these four.
 * (Helgrind and DRD see machine code, in which it looks like any other byte:
 * hmap_make() tells them not to mind it, so that they speak of the map.) */
void hm_enter_reading(const struct hmap *m, const char *op, const char *message) {
    team_enter(op);
    unsigned who = atomic_load_explicit(&m->writing, memory_order_relaxed);
    if (who && m->check)
        team_fatal(message, who);
}

void hm_leave_reading(void) {
    team_leave();
}

static void enter_writing(struct hmap *m, const char *op) {
    team_enter(op);
    unsigned who = atomic_load_explicit(&m->writing, memory_order_relaxed);
    if (who && m->check)
        team_fatal("concurrent map writes", who);
    atomic_store_explicit(&m->writing, (uint8_t)team_number(), memory_order_relaxed);
}

static void leave_writing(struct hmap *m) {
    unsigned who = atomic_load_explicit(&m->writing, memory_order_relaxed);
    if (who != team_number() && m->check)
        team_fatal("concurrent map writes", who);
    team_leave(); /* first: whoever is stopped here should be seen writing */
    atomic_store_explicit(&m->writing, 0, memory_order_relaxed);
}

/* --- hashing ------------------------------------------------------------- */

/* FNV-1a for text (Fowler, Noll, Vo), then the finalizer of SplitMix64
 * (Steele, Lea, Flood 2014) for both, so that all bits of a small number
 * reach the top byte. The seed is fixed: the same run gives the same table. */
uint64_t hm_hash(const struct hmap *m, hkey key) {
    uint64_t h = m->hash0;
    if (m->kind == HMAP_STR) {
        h ^= 0xcbf29ce484222325u;
        for (const char *s = key.str; *s; s++)
            h = (h ^ (uint8_t)*s) * 0x100000001b3u;
    } else {
        h ^= key.num;
    }
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
    return h ^ (h >> 31);
}

static uint8_t tophash(uint64_t hash) {
    uint8_t top = (uint8_t)(hash >> 56);
    return top < HMAP_MIN_TOPHASH ? (uint8_t)(top + HMAP_MIN_TOPHASH) : top;
}

static bool same_key(const struct hmap *m, hkey a, hkey b) {
    return m->kind == HMAP_STR ? strcmp(a.str, b.str) == 0 : a.num == b.num;
}

static size_t mask(uint8_t B) {
    return ((size_t)1 << B) - 1;
}

/* An old bucket's first byte tells whether it has moved. */
static bool evacuated(const struct bmap *b) {
    uint8_t top = b->tophash[0];
    return top > HMAP_EMPTY && top < HMAP_MIN_TOPHASH;
}

const struct bmap *hm_chain(const struct hmap *m, uint64_t hash) {
    if (m->oldbuckets) {
        const struct bmap *old = &m->oldbuckets[hash & mask((uint8_t)(m->B - 1))];
        if (!evacuated(old))
            return old;
    }
    return &m->buckets[hash & mask(m->B)];
}

/* --- reading ------------------------------------------------------------- */

/* The slot of key in its chain, or false. Needs no check: its callers did. */
bool hm_find(const struct hmap *m, hkey key, const struct bmap **bucket, int *slot) {
    uint64_t hash = hm_hash(m, key);
    uint8_t top = tophash(hash);
    for (const struct bmap *b = hm_chain(m, hash); b; b = b->overflow)
        for (int i = 0; i < HMAP_SLOTS; i++)
            if (b->tophash[i] == top && same_key(m, b->keys[i], key)) {
                *bucket = b;
                *slot = i;
                return true;
            }
    return false;
}

static bool lookup(const struct hmap *m, hkey key, void **value) {
    if (!m)
        return false;
    hm_enter_reading(m, "hmap_access", "concurrent map read and map write");
    const struct bmap *b;
    int i;
    bool found = hm_find(m, key, &b, &i);
    if (found)
        *value = b->values[i];
    hm_leave_reading();
    return found;
}

__attribute__((noinline)) bool hmap_access2(const struct hmap *m, hkey key, void **value) {
    return lookup(m, key, value);
}

__attribute__((noinline)) void *hmap_access(const struct hmap *m, hkey key) {
    void *value = NULL;
    lookup(m, key, &value);
    return value;
}

size_t hmap_len(const struct hmap *m) {
    return m ? m->count : 0;
}

/* --- growing ------------------------------------------------------------- */

/* More than 6.5 entries a bucket: Go's loadFactorNum/loadFactorDen = 13/2. */
static bool over_load_factor(size_t count, uint8_t B) {
    return count > HMAP_SLOTS && count > 13 * ((mask(B) + 1) / 2);
}

/* A free slot in the chain that starts at b, made if there is none. */
static struct bmap *free_slot(struct bmap *b, int *slot) {
    for (;; b = b->overflow) {
        for (int i = 0; i < HMAP_SLOTS; i++)
            if (b->tophash[i] == HMAP_EMPTY) {
                *slot = i;
                return b;
            }
        if (!b->overflow)
            b->overflow = allocate(1, sizeof *b);
    }
}

static void put(struct bmap *chain, uint8_t top, hkey key, void *value) {
    int i;
    struct bmap *b = free_slot(chain, &i);
    b->tophash[i] = top;
    b->keys[i] = key;
    b->values[i] = value;
}

static void free_overflow(struct bmap *b) {
    for (struct bmap *next, *o = b->overflow; o; o = next) {
        next = o->overflow;
        free(o);
    }
    b->overflow = NULL;
}

/* Moves old bucket n: half of it, by one more bit of the hash, to the same
 * number (X), half to the number plus the old size (Y). The caller writes. */
static void evacuate(struct hmap *m, size_t n) {
    struct bmap *old = &m->oldbuckets[n];
    if (!evacuated(old)) {
        size_t newbit = mask((uint8_t)(m->B - 1)) + 1;
        for (struct bmap *b = old; b; b = b->overflow)
            for (int i = 0; i < HMAP_SLOTS; i++) {
                uint8_t top = b->tophash[i];
                if (top < HMAP_MIN_TOPHASH) {
                    b->tophash[i] = HMAP_EVACUATED_EMPTY;
                    continue;
                }
                bool y = hm_hash(m, b->keys[i]) & newbit;
                put(&m->buckets[y ? n + newbit : n], top, b->keys[i], b->values[i]);
                b->tophash[i] = y ? HMAP_EVACUATED_Y : HMAP_EVACUATED_X;
            }
        free_overflow(old);
    }
    while (m->nevacuate <= mask((uint8_t)(m->B - 1)) && evacuated(&m->oldbuckets[m->nevacuate]))
        m->nevacuate++;
    if (m->nevacuate > mask((uint8_t)(m->B - 1))) { /* all moved: growth is over */
        free(m->oldbuckets);
        m->oldbuckets = NULL;
    }
}

/* Starts a growth: twice the buckets, nothing moved yet. The caller writes. */
static void grow(struct hmap *m) {
    struct bmap *bigger = allocate((mask(m->B) + 1) * 2, sizeof *bigger);
    m->oldbuckets = m->buckets;
    m->buckets = bigger;
    m->B++;
    m->nevacuate = 0;
}

/* The bucket about to be changed must have moved; one more, so that growth
 * ends. Go's growWork. The caller writes. */
static void grow_work(struct hmap *m, uint64_t hash) {
    evacuate(m, hash & mask((uint8_t)(m->B - 1)));
    if (m->oldbuckets)
        evacuate(m, m->nevacuate);
}

/* --- writing ------------------------------------------------------------- */

__attribute__((noinline)) void hmap_assign(struct hmap *m, hkey key, void *value) {
    if (!m && check_wanted()) {
        team_enter("hmap_assign");
        team_panic("assignment to entry in nil map");
    }
    enter_writing(m, "hmap_assign");
    uint64_t hash = hm_hash(m, key);
    if (m->oldbuckets)
        grow_work(m, hash);

    const struct bmap *found;
    int i;
    if (hm_find(m, key, &found, &i)) {
        ((struct bmap *)found)->values[i] = value;
    } else {
        if (!m->oldbuckets && over_load_factor(m->count + 1, m->B)) {
            grow(m);
            grow_work(m, hash);
        }
        put(&m->buckets[hash & mask(m->B)], tophash(hash), key, value);
        m->count++;
    }
    leave_writing(m);
}

__attribute__((noinline)) void hmap_delete(struct hmap *m, hkey key) {
    if (!m)
        return;
    enter_writing(m, "hmap_delete");
    if (m->oldbuckets)
        grow_work(m, hm_hash(m, key));
    const struct bmap *found;
    int i;
    if (hm_find(m, key, &found, &i)) {
        ((struct bmap *)found)->tophash[i] = HMAP_EMPTY;
        m->count--;
    }
    leave_writing(m);
}

/* --- making and freeing -------------------------------------------------- */

struct hmap *hmap_make(enum hmap_kind kind, size_t hint) {
    struct hmap *m = allocate(1, sizeof *m);
    m->kind = kind;
    m->hash0 = 0x9e3779b9;
    m->check = check_wanted();
    VALGRIND_HG_DISABLE_CHECKING(&m->writing, sizeof m->writing);
    while (over_load_factor(hint, m->B))
        m->B++;
    m->buckets = allocate(mask(m->B) + 1, sizeof *m->buckets);
    return m;
}

static void free_table(struct bmap *table, size_t n) {
    for (size_t i = 0; table && i < n; i++)
        free_overflow(&table[i]);
    free(table);
}

__attribute__((noinline)) void hmap_free(struct hmap *m) {
    if (!m)
        return;
    free_table(m->buckets, mask(m->B) + 1);
    if (m->oldbuckets)
        free_table(m->oldbuckets, mask((uint8_t)(m->B - 1)) + 1);
    free(m);
}

struct hmap *hmap_clone(const struct hmap *m) {
    struct hmap *copy = hmap_make(m->kind, hmap_len(m));
    struct hmap_iter it;
    hmap_iter_init(&it, m);
    while (hmap_next(&it))
        hmap_assign(copy, it.key, it.value);
    return copy;
}

/* --- looking for damage -------------------------------------------------- */

const char *hmap_broken(const struct hmap *m) {
    static char why[128];
    size_t found = 0, old = m->oldbuckets ? mask((uint8_t)(m->B - 1)) + 1 : 0;
    for (size_t n = 0; n < old + mask(m->B) + 1; n++) {
        const struct bmap *b = n < old ? &m->oldbuckets[n] : &m->buckets[n - old];
        if (n < old && evacuated(b))
            continue;
        for (; b; b = b->overflow)
            for (int i = 0; i < HMAP_SLOTS; i++) {
                const struct bmap *at;
                int slot;
                if (b->tophash[i] < HMAP_MIN_TOPHASH)
                    continue;
                found++;
                if (!hm_find(m, b->keys[i], &at, &slot))
                    return "an entry sits in a bucket its hash does not name";
                if (at != b || slot != i)
                    return "a key is in the map twice";
            }
    }
    if (found == m->count)
        return NULL;
    snprintf(why, sizeof why, "count is %zu but the buckets hold %zu", m->count, found);
    return why;
}
