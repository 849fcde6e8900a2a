/* text.h - the sections of the terminal's page, for text.c alone. */
#ifndef TEXT_H
#define TEXT_H

#include "lanes.h"
#include "term.h"
#include "threads.h"
#include "verdict.h"

/* The two stacks in columns, down to the object they cross at, and the source of the
 * lines that met. */
void text_lanes(struct term *t, const struct lanes *l, const struct style *style);

/* The table tool -> what it says, and the findings one by one. */
void text_tools(struct term *t, const struct casefile *c);
void text_findings(struct term *t, const struct casefile *c, const struct style *style);

#endif
