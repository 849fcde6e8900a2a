/*
 * report.h - what one exploration found: filled in by the driver, told by tell/.
 */
#ifndef EXPLORE_REPORT_H
#define EXPLORE_REPORT_H

#include "channel.h"

/* One defect: a failure or a race, replayed, shrunk, and traced. */
struct defect {
    struct failure failure;      /* of the shrunk schedule */
    uint64_t seed;               /* of the schedule it was found in */
    const char *policy;          /* that found it: "PCT, depth 3" */
    uint64_t found_at;           /* the how-manieth schedule tried, from 1 */
    uint64_t count;              /* schedules that failed with it; grows under --until end */
    uint32_t preemptions_before; /* of the schedule it was found in */
    uint32_t preemptions;        /* of the shrunk one */
    uint32_t shrink_replays;     /* schedules replayed to shrink it */
    uint64_t fewer_tried;        /* schedules tried with one preemption less, none failed */
    double shrink_seconds;
    int confirmed, confirmed_of; /* replays in fresh processes that failed alike */
    const struct channel *trace; /* of the traced replay of the shrunk schedule: result,
                                    events, stacks, blocks, memory; private to the defect */
    const char *output;          /* what the program wrote in that replay (stdout and
                                    stderr), or NULL; at most 64 KiB */
    const char *program;         /* the path it was started by */
    int known_index;             /* the driver's */
    bool kept;                   /* --save is to write this one's schedule */
    const char *schedule_file;   /* where the schedule is saved, or NULL */
};

enum { DEFECTS_MAX = 64 };

struct report {
    const char *program;    /* path, as given */
    char *const *arguments; /* its own, ends with NULL */
    struct defect defects[DEFECTS_MAX];
    int defect_count;
    int defects_lost; /* beyond DEFECTS_MAX */

    struct totals totals; /* of all workers together */
    int jobs;
    uint64_t first_seed, asked; /* seeds from first_seed; schedules asked for, 0: by time */
    int policy_count;           /* how many took turns */
    bool out_of_time, stopped;  /* ended by --seconds; by a signal */
    enum reset_kind reset;
    const char *reset_why; /* fork: what the program did that a snapshot can't restore */
    bool fibers;
    bool races_looked_for;
    bool weak;            /* loads could return old values */
    uint64_t unconfirmed; /* failures that a fresh process did not show: not reported */
    double seconds;       /* on the clock */
    struct channel_note notes[NOTES_MAX]; /* what is not covered, by name */
    int note_count;
    bool replay; /* not an exploration, but --replay of a file */
};

#endif
