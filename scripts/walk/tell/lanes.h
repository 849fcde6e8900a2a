/*
 * lanes.h - the two threads that meet, as every page shows them: two lanes, the
 * outermost call first, down to where they cross.
 */
#ifndef LANES_H
#define LANES_H

#include "tell.h"

struct lane {
    char who[160];  /* "writer 2" */
    char what[200]; /* "read of 8 bytes, holding no lock"; "" where it is not known */
    char seen[200]; /* the same of a core's thread, in the run of the report that is linked
                       with the crash; "" where that says nothing of this thread */
    const struct stack *stack;
    const struct thread *thread; /* NULL: not from the core */
    const struct site *site;     /* of `finding`, or what `seen` is from; or NULL */
};

struct lanes {
    struct lane lane[2];
    size_t count;                  /* 0, 1 or 2 */
    char object[400];              /* what they meet at; "" where it is not known */
    const char *seer;              /* the tool whose run the lanes' `seen` is of */
    const char *source;            /* where the lanes are from: "the core", or a tool's title */
    const struct finding *finding; /* if they are from a finding */
};

/* The lanes of a case: the core's crossing where it has two threads, else the two
 * sites of the finding that explains the crash, or of the first one; or one lane alone. */
void lanes_of(const struct casefile *c, struct lanes *l);

/* One site's. */
void lane_of_site(struct lane *l, const struct site *s);

/* The lanes of one finding. */
void lanes_of_finding(const struct finding *f, struct lanes *l);

/* By what a thread is known again in another run, or in a core: the name that the program
 * gave it; or what the tool calls it. */
const char *site_key(const struct site *s);

/* What a site did: "write of 8 bytes, holding M1 and M2". */
void site_did(const struct site *s, char *buffer, size_t size);

/* The frames of a stack that are worth a line, innermost first; where none of them is
 * the program's own, all. Returns how many were put into `frames`, at most `most`. */
size_t shown_frames(const struct stack *s, const struct frame **frames, size_t most);

#endif
