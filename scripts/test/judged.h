/*
 * judged.h - for tests of the judge: repairs to order, and its verdicts, read.
 */
#ifndef JUDGED_H
#define JUDGED_H

#include <jansson.h>

#include "support.h"

/* The lab whose solution these repairs are made of, by a line or two. */
#define LAB "01-concurrent-write"
#define JUDGE "build/bin/judge "

/* The solution of LAB as TMP/map.c, with `head` above its struct and `step` as the first
 * thing that map_put does under its lock. */
void repair(const char *head, const char *step);

/* Judges TMP/map.c, or what --map FILE SLUG in `options` says, which must exit with that
 * status. Its verdict as the JSON of it, with what it said to people as "text". */
json_t *judged(const char *options, int status);

/* A string of an object; "" where there is none. */
const char *of(const json_t *o, const char *key);

/* What one oracle says in a verdict. */
const json_t *asked(const json_t *verdict, const char *oracle);

/* Fails the test unless that oracle was the first to reject it, and found just that; and
 * unless the verdict asks a question. */
void rejected(const json_t *v, const char *by, const char *found);

#endif
