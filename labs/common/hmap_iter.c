/*
 * hmap_iter.c - walking a map that may grow under the walk (one thread).
 *
 * Go's iterator holds on to the table it began with and lets the garbage
 * collector keep that alive. C has nobody to do so. This walk counts instead in
 * buckets of the table it began with, 2^B0 of them: the entries whose hash ends
 * in the same B0 bits. However often the table doubles meanwhile, those entries
 * are found in the buckets whose number ends in these bits, and nowhere else.
 * One such group's keys are copied at a time, and each is looked up anew when
 * its turn comes, so that a deleted one does not appear and a changed one
 * appears with its new value. (Redis walks a growing table by a related trick,
 * the reversed-bit cursor of dictScan.)
 */
#include <stdlib.h>

#include "hmap_internal.h"
#include "team.h"

void hmap_iter_init(struct hmap_iter *it, const struct hmap *m) {
    *it = (struct hmap_iter){.map = m, .B0 = m ? m->B : 0};
}

void hmap_iter_end(struct hmap_iter *it) {
    free(it->batch);
    *it = (struct hmap_iter){0};
}

static void remember(struct hmap_iter *it, hkey key) {
    if (it->batch_len == it->batch_cap) {
        size_t cap = it->batch_cap ? 2 * it->batch_cap : 2 * HMAP_SLOTS;
        hkey *bigger = realloc(it->batch, cap * sizeof *bigger);
        if (!bigger)
            team_fatal("out of memory", 0);
        it->batch = bigger;
        it->batch_cap = cap;
    }
    it->batch[it->batch_len++] = key;
}

/* Copies the keys of group `n`: the entries whose hash ends in these B0 bits. */
static void gather(struct hmap_iter *it, size_t n) {
    const struct hmap *m = it->map;
    size_t step = (size_t)1 << it->B0, groups = (size_t)1 << m->B;
    it->batch_len = it->batch_pos = 0;
    for (size_t bucket = n; bucket < groups; bucket += step)
        for (const struct bmap *b = hm_chain(m, bucket); b; b = b->overflow)
            for (int i = 0; i < HMAP_SLOTS; i++)
                /* a bucket that has not moved yet serves two numbers */
                if (b->tophash[i] >= HMAP_MIN_TOPHASH
                    && (hm_hash(m, b->keys[i]) & (groups - 1)) == bucket)
                    remember(it, b->keys[i]);
}

/* The next entry of the batch that is still there. */
static bool next_in_batch(struct hmap_iter *it) {
    while (it->batch_pos < it->batch_len) {
        const struct bmap *b;
        int i;
        hkey key = it->batch[it->batch_pos++];
        if (hm_find(it->map, key, &b, &i)) {
            it->key = b->keys[i];
            it->value = b->values[i];
            return true;
        }
    }
    return false;
}

__attribute__((noinline)) bool hmap_next(struct hmap_iter *it) {
    if (!it->map)
        return false;
    hm_enter_reading(it->map, "hmap_next", "concurrent map iteration and map write");
    bool found = next_in_batch(it);
    while (!found && it->bucket < (size_t)1 << it->B0) {
        gather(it, it->bucket++);
        found = next_in_batch(it);
    }
    hm_leave_reading();
    if (!found)
        hmap_iter_end(it);
    return found;
}
