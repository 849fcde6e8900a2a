/*
 * valgrind_words.h - the sentences of Helgrind and DRD, and what each means. Their text
 * and their XML use the same ones (helgrind/hg_errors.c and drd/drd_error.c of Valgrind
 * 3.15 to 3.22), so both readers ask here.
 */
#ifndef VALGRIND_WORDS_H
#define VALGRIND_WORDS_H

#include <stdbool.h>

#include "../kinds.h"

/* What a sentence does to the report, and whose stack follows it. */
enum role {
    ROLE_UNKNOWN,
    ROLE_HEADLINE, /* a report begins; the stack is of its first site */
    ROLE_ACQUIRED, /* begins one, too: where a lock was taken that is held for long */
    ROLE_HELD,     /* the headline that belongs to it */
    ROLE_CONFLICT, /* the second site's access */
    ROLE_BOUND,    /* the stack is near the other access, and not the access itself */
    ROLE_LOCKS,    /* held at the access */
    ROLE_OBSERVED, /* lock order: the lock that this thread took first */
    ROLE_REQUIRED, /* … that the other took first */
    ROLE_LATER,    /* … and then */
    ROLE_EARLIER,  /* where the lock was taken before */
    ROLE_FIRST,    /* where a lock was seen for the first time */
    ROLE_OBJECT,   /* what the address is part of; the stack is its allocation */
    ROLE_MORE,     /* a second sentence on that */
    ROLE_CODE,     /* what the call gave back */
    ROLE_LOST,     /* why there is no stack here */
    ROLE_CREATED,  /* a thread is announced; the stack is its creation */
    ROLE_ROOT,     /* the main thread is announced: it has none */
    ROLE_SPEAKER,  /* DRD: the thread that the next reports are of */
    ROLE_END       /* of the report */
};

struct meaning {
    enum role role;
    enum tool tool; /* who alone says so; TOOL_COUNT: either of them */
    enum kind kind; /* of a headline */
    enum access access;
};

/* What a sentence means, without the blanks at its ends. */
struct meaning valgrind_meaning(const char *sentence);

/* The kind behind an XML <kind>; KIND_OTHER where it is not known. */
enum kind valgrind_kind(const char *name);

/* The tool that presents itself: "Helgrind, a thread error detector". TOOL_COUNT, and
 * *other is its name, when it is another one of Valgrind's; NULL when it is no banner. */
enum tool valgrind_banner(const char *sentence, const char **other);

/* Is the death of it that somebody outside wanted it to end: a time limit, Ctrl-C? */
bool valgrind_stopped_from_outside(const char *headline);

/* Of a line "valgrind: …" that has no process in front. */
enum trouble { TROUBLE_NONE, TROUBLE_START, TROUBLE_CRASH };
enum trouble valgrind_trouble(const char *line);

/* The tool that a file is named after: "helgrind-lab.txt"; TOOL_COUNT: none. */
enum tool valgrind_tool_of_file(const char *name);

/* Is it glibc's, of a frame whose file has no directory (without --fullpath-after)? */
struct frame;
bool valgrind_c_library(const struct frame *f);

/* The number behind this text in a sentence; 0 where it is not. Base 10 or 16. */
unsigned long valgrind_number(const char *sentence, const char *behind, int base);

#endif
