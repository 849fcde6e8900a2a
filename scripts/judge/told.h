/*
 * told.h - pieces of text for people, at most 80 columns wide.
 */
#ifndef TOLD_H
#define TOLD_H

#include <stdio.h>

enum { COLUMNS = 80 };

/* Words, broken between two of them; the first line begins with `indent` blanks, the
 * others with `hang`. */
void tell_wrapped(const char *words, int indent, int hang, FILE *out);

/* Line `number` of a source, indented by four; nothing when it is not there. */
void tell_line(const char *path, int number, FILE *out);

#endif
