/*
 * story.h - which events of a trace are worth a line, and in what words.
 */
#ifndef EXPLORE_STORY_H
#define EXPLORE_STORY_H

#include "../report.h"
#include "crossing.h"

enum row_kind { ROW_EVENT, ROW_SWITCH, ROW_LEFT_OUT };

struct story_row {
    uint8_t kind;                /* enum row_kind */
    uint16_t thread, next;       /* switch: from whom to whom */
    uint32_t times;              /* event: in a row at one site; left out: how many events */
    const struct event *event;   /* switch: the last one of who is left */
    const struct event *resumed; /* switch: what who is left does when he is back, or NULL */
    uint8_t end;                 /* switch: enum segment_end */
    bool matters;                /* event: it is one of those that crossed, or it failed */
};

/* Three events around each preemption and one around each other switch, all on the
 * addresses that the defect is about, the last ones; the rest is counted. The rows are
 * malloc'd. */
struct story_row *story_rows(const struct defect *d, uint32_t *count);

/* Why the segment ended whose last event this is. */
enum segment_end story_end(const struct channel *c, const struct event *e);

/* What happened, in sentences: what crossed; where else somebody was preempted. */
void story_explain(const struct defect *d, crossing_teller *tell, void *data);

/* "T1 (writer) waits for run.lock, which main holds (play, team.c:33)": where a thread is
 * when the schedule ends; with what it holds. */
void story_thread_end(const struct defect *d, int thread, char *to, size_t size);

/* A column for each thread that has an event in the rows, in the order of their numbers;
 * -1 for the others. Returns how many. */
int story_lanes(const struct story_row *rows, uint32_t count, int lane[THREADS_MAX]);

/* How sure the defect is, and how it is had again. */
void story_sure(const struct report *r, const struct defect *d, crossing_teller *tell, void *data);

/* The bottom line: "no failure in 20000 schedules of 12 policies; …". */
void story_bottom(const struct report *r, char *to, size_t size);

/* "T1", and its name where it has one: "T1 (writer 1)". */
void story_who(const struct defect *d, int thread, char *to, size_t size);

/* What the defect is, as a sentence. */
void story_verdict(const struct defect *d, char *to, size_t size);

#endif
