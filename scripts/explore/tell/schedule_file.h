/*
 * schedule_file.h - a schedule as a file that a person can read:
 *
 *     racelab schedule 1
 *     program: build/explore/labs/01-concurrent-write/lab
 *     …
 *     says: data race: T2 (writer 2) and T1 (writer 1) meet at …
 *     site: T2 (writer 2) reads 8 bytes at 0x2006007ff018: a block of 56 bytes …
 *         #0 hmap_assign labs/common/hmap.c:259 (lab+0xa3c1)
 *         …
 *     earlier: T1 (writer 1) writes 8 bytes at …
 *     segments: 12
 *     T1 until 57 preempted
 *
 * From `says:` to `segments:` it is for walk, which reads such a file as a witness; to
 * replay it, that is passed over, and need not be there. Of a deadlock, each further thread
 * of the circle has a `circle:` line, and below each site `held:` is where that thread took
 * the lock which the one before waits for.
 */
#ifndef EXPLORE_SCHEDULE_FILE_H
#define EXPLORE_SCHEDULE_FILE_H

#include "../report.h"

struct saved_schedule {
    char program[512], build_id[64], policy[80], kind[32], pair[256];
    uint64_t seed, data_seed, hash;
    uint32_t preemptions, steps_max;
    bool weak;                /* loads may return old values */
    struct failure failure;   /* kind, value and pc (less the load bias) are kept */
    struct segment *segments; /* malloc'd by schedule_load */
    uint32_t count;
};

/* NULL, or one line saying what went wrong. What it says and its sites are those of `d`,
 * whose program's symbols are opened. */
const char *schedule_save(const char *path, const struct saved_schedule *s, const struct defect *d);
const char *schedule_load(const char *path, struct saved_schedule *s);

#endif
