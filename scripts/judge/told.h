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

/* "map.c:33:5: error: T1, in map_put", as compilers say it, so that an editor finds the
 * place; then the line itself. Column 0: where the line's code begins. Line 0: no place in
 * it; then it is "map.c: error: …" alone. */
void tell_place(const char *path, int line, int column, const char *what, FILE *out);

#endif
