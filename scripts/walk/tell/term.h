/*
 * term.h - writing for a terminal of a given width: folded text, columns, tables.
 *
 * What is written comes from programs and reports that may be anybody's. Bytes that
 * would move the cursor or change colours are shown as "?", broken UTF-8 too.
 */
#ifndef TERM_H
#define TERM_H

#include <stdarg.h>

#include "tell.h"

struct term {
    FILE *out;
    int width;
    bool colour;
    int sections; /* so far: they are numbered */
};

/* ANSI colours; "" is none. */
#define BOLD "1"
#define DIM "2"
#define GREEN "32"
#define BLUE "1;36"

/* The colour of the n-th thread of a page: red for the first, who is the victim. */
const char *thread_colour(int n);

/* A copy that is safe on a terminal, cut off at `columns` with "..". The result is in
 * `buffer`, which must have room for 4 bytes a column. Returns how many columns it
 * takes. */
int clean(char *buffer, size_t size, const char *text, int columns);

void term_section(struct term *p, const char *title);
void term_blank(struct term *p);

/* Text folded at the width: `indent` columns before each line, `hang` more before all
 * but the first. */
void term_say(struct term *p, int indent, int hang, const char *colour, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* One line, cut off at the width. */
void term_line(struct term *p, int indent, const char *colour, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Part of a line: `text` in exactly `columns`; 0: as many as it takes. */
void term_cell(struct term *p, const char *colour, const char *text, int columns);

/* Rows of `cells` cells, the first row being the head; every cell folded in its column. */
void term_table(struct term *p, int indent, const struct row *rows, size_t count, int cells);

/* How many bytes of the text fit into so many columns, broken at a space where there
 * is one; 0 only of "". */
size_t term_fitting(const char *text, int columns);

#endif
