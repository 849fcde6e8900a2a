/*
 * group.h - hundreds of reports and cores, sorted into cases.
 */
#ifndef GROUP_H
#define GROUP_H

#include "options.h"

/* Reads every regular file in o->group and below, each as a case of its own, and
 * writes the clusters to `out`, biggest first. Files that are neither a report nor a
 * core are counted and named. Returns the exit status: 0 none was a defect, 1, or 2. */
int group(const struct options *o, FILE *out);

#endif
