/*
 * text.c - a stream of text, cut into lines; each is offered to the readers of
 * reports. The program's own output in between is nobody's, and skipped.
 */
#include <stdlib.h>
#include <string.h>

#include "read.h"

enum {
    BLOCK = 256 << 10,
    LINE_MOST = 16 << 10 /* bytes; no report has longer ones, and the rest of one is skipped */
};

struct cutter {
    struct line line;
    struct sanitizer *sanitizer;
    struct valgrind *valgrind;
};

static void offer(struct cutter *c, const char *at, size_t length) {
    c->line.number++;
    c->line.at = at;
    c->line.length = length > 0 && at[length - 1] == '\r' ? length - 1 : length;
    if (c->line.length > LINE_MOST)
        c->line.length = LINE_MOST;
    if (!valgrind_line(c->valgrind, c->line))
        sanitizer_line(c->sanitizer, c->line);
}

/* The lines of block[0..filled); returns how many bytes they took. At the end of the
 * stream the last one needs no newline. */
static size_t cut(struct cutter *c, char *block, size_t filled, bool end) {
    size_t at = 0;
    while (at < filled) {
        char *newline = memchr(block + at, '\n', filled - at);
        if (!newline && !end)
            break;
        size_t length = newline ? (size_t)(newline - (block + at)) : filled - at;
        offer(c, block + at, length);
        at += length + (newline != NULL);
    }
    return at < filled ? at : filled;
}

void read_text(struct casefile *c, FILE *in, const char *name, enum tool tool) {
    case_begin_run(c);
    if (tool < TOOL_COUNT)
        case_tool_ran(c, tool);
    char *block = malloc(BLOCK);
    if (!block)
        return;
    struct cutter cutter = {.sanitizer = sanitizer_new(c, name), .valgrind = valgrind_new(c, name)};
    size_t kept = 0, got;
    bool skipping = false; /* the rest of a line that was too long */
    while ((got = fread(block + kept, 1, BLOCK - kept, in)) > 0) {
        size_t filled = kept + got, used = 0;
        if (skipping) {
            char *newline = memchr(block, '\n', filled);
            used = newline ? (size_t)(newline - block) + 1 : filled;
            skipping = !newline;
        }
        used += cut(&cutter, block + used, filled - used, false);
        kept = filled - used;
        if (used == 0 && filled == BLOCK) { /* a line as long as the block */
            offer(&cutter, block, filled);
            skipping = true;
            kept = 0;
        } else
            memmove(block, block + used, kept);
    }
    if (!skipping)
        cut(&cutter, block, kept, true);
    if (ferror(in))
        case_note(c, "%s: could not be read to its end", name);
    sanitizer_end(cutter.sanitizer);
    valgrind_end(cutter.valgrind);
    free(block);
}
