/*
 * judge.h - a repair is put before one oracle after the other, the cheapest first. Each
 * has an opinion; the first that rejects it explains why.
 *
 * An oracle can only find something or find nothing. "Accepted" means that all of them
 * found nothing, and how rare what they look for can still be is said with it.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include <stdbool.h>
#include <stddef.h>

enum verdict {
    NOT_ASKED,   /* another one had rejected it before */
    PASSED,      /* found nothing */
    DOUBTED,     /* found something that is known to be no defect: see doubt.h */
    REJECTED,    /* found something */
    ENVIRONMENT, /* could not be asked here, through no fault of the repair */
    LATE         /* found nothing in the time it has, and was not done */
};

/* What one oracle says. Strings are malloc'ed or literals, and stay. */
struct opinion {
    enum verdict verdict;
    long tries;         /* how many were made; 0: it does not count */
    const char *unit;   /* of what: "runs", "schedules" */
    bool random;        /* tries are draws by lot: a rate can be stated */
    const char *found;  /* REJECTED, DOUBTED: for the table, "race hmap_assign/hmap_next" */
    const char *detail; /* a few words for the table in any case: "0.9 of ours", or NULL */
    const char *story;  /* REJECTED, DOUBTED: why, for people; lines, ends with a newline */
    const char *cure;   /* ENVIRONMENT: what to do, one line */
    double seconds;
};

/* What is judged, and with what. */
struct trial {
    const char *lab;   /* "01-concurrent-write" */
    const char *map;   /* the repair: path, relative to the project's root, if it is inside */
    const char *built; /* folder of its programs below build/<mode>/: "judge/01-…/1234" */
    const char *out;   /* folder for evidence: "build/judge/01-…/1234" */
    bool ours;         /* it is labs/NN/map.c itself, and not a file from elsewhere */
    const struct opinion *opinions; /* so far: one for each of oracles[] */
    bool all;                       /* go on after a rejection */
};

struct oracle {
    const char *name;
    const char *looks_for; /* for --help and the table's legend */
    void (*ask)(const struct trial *, struct opinion *);
};

/* In the order in which they are asked; ends with a name of NULL. */
extern const struct oracle oracles[];

/* One each; see the head of its file for what it does, and what it misses. */
void ask_compiler(const struct trial *, struct opinion *);
void ask_honesty(const struct trial *, struct opinion *);
void ask_rules(const struct trial *, struct opinion *);
void ask_stress(const struct trial *, struct opinion *);
void ask_explore(const struct trial *, struct opinion *);
void ask_tsan(const struct trial *, struct opinion *);
void ask_helgrind(const struct trial *, struct opinion *);
void ask_drd(const struct trial *, struct opinion *);
void ask_leaks(const struct trial *, struct opinion *);
void ask_cost(const struct trial *, struct opinion *);

#endif
