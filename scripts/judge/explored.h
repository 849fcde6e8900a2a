/*
 * explored.h - what the explorer says of a program, as the JSON that it prints:
 * docs/schedules.md has its keys.
 */
#ifndef EXPLORED_H
#define EXPLORED_H

#include <jansson.h>

#include "child.h"
#include "judge.h"

/* Explores a program of mode explore, with these options of the explorer's, a list that
 * ends with NULL; with the map's own check, or without. To be given back with
 * json_decref(); NULL when it printed none. */
json_t *explored(const struct trial *t, const char *program, bool check, const char *const *options,
                 double timeout, struct child_end *end);

/* A string or a number of an object; "" or 0 where there is none. */
const char *text_of(const json_t *o, const char *key);
int number_of(const json_t *o, const char *key);

#endif
