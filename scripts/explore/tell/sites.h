/*
 * sites.h - who did what where in a defect: the sites that walk joins with those of other
 * tools.
 *
 *     struct defect_site sites[SITES_MAX];
 *     int n = defect_sites(d, sites);
 *
 * Of a race, a use after free and a double free there are two, the later one first; of a
 * deadlock one for each thread of the circle, each of which waits for the next; else one.
 * The program's symbols are open (symbols_open), and stay so.
 */
#ifndef EXPLORE_SITES_H
#define EXPLORE_SITES_H

#include "../report.h"
#include "symbols.h"

enum { SITES_MAX = 16, SITE_FRAMES_MAX = 80 };

/* Return addresses: of the site itself (0: none), and of its callers, innermost first. */
struct call_stack {
    uint64_t pc;
    const uint64_t *callers;
    uint32_t depth;
};

struct defect_site {
    int thread;
    const char *name; /* the thread's, or "" */
    const char *does; /* "reads", "locks", "dies" */
    uint32_t step;    /* 0: no event */
    uint32_t size;    /* bytes of the access; 0: it is none */
    uint64_t address; /* accessed; the object's; or 0 */
    struct call_stack stack;
    struct call_stack held; /* deadlock: where it took the lock that another waits for */
};

int defect_sites(const struct defect *d, struct defect_site to[SITES_MAX]);

struct site_frame {
    struct place place;
    uint64_t address; /* of the call, in the file of the program; outside: in memory */
    bool outside;     /* in a library, of which nothing is known */
    bool inlined;     /* in the next one */
};

/* The frames of a stack, innermost first; how many, at most SITE_FRAMES_MAX. */
int site_frames(const struct channel *trace, const struct call_stack *stack,
                struct site_frame to[SITE_FRAMES_MAX]);

#endif
