/*
 * place.h - where a trial's programs and evidence lie, and that nobody else builds there
 * meanwhile.
 */
#ifndef PLACE_H
#define PLACE_H

#include "judge.h"

/* Into the project's root, two folders above this program. Fills in what a trial of `map`
 * (NULL: the lab's own map.c; a path of the caller's) needs, makes its folders, and waits
 * until no other process uses them. A map from elsewhere gets folders of its own, which go
 * when this process ends, unless `keep`. Ends the process with status 2 for a lab or a file
 * that is not there or of no use. */
void trial_of(struct trial *t, const char *lab, const char *map, bool keep);

/* The same for the lab's map.c as it was shipped: as git has it, or else as it lies there. */
void trial_of_shipped(struct trial *t, const char *lab);

#endif
