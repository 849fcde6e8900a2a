/*
 * likeness.h - which of a lab's known wrong repairs does this one look like?
 */
#ifndef LIKENESS_H
#define LIKENESS_H

#include "head.h"
#include "judge.h"

struct likeness {
    struct head head; /* of the known one; its name is "" when it looks like none */
    double degree;    /* 0 to 1 */
};

/* Compares trial->map with solutions/LAB/wrong. `oracle` is who rejected it. */
struct likeness likeness(const struct trial *t, const char *oracle);

#endif
