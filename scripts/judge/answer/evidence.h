/*
 * evidence.h - what the tools find in a lab as it was shipped: the explorer's findings
 * with their stacks, and who died in native runs. An answer is held against this, and
 * against no sentence that somebody wrote down.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include <jansson.h>

#include "../judge.h"

enum { SCHEDULES = 300, NATIVE_RUNS = 10, VICTIMS_MAX = 16, SIDE_MAX = 64, FINDINGS_MAX = 128 };

/* The functions of one side of a finding, innermost first: any of them names it. */
struct side {
    char function[SIDE_MAX][48];
    int count;
};

struct finding {
    char kind[32];    /* "race", "deadlock", "abort", as the explorer calls it */
    char words[96];   /* what the program said last, or "" */
    struct side a, b; /* b is empty where only one side is known */
    int preemptions;  /* that suffice */
    bool frees;       /* a use after free whose block map.c gave back itself */
};

struct evidence {
    struct finding findings[FINDINGS_MAX];
    int count;
    long schedules, failed, raced;
    struct {
        char role[24];
        int runs; /* native ones in which it died; 0: a schedule showed it */
    } victims[VICTIMS_MAX];
    int victim_count, native_runs, native_deaths;
    char raceless[96]; /* a wrong repair that no race is left in and that fails all the
                          same: its name, or "" */
    long raceless_failed;
};

/* Builds the shipped map.c (git's, else the file there) and looks: about 10 seconds. */
void gather_evidence(const struct trial *t, struct evidence *e);

/* Is there a function of this name in the lab's program at all? */
bool has_function(const struct trial *t, const char *name);

#endif
