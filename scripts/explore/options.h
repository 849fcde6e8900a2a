/*
 * options.h - the command line of explore.
 */
#ifndef EXPLORE_OPTIONS_H
#define EXPLORE_OPTIONS_H

#include <stdbool.h>

#include "channel.h"

enum until { UNTIL_FAILURE, UNTIL_RACE, UNTIL_END };
enum format { FORMAT_TEXT, FORMAT_HTML, FORMAT_JSON, FORMAT_LIST };

struct options {
    char **program;     /* PROGRAM ARG…, ends with NULL */
    uint64_t schedules; /* at most; 0: as many as there is time for */
    double seconds;     /* at most, on the clock */
    uint64_t seed;      /* the first */
    const char *policy; /* mix, pct, pos, walk, surw */
    int jobs;
    enum until until;
    enum format format;
    uint32_t steps; /* events of one schedule; 0: by calibration */
    double timeout; /* seconds without a new schedule: it hangs */
    int reset;      /* enum reset_kind, or -1: decided by what the program does */
    bool races;
    bool weak; /* loads may return old values */
    bool kernel_threads;
    bool randomized;    /* addresses as the system gives them */
    const char *replay; /* a schedule file */
    const char *save;   /* where the schedule of the first defect goes */
    const char *output; /* the page goes to this file */
    bool gdb;
    int width;  /* columns; 0: the terminal's */
    int colour; /* 0 never, 1 always, -1 on a terminal */
};

/* Reads the command line; ends the process for --help, --version (0) and mistakes (2). */
void options_read(struct options *o, int argc, char **argv);

/* The policies that take turns. Returns how many. */
int options_policies(const struct options *o, struct policy *to);
const char *policy_name(const struct policy *p); /* "PCT, depth 3" */

/* "explore: …" on standard error, then exit. */
_Noreturn void stop(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
