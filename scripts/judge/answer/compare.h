/*
 * compare.h - an answer against the evidence: is it so, and if not, what speaks against it?
 */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdio.h>

#include "evidence.h"

/* Each says in a few lines whether it is right, and why, and returns whether. */
bool compare_functions(const struct trial *t, const struct evidence *e, const char *f,
                       const char *g, FILE *out);
bool compare_victim(const struct evidence *e, const char *role, FILE *out);
bool compare_class(const struct evidence *e, const char *class, FILE *out);

/* The class that the evidence speaks for: "data race", "order", "atomicity", "lifetime",
 * "deadlock", "lost wakeup". */
const char *class_of(const struct evidence *e);

extern const char *const classes[]; /* ends with NULL */

#endif
