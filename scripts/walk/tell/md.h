/*
 * md.h - the parts of the Markdown page, for md*.c alone: GitHub-flavoured Markdown,
 * with the diagram as Mermaid.
 *
 * Everything that comes from a report goes through one of the three writers below.
 * Each takes any bytes, NULL too, and never ends the cell, line or label it is in.
 */
#ifndef MD_H
#define MD_H

#include "lanes.h"
#include "threads.h"
#include "verdict.h"

/* Running text or a cell of a table: no markup, no HTML, one line. */
void md_text(FILE *out, const char *text);
/* The same in type for code, where it can be had without tricks; as text otherwise. */
void md_code(FILE *out, const char *text);
/* Within the quotes of a Mermaid label; cut off when it is long. */
void md_label(FILE *out, const char *text);
/* Within a line of a fenced block, not at its start. */
void md_raw(FILE *out, const char *text);

/* "`hmap_assign` labs/common/hmap.c:251", bold when it is the one to blame. */
void md_frame(FILE *out, const struct frame *f, bool blamed);

/* Both lanes, down to what they meet at. */
void md_crossing(FILE *out, const struct lanes *l);
/* A deadlock's circle: thread, lock, thread. */
void md_circle(FILE *out, const struct core *core);

/* Both lanes' frames side by side, the outermost first. */
void md_stacks(FILE *out, const struct lanes *l);
void md_threads(FILE *out, const struct core *core);
/* Finding by tool; no more than `most` findings. */
void md_findings(FILE *out, const struct casefile *c, size_t most);

#endif
