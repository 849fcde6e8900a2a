/*
 * tell_report.h - a report, written down.
 */
#ifndef EXPLORE_TELL_REPORT_H
#define EXPLORE_TELL_REPORT_H

#include <stdio.h>

#include "../report.h"

void report_text(const struct report *r, FILE *out, int columns, bool colour);
void report_html(const struct report *r, FILE *out);
void report_json(const struct report *r, FILE *out);
/* "KIND<TAB>PAIR<TAB>words" for each defect: for scripts. */
void report_list(const struct report *r, FILE *out);

/* "race", "crash" …; and what it is about: "f/g", "SIGSEGV", "1", the words of a misuse.
 * The string of the second is overwritten by the fourth call after it. */
const char *defect_kind(const struct defect *d);
const char *defect_pair(const struct report *r, const struct defect *d);

/* What a kind of event is called: "locks". */
const char *event_words(int kind);

#endif
