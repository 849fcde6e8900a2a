/*
 * frame.h - one frame of a stack, as a text report prints it.
 *
 * A span is a piece of a line: neither copied nor NUL-terminated. The functions that
 * take something from its beginning leave it as it is when that is not there.
 */
#ifndef FRAME_H
#define FRAME_H

#include <string.h>

#include "../case.h"

struct span {
    const char *at;
    size_t length;
};

static inline bool span_starts(struct span s, const char *prefix) {
    size_t n = strlen(prefix);
    return s.length >= n && memcmp(s.at, prefix, n) == 0;
}

/* "prefix" is taken away, or false. */
static inline bool span_take(struct span *s, const char *prefix) {
    if (!span_starts(*s, prefix))
        return false;
    s->at += strlen(prefix);
    s->length -= strlen(prefix);
    return true;
}

/* A decimal number; one with 0x in front. */
bool span_take_number(struct span *s, uint64_t *number);
bool span_take_hex(struct span *s, uint64_t *number);

/* All before `text` is taken away and put in *before, and so is `text`; or false. */
bool span_take_until(struct span *s, const char *text, struct span *before);

bool span_ends(struct span s, const char *suffix);

/* A copy; NULL of what is empty. */
const char *span_copy(struct pool *p, struct span s);

/* Is the line "    #3 …"? */
bool frame_line(struct span line);

/*
 * A sanitizer's frame:
 *     #1 grow labs/common/hmap.c:228:9 (lab+0x3c12) (BuildId: 51c4…)
 *     #1 0x5555555552d6 in void drop<base>(base*) new-delete.cpp:11
 * Its number goes to *number. False when it is none, or is cut off: a frame without a
 * place is not to be trusted, as its function's name may have lost its end. Of
 * ThreadSanitizer's frames, `address` is the offset in the module.
 */
bool frame_read(struct pool *p, struct span line, struct frame *f, size_t *number);

/* Without return type, parameters, and what compilers append to clones:
 * "void shop::cache<int>::put(int) const" is "shop::cache<int>::put". */
struct span function_bare(struct span function);

/* Frames printed one after the other at one address are one call, inlined: all but
 * the last are marked. Recursion repeats addresses too, but also functions. */
void frames_mark_inlined(struct frame *frames, size_t count);

#endif
