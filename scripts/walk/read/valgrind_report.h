/*
 * valgrind_report.h - one process's reports, put together from sentences and frames: the
 * text and the XML of Helgrind and DRD differ in how those are written down, not in what
 * they say.
 *
 *     vg_say(&r, sentence, line, VG_FIRST_COLUMN);
 *     vg_frame(&r, 0x109181, bytes, parse, true);       the innermost
 *     vg_frame(&r, 0x1091c7, bytes, parse, false);      its caller
 *     vg_finish(&r, false);             the report has ended
 *
 * A site whose stack is damaged before the frame to blame is left out, as another function
 * would be blamed; a report that has no other is left out and noted.
 */
#ifndef VALGRIND_REPORT_H
#define VALGRIND_REPORT_H

#include "../case.h"
#include "frame.h"
#include "valgrind_known.h"
#include "valgrind_words.h"

enum {
    VG_SENTENCE_MOST = 1024,     /* bytes; Valgrind's own are shorter but for long names */
    VG_REPORT_MOST = 256 << 10,  /* bytes for one report: several stacks of STACK_KEPT frames */
    VG_THREADS_MOST = 256 << 10, /* bytes for where threads were created */
    VG_THREADS_KEPT = 1024,
    VG_LOCKS_NAMED = 32, /* the latest; a report speaks of two or three */
    VG_NAME_MOST = 64,
};

struct vg_thread {
    unsigned long number;
    struct stack created;
};

struct vg_lock {
    unsigned long address;
    char name[VG_NAME_MOST]; /* of the variable */
};

struct vg_report {
    struct casefile *c;
    const char *name;    /* of the input */
    struct known *known; /* the input's frames */
    enum tool tool;      /* TOOL_COUNT: not known yet */

    /* what is remembered as long as the process lives */
    struct pool threads_pool;
    struct vg_thread *threads; /* as they were announced */
    size_t thread_count;
    struct vg_lock locks[VG_LOCKS_NAMED];
    size_t lock_next;
    char speaker[VG_NAME_MOST]; /* DRD's "Thread 3:" */

    /* the report */
    struct pool pool;
    struct finding f;
    bool open;
    unsigned unsound;      /* bits: sites whose stack is damaged before the frame to blame */
    struct stack *target;  /* where the next frames belong; NULL: nowhere */
    struct stack *paused;  /* target until the line before: cut off, that may be no end */
    unsigned long lock;    /* the one described last; 0: the report's object is */
    bool lock_order_later; /* the required order is being told */

    /* an unknown sentence: a headline when a stack follows */
    char maybe[VG_SENTENCE_MOST];
    size_t maybe_line;
};

/* A frame in pieces of the input; what is not there is empty. */
struct vg_frame {
    struct span function, directory, file, module;
    int line;
};

/* What the bytes of a frame say; false when they are damaged. */
typedef bool vg_parse(struct span raw, struct vg_frame *f);

enum vg_place {
    VG_FIRST_COLUMN, /* where headlines stand */
    VG_INDENTED,     /* what belongs to one */
    VG_HEADLINE,     /* surely a headline: XML says so */
};

/* False when the sentence is not one of Helgrind's or DRD's. `kind` is taken for a
 * headline that is not known; KIND_OTHER where nothing better is. */
bool vg_say(struct vg_report *r, struct span sentence, size_t line, enum vg_place place,
            enum kind kind);
void vg_frame(struct vg_report *r, uint64_t address, struct span raw, vg_parse *parse,
              bool innermost);
/* The same in the words of the case, strings in `p`. */
void vg_frame_read(struct pool *p, const struct vg_frame *from, struct frame *f);
/* The frames that follow belong to nothing that is known. */
void vg_pause(struct vg_report *r);
/* A line of the stack is damaged. */
void vg_damaged(struct vg_report *r);
/* The report, if there is one, has ended: with `cut`, because the input has. */
void vg_finish(struct vg_report *r, bool cut);
/* The memory is given back. */
void vg_free(struct vg_report *r);

/* Of a program that died: what is known of the reason. */
void vg_reason(struct vg_report *r, const char *sentence);

#endif
