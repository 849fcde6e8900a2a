/*
 * likeness.h - which of a lab's known wrong repairs does this one look like?
 */
#ifndef LIKENESS_H
#define LIKENESS_H

#include "judge.h"

struct likeness {
    char name[64];      /* "only-the-writer-locks"; "" when it looks like none */
    char oracle[16];    /* that rejects the known one */
    char belief[160];   /* its sentence: "The reader takes no lock." */
    char question[240]; /* that leads on, or "" */
    double degree;      /* 0 to 1 */
};

/* Compares trial->map with solutions/LAB/wrong. `oracle` is who rejected it. */
struct likeness likeness(const struct trial *t, const char *oracle);

#endif
