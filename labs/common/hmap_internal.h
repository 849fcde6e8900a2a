/*
 * hmap_internal.h - what hmap.c shares with hmap_iter.c, and with nobody else.
 * All of it: m is not NULL.
 */
#ifndef HMAP_INTERNAL_H
#define HMAP_INTERNAL_H

#include "hmap.h"

/* Every read goes in and out through these; `op` is what the thread is said to
 * be doing meanwhile, `message` the error if somebody is writing. */
void hm_enter_reading(const struct hmap *m, const char *op, const char *message);
void hm_leave_reading(void);

uint64_t hm_hash(const struct hmap *m, hkey key);

/* The first bucket of the chain in which a key with this hash lives now. */
const struct bmap *hm_chain(const struct hmap *m, uint64_t hash);

/* Where key is: true, *bucket and *slot; or false. */
bool hm_find(const struct hmap *m, hkey key, const struct bmap **bucket, int *slot);

#endif
