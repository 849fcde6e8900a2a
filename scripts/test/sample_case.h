/*
 * sample_case.h - cases built by hand, for tests of the tellers: no reader has to
 * work for them. What they hold is as it was recorded for two of the labs.
 *
 *     struct casefile *c = sample_race();
 *     ...
 *     sample_free(c);
 */
#ifndef SAMPLE_CASE_H
#define SAMPLE_CASE_H

#include "../walk/case.h"

/* Lab 01: two writers in hmap_assign; a core, three tools, the crash linked with
 * TSan's race. */
struct casefile *sample_race(void);

/* Lab 12: two trucks in map_move, each waiting for the other's lock; DRD silent. */
struct casefile *sample_deadlock(void);

/* 200 threads, names made to break a page, bytes that are no UTF-8, empty stacks,
 * a finding without a site and one with all eight, NULL wherever NULL may be. */
struct casefile *sample_hostile(void);

/* Nothing was read: no core, no finding, no tool. */
struct casefile *sample_empty(void);

void sample_free(struct casefile *c);

#endif
