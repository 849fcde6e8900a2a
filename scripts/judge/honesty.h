/*
 * honesty.h - is the repair a repair? It may do anything a map has use for, and nothing
 * that makes the bug harder to see.
 *
 * Three looks, none of which runs it:
 *   the text     honest_text.c    attributes, pragmas, words to the detectors, asm
 *   the object   honest_object.c  what it calls and defines, what runs before main
 *   the house    honest_house.c   files that were changed and are not map.c
 *
 * What it misses: a lie in code that calls nothing odd. That is for the other oracles.
 */
#ifndef HONESTY_H
#define HONESTY_H

#include "judge.h"
#include "tokens.h"

/* One thing that is not allowed. */
struct objection {
    int line, column; /* in the repair; 0: nowhere in it */
    char what[80];    /* for the table: "calls usleep" */
    char why[400];    /* for people: a sentence or two */
};

enum { OBJECTIONS_MAX = 8 };

struct objections {
    struct objection list[OBJECTIONS_MAX];
    int count; /* may exceed OBJECTIONS_MAX: those are not kept */
};

void object(struct objections *o, int line, int column, const char *what, const char *why, ...)
    __attribute__((format(printf, 5, 6)));

void look_at_text(const struct tokens *t, struct objections *o);
void look_at_object(const struct trial *trial, const struct tokens *t, struct objections *o);
void look_at_house(const struct trial *trial, struct objections *o);

#endif
