/*
 * schedule_file.h - a schedule as a file that a person can read:
 *
 *     racelab schedule 1
 *     program: build/explore/labs/01-concurrent-write/lab
 *     …
 *     T1 until 57 preempted
 */
#ifndef EXPLORE_SCHEDULE_FILE_H
#define EXPLORE_SCHEDULE_FILE_H

#include "../channel.h"

struct saved_schedule {
    char program[512], build_id[64], policy[80], kind[32], pair[256];
    uint64_t seed, data_seed, hash;
    uint32_t preemptions, steps_max;
    struct failure failure;   /* kind, value and pc (less the load bias) are kept */
    struct segment *segments; /* malloc'd by schedule_load */
    uint32_t count;
};

/* NULL, or one line saying what went wrong. */
const char *schedule_save(const char *path, const struct saved_schedule *s);
const char *schedule_load(const char *path, struct saved_schedule *s);

#endif
