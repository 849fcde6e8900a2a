/*
 * schedule.h - a schedule that makes the repair fail, as the explorer found and shrunk it,
 * told in the lines of the repair.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "explored.h"

/* Explores the repair's program of mode explore, with one option, "--seconds" "2", until it
 * fails or races. The map's own check is off: it would stop what it sees before the second
 * of two accesses, and with both there are two lines of the repair to show. The explorer's
 * JSON, to be given back with json_decref(), or NULL. */
json_t *repair_explored(const struct trial *t, const char *option, const char *value,
                        double timeout, struct child_end *end);

/* Looks for one for at most `seconds`, and tells it; "" where there is none. To be freed. */
char *schedule_told(const struct trial *t, int seconds);

/* One defect of the explorer's JSON, told. To be freed. */
char *defect_told(const struct trial *t, const json_t *defect);

/* Of all its defects, the one to tell: a failure, or else a race. NULL: there is none. */
const json_t *defect_worst(const json_t *exploration);

#endif
