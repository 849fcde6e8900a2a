/*
 * join.h - what belongs together: the crash and the finding that explains it, and
 * why a tool that ran said nothing.
 */
#ifndef JOIN_H
#define JOIN_H

#include "../case.h"

/* Sorts the findings, links the crash to one, explains silences. Once, when all
 * has been read. */
void join(struct casefile *c);

/* Why this tool cannot see what this case shows; NULL where it should have. */
const char *why_silent(const struct casefile *c, enum tool tool);

#endif
