/*
 * valgrind_known.h - frames that have been read before. In a long log the same few
 * hundred frames come again and again: they are recognised by their bytes, and neither
 * parsed nor copied nor judged again.
 */
#ifndef VALGRIND_KNOWN_H
#define VALGRIND_KNOWN_H

#include "frame.h"

struct known_frame {
    struct span raw;
    uint64_t hash;
    struct frame frame; /* but for its address */
    bool blamable;
};

/* Zeroed at first. */
struct known {
    struct pool pool;
    struct known_frame *slots;
    size_t count;
};

/* NULL: not known; *hash is for known_add then. */
const struct known_frame *known_find(const struct known *k, struct span raw, uint64_t *hash);

/* Room for one more, of which the caller fills in frame and blamable, with strings in
 * k->pool; NULL when enough are known. */
struct known_frame *known_add(struct known *k, struct span raw, uint64_t hash);

void known_free(struct known *k);

#endif
