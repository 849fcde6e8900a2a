/*
 * doubt.h - detectors raise false alarms that are known; a right repair must not be
 * rejected by one.
 */
#ifndef DOUBT_H
#define DOUBT_H

#include "judge.h"

/* `o` is what `tool` says: rejected, with the lines of findings.tsv (run, kind, functions
 * …). If all of it is of a kind in which that tool is known to be wrong, and the explorer
 * and ThreadSanitizer, which are not, have found nothing, it becomes DOUBTED, with a story
 * that says why. */
void doubt(const struct trial *t, const char *tool, const char *findings, struct opinion *o);

#endif
