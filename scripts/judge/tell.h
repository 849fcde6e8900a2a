/*
 * tell.h - a verdict, told: to people, and to programs.
 */
#ifndef TELL_H
#define TELL_H

#include <stdio.h>

#include "judge.h"
#include "likeness.h"

struct verdict_of {
    const struct trial *trial;
    const struct opinion *opinions; /* one for each of oracles[] */
    int status;                     /* 0 accepted, 1 rejected, 3, 124: see judge --help */
    const struct oracle *by;        /* the first that rejected it, or NULL */
    const struct opinion *why;      /* its opinion */
    struct likeness like;           /* of a rejected one */
    double seconds;
};

void tell_text(const struct verdict_of *v, FILE *out);
void tell_json(const struct verdict_of *v, FILE *out);
void tell_junit(const struct verdict_of *v, FILE *out);
void tell_results(const struct verdict_of *v, FILE *out);

/* "accepted", "rejected by explore: race f/g", "not judged by tsan: environment, not your
 * code": the verdict in a line, without its end. To be freed. */
char *verdict_line(const struct verdict_of *v);

/* What one oracle found, in words for a table: "nothing: below 14% at 95%". To be freed. */
char *opinion_line(const struct opinion *o);

/* The question that leads on, in any case one. */
const char *question_of(const struct verdict_of *v);

#endif
