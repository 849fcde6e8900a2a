/*
 * campaign.h - the search: workers try seeds until something is found or all are tried.
 */
#ifndef EXPLORE_CAMPAIGN_H
#define EXPLORE_CAMPAIGN_H

#include "options.h"
#include "report.h"
#include "replay.h"

/* Explores o->program and fills in the report. The schedule of the first defect goes to
 * *first, if there is one. Ends the process with 2 or 3 where nothing can be explored. */
void campaign(const struct options *o, struct report *r, struct schedule *first);

/* Ends the process with 2 if o->program is none that can be explored. (program.c) */
void check_program(const struct options *o);

/* Confirms, shrinks and traces a failing schedule in processes of its own, until
 * worker_deadline. False: no fresh process shows it again, or there was no time to. On
 * return *s is the shrunk one, and d->trace and d->failure are of its trace. */
bool examine(const struct options *o, struct schedule *s, struct defect *d, enum reset_kind reset);

/* Only the last of these: runs it once more and keeps the trace and the output. False: there
 * was no time to. */
bool trace_defect(const struct options *o, const struct schedule *s, struct defect *d);

/* Frees what the report's defects hold. */
void report_free(struct report *r);

#endif
