/*
 * hmap.h - Go's map, in C, as far as it teaches.
 *
 * A hash table of 2^B buckets. A bucket holds eight entries, with the top byte
 * of each entry's hash in front, and chains to overflow buckets when it is
 * full. Above 6.5 entries per bucket on average the table doubles: the old
 * buckets stay beside the new ones, and every later assign or delete moves one
 * or two of them across, so no single call pays for the whole move. Field
 * names are those of Go's runtime/map.go (Go 1.19), where the design is from.
 * Left out: growth to the same size, small-table and per-type fast paths.
 *
 *     struct hmap *ages = hmap_make(HMAP_STR, 0);
 *     hmap_assign(ages, HSTR("ada"), &thirty_six);
 *     int *age = hmap_access(ages, HSTR("ada"));      // NULL when absent
 *
 *     struct hmap_iter it;
 *     hmap_iter_init(&it, ages);
 *     while (hmap_next(&it))
 *         printf("%s\n", it.key.str);                 // any order, each once
 *     hmap_free(ages);
 *
 * THREADS: there are no locks in here. Any number of threads may read one map
 * at once (access, next, len); a thread that assigns or deletes must be alone
 * with it. Keeping that promise is the caller's work, and what the labs are
 * about.
 *
 * CHECK: like Go's runtime, the map notes who is writing and stops the program
 * when it catches a second thread: "fatal error: concurrent map writes", then
 * what every thread was doing, then abort() and a core. It catches most broken
 * promises, not all: it is two unordered loads and stores, and orders nothing.
 * With HMAP_CHECK=0 in the environment it is off, and the memory is corrupted
 * as C corrupts it.
 *
 * KEYS are numbers or strings, one kind per map. VALUES are pointers. The map
 * keeps both as given and owns neither: a key's text must stay alive and
 * unchanged while it is in the map.
 */
#ifndef HMAP_H
#define HMAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef union hkey {
    uint64_t num;
    const char *str;
} hkey;

#define HNUM(n) ((hkey){.num = (uint64_t)(n)})
#define HSTR(s) ((hkey){.str = (s)})

enum hmap_kind { HMAP_NUM, HMAP_STR };

enum { HMAP_SLOTS = 8 }; /* entries in a bucket: Go's bucketCnt */

/* What tophash[i] says of slot i when it is not the top byte of a hash. */
enum {
    HMAP_EMPTY = 0,           /* never used, or deleted */
    HMAP_EVACUATED_X = 2,     /* moved to the same number in the new table */
    HMAP_EVACUATED_Y = 3,     /* moved to that number + 2^(B-1) */
    HMAP_EVACUATED_EMPTY = 4, /* was empty when its bucket was moved */
    HMAP_MIN_TOPHASH = 5
};

struct bmap {
    uint8_t tophash[HMAP_SLOTS];
    hkey keys[HMAP_SLOTS];
    void *values[HMAP_SLOTS];
    struct bmap *overflow;
};

struct hmap {
    size_t count;            /* entries */
    uint8_t B;               /* log2 of the number of buckets */
    enum hmap_kind kind;     /* of all keys */
    uint32_t hash0;          /* hash seed */
    struct bmap *buckets;    /* 2^B of them */
    struct bmap *oldbuckets; /* 2^(B-1) of them while growing, else NULL */
    size_t nevacuate;        /* old buckets below this have moved */

    bool check;              /* fixed when the map is made */
    _Atomic uint8_t writing; /* 0, or team_number() of the thread that writes;
                                Go has one bit, here it says who */
};

/* A new, empty map with room for `hint` entries before it first grows.
 * HMAP_CHECK is read here. Never NULL: without memory the program ends. */
struct hmap *hmap_make(enum hmap_kind kind, size_t hint);

/* Frees the map; not its keys' text nor what its values point to. NULL is
 * fine. The caller must be the last to use it. */
void hmap_free(struct hmap *m);

/* A new map with the same entries, nothing shared but what they point to. */
struct hmap *hmap_clone(const struct hmap *m);

/* Number of entries; 0 for a nil map. */
size_t hmap_len(const struct hmap *m);

/* The value under key, or NULL when there is none. A nil map (m == NULL)
 * reads as an empty one, as in Go. */
void *hmap_access(const struct hmap *m, hkey key);

/* The same, for maps in which NULL is a value: true if key is present, and
 * then *value is what it holds. */
bool hmap_access2(const struct hmap *m, hkey key, void **value);

/* Sets key to value, whether or not it was present. Assigning to a nil map
 * ends the program: "panic: assignment to entry in nil map". */
void hmap_assign(struct hmap *m, hkey key, void *value);

/* Removes key; nothing happens when it is absent or the map is nil. */
void hmap_delete(struct hmap *m, hkey key);

/* A walk over all entries. The map may be changed during the walk by the
 * walking thread, even so that it grows: an entry that is there from start to
 * end comes exactly once, one deleted before its turn does not come, one added
 * on the way may or may not come. Order means nothing. */
struct hmap_iter {
    hkey key;    /* valid after hmap_next() returned true */
    void *value; /* likewise */

    const struct hmap *map; /* from here on: private */
    size_t bucket;          /* next one to walk, counted in the table of 2^B0 */
    uint8_t B0;             /* B when the walk began */
    hkey *batch;            /* keys of the bucket being walked; malloc'd */
    size_t batch_len, batch_cap, batch_pos;
};

void hmap_iter_init(struct hmap_iter *it, const struct hmap *m);

/* Steps to the next entry; false at the end, and the walk is over and clean. */
bool hmap_next(struct hmap_iter *it);

/* Only for a walk given up before its end. */
void hmap_iter_end(struct hmap_iter *it);

/* Looks for broken structure: NULL when all is well, else a sentence on the
 * first thing that is wrong ("count is 39871 but the buckets hold 40000"), in
 * a static buffer. For tests and end-of-run checks; needs the map to itself.
 * On a corrupted map it may crash, as anything may. */
const char *hmap_broken(const struct hmap *m);

#endif
