/*
 * explain.h - what explain.c, explain_report.c and explain_where.c share: rows with a limit, and
 * cells of moderate length, in a pool.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "tell.h"

struct rows {
    struct row *at;
    size_t count, most;
    struct pool *pool;
};

/* One more row, unless there are `most`. The cells are kept as they are. */
void row_add(struct rows *r, const char *first, const char *second, const char *third);

/* A cell's text, cut off when it is long. */
const char *row_value(struct rows *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The frame to blame, with its place; or why there is no stack. */
const char *row_frame(struct rows *r, const struct stack *s);

/* The rows of a report, in the words of its tool: explain_report.c. */
void report_rows(const struct finding *f, struct rows *r);

#endif
