/*
 * story.h - which events of a trace are worth a line, and in what words.
 */
#ifndef EXPLORE_STORY_H
#define EXPLORE_STORY_H

#include "../report.h"

enum row_kind { ROW_EVENT, ROW_SWITCH, ROW_LEFT_OUT };

struct story_row {
    uint8_t kind;                /* enum row_kind */
    uint16_t thread, next;       /* switch: from whom to whom */
    uint32_t times;              /* event: in a row at one site; left out: how many events */
    const struct event *event;   /* switch: the last one of who is left */
    const struct event *resumed; /* switch: what who is left does when he is back, or NULL */
    uint8_t end;                 /* switch: enum segment_end */
};

/* Three events around each switch, all on the addresses that the defect is about, the
 * last ones; the rest is counted. The rows are malloc'd. */
struct story_row *story_rows(const struct defect *d, uint32_t *count);

/* "T1", and its name where it has one: "T1 (writer 1)". */
void story_who(const struct defect *d, int thread, char *to, size_t size);

/* What the defect is, as a sentence. */
void story_verdict(const struct defect *d, char *to, size_t size);

#endif
