/*
 * sanitizer_report.h - one report of a sanitizer: its lines, kept until it has ended,
 * and what they say.
 *
 * Reports come by the thousand and most are known, so what they say is read in two
 * steps: at first only what identifies it, and the rest when it is new.
 */
#ifndef SANITIZER_REPORT_H
#define SANITIZER_REPORT_H

#include "../case.h"
#include "headline.h"

struct row {
    unsigned at, length; /* in raw.bytes */
    unsigned more;       /* frames that followed this one, and are only counted */
    bool frame;
};

/* The report as it was printed. Row 0 is its headline. */
struct raw {
    struct pool pool; /* of the two arrays, which grow and are used again */
    char *bytes;
    size_t used, room;
    struct row *rows;
    size_t count, row_room;
    size_t line; /* number of the headline */
    size_t run;  /* frames so far in the stack that is being added */
    bool cut;    /* its end is missing */
    bool full;   /* lines were left out: see REPORT_KEPT */
};

/* Bytes of one report that are kept. Stacks are cut at STACK_KEPT frames, so only
 * what is no report, or damaged beyond use, is longer. */
enum { REPORT_KEPT = 4 << 20 };

void raw_clear(struct raw *r, size_t rows_kept);
void raw_add(struct raw *r, struct span line);
struct span raw_row(const struct raw *r, size_t i);

/* Reports of one key say the same but for addresses and threads. */
uint64_t report_key(const struct raw *r);

/*
 * What the report says, in *f, whose pointers are into `p`. With `brief`, only kind, tool
 * and the sites' stacks up to the blamed frames. False when it is so damaged that
 * nothing in it is sound.
 */
bool report_read(const struct raw *r, struct pool *p, struct finding *f, bool brief);

/* --- between sanitizer_report.c and the files for each tool's paragraphs ----------- */

struct reading {
    const struct raw *raw;
    struct pool *pool;
    struct finding *f;
    struct headline head;
    bool brief;

    struct stack *stack; /* where the next frames belong; NULL: nowhere */
    size_t next_number;
    bool optional; /* nobody misses these frames, nor asks whose they are */
    bool broken;   /* a frame was missing: what follows is not to be trusted */
    bool enough;   /* brief, and the blamed frame has been seen */

    struct site beyond; /* what is more than FINDING_SITES goes here, and is forgotten */
    struct span cycle;  /* lock order: "M0 (0x55…) => M1 (0x55…) => M0" */
};

/* The next frames go to `stack`; those of NULL are skipped. */
void reading_stack(struct reading *r, struct stack *stack, bool optional);

/* One more site; beyond FINDING_SITES one that is forgotten. */
struct site *reading_site(struct reading *r, enum access access);

/* "thread T2 'reader' " and the like of a paragraph: who is it in the report's words? */
struct site *reading_site_of(struct reading *r, const char *thread, struct site *after);

/* A paragraph's first line; false when it is none that is known. */
bool tsan_paragraph(struct reading *r, struct span row);
bool asan_paragraph(struct reading *r, struct span row);

#endif
