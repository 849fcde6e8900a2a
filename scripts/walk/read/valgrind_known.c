/* valgrind_known.c - see valgrind_known.h. Open addressing; nothing is ever removed. */
#include "valgrind_known.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4096, KNOWN_MOST = SLOTS / 2, KNOWN_BYTES = 2 << 20 };

/* FNV-1a (see case.c), eight bytes at a time. */
static uint64_t hash_of(struct span s) {
    uint64_t h = 0xcbf29ce484222325 ^ s.length, part = 0;
    size_t i = 0;
    for (; i + 8 <= s.length; i += 8) {
        memcpy(&part, s.at + i, 8);
        h = (h ^ part) * 0x100000001b3;
        h ^= h >> 29;
    }
    part = 0;
    memcpy(&part, s.at + i, s.length - i);
    h = (h ^ part) * 0x100000001b3;
    return h ^ h >> 31;
}

static struct known_frame *slot_of(const struct known *k, struct span raw, uint64_t hash) {
    size_t i = hash % SLOTS;
    while (k->slots[i].raw.at
           && !(k->slots[i].hash == hash && k->slots[i].raw.length == raw.length
                && memcmp(k->slots[i].raw.at, raw.at, raw.length) == 0))
        i = (i + 1) % SLOTS;
    return &k->slots[i];
}

const struct known_frame *known_find(const struct known *k, struct span raw, uint64_t *hash) {
    *hash = hash_of(raw);
    if (!k->slots)
        return NULL;
    const struct known_frame *f = slot_of(k, raw, *hash);
    return f->raw.at ? f : NULL;
}

struct known_frame *known_add(struct known *k, struct span raw, uint64_t hash) {
    if (k->count == KNOWN_MOST || k->pool.taken > KNOWN_BYTES)
        return NULL;
    if (!k->slots && !(k->slots = calloc(SLOTS, sizeof *k->slots)))
        abort();
    struct known_frame *f = slot_of(k, raw, hash);
    *f = (struct known_frame){.raw = {pool_string(&k->pool, raw.at, raw.length), raw.length},
                              .hash = hash};
    k->count++;
    return f;
}

void known_free(struct known *k) {
    free(k->slots);
    pool_free(&k->pool);
}
