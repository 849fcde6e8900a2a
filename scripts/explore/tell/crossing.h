/*
 * crossing.h - which accesses crossed: what one thread did before and after it was
 * preempted, and what another did in between. Where nothing crossed at a preemption, it may
 * have while a thread waited for a lock.
 *
 * A schedule that is shrunk has one or two preemptions, and hundreds of events. What made
 * it fail are two or three of them, as in the patterns of AVIO (Lu and others, ASPLOS
 * 2006): both threads touch the same memory, at least one writes, and no serial order
 * gives the same.
 */
#ifndef EXPLORE_CROSSING_H
#define EXPLORE_CROSSING_H

#include "../report.h"

struct crossing {
    const struct event *left;    /* the last event before the preemption, or the wait */
    bool waits;                  /* it was no preemption */
    const struct event *before;  /* an access of the preempted thread before it; or NULL */
    const struct event *between; /* the other thread's */
    const struct event *after;   /* the preempted one's when it goes on; or NULL */
};

/* False: nothing crossed (a failure that needs no interruption, or a deadlock). For a
 * race: the two accesses that nothing orders are `before` and `between`. */
bool crossing_find(const struct defect *d, struct crossing *x);

/* In words, a sentence and the two or three events, one a line (of level 1):
 *
 *     T1 is preempted in the middle of `counter++` (add, count.c:6):
 *         step 12: T1 reads counter = 0 (add, count.c:6)
 *         step 15: T2 writes counter = 1 (add, count.c:6)
 *         step 18: T1 writes counter = 1 (add, count.c:6)
 */
typedef void crossing_teller(const char *line, int level, void *data);
void crossing_tell(const struct defect *d, const struct crossing *x, crossing_teller *tell,
                   void *data);

/* What one event is, as a row says it: "reads run.left = 3". */
void event_said(const struct defect *d, const struct event *e, char *to, size_t room);

/* Is it the harness's doing (labs/common/team.c), or on memory that nobody else touches?
 * Then it is shown only where there is nothing else. */
bool event_aside(const struct defect *d, const struct event *e);

#endif
