/*
 * headline.h - what one line of a sanitizer says by itself: a report begins or ends,
 * the tool could not start, the tool fell over.
 */
#ifndef HEADLINE_H
#define HEADLINE_H

#include "frame.h"

enum said {
    SAID_NOTHING,
    SAID_RAN,          /* the tool is there; no report by itself */
    SAID_REPORT,       /* the first line of one */
    SAID_END,          /* "SUMMARY: …", its last line but for AddressSanitizer's appendix */
    SAID_CANNOT_START, /* the environment does not let it */
    SAID_DIED,         /* out of memory, a failed check of its own: at the start or later */
};

struct headline {
    enum tool tool;
    enum kind kind;    /* of a report */
    struct span words; /* its own: "data race", "SEGV on unknown address 0x8 (pc …)" */
    uint64_t process;  /* 0 when not said */
};

enum said headline_read(struct span line, struct headline *h);

#endif
