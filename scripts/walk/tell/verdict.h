/*
 * verdict.h - what a reader wants first, in sentences that are the same on every page:
 * how it died, what did it, who saw that, and why the two belong together.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "tell.h"

/* Words of a sentence; or a thread, to be named as the page names threads. */
struct words {
    const char *text;            /* of a thread: its name */
    const struct thread *thread; /* NULL: only words */
    bool strong;
};

struct sentence {
    enum {
        SAYS_DEATH,
        SAYS_DEADLOCK,
        SAYS_FAULT, /* the core's own words on it */
        SAYS_CAUSE, /* the main finding */
        SAYS_SEEN,  /* by which tools */
        SAYS_LINK,  /* why that finding, or that nothing links it with the crash */
        SAYS_NOTHING,
        SAYS_DEMAND /* in which schedules explore makes it die, where that is not said above */
    } about;
    struct words *words;
    size_t count;
};

enum { SENTENCES_MOST = SAYS_DEMAND + 1 };

/* The sentences, in the order above; returns how many. All is in the pool. */
size_t verdict_of(const struct casefile *c, struct sentence sentences[SENTENCES_MOST],
                  struct pool *p);

/* A sentence as plain text. */
const char *sentence_text(const struct sentence *s, struct pool *p);

/* "ThreadSanitizer in 3 of 3 runs, Helgrind in 2 of 3; one side of it by DRD in 1 of 3" */
const char *witness_words(const struct casefile *c, const struct finding *f, struct pool *p);

/* Of what explore saw: "in 2 of 7 schedules; 1 preemption suffices". NULL: it did not. */
const char *explored_words(const struct casefile *c, const struct finding *f, struct pool *p);

/* Of a tool that ran and said nothing: "silent"; of explore "silent: no failure in 300
 * schedules". */
const char *silent_words(const struct casefile *c, enum tool tool, struct pool *p);

/* How many runs of that tool started: only they can be silent. */
unsigned runs_started(const struct casefile *c, enum tool tool);

/* Was nothing of a tool read at all? */
bool no_tool_ran(const struct casefile *c);

#endif
