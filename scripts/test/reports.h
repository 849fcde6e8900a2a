/*
 * reports.h - recorded reports, and what the readers have to find in them.
 *
 * Beside each recording in fixtures/reports is a file.expected, with one line for each
 * finding: its kind, a tab, its pair; "could not start" and "?" for a tool that did not.
 * Lines "never<TAB>kind<TAB>pair" name what a reader with a mistake in it would find.
 */
#ifndef REPORTS_H
#define REPORTS_H

#include "../walk/case.h"
#include "support.h"

/* Reads a file as a run's text or XML, by its suffix. */
void read_report(struct casefile *c, const char *path);

/* The same of bytes in memory, as text. */
void read_bytes(struct casefile *c, const char *bytes, size_t size);

/* "race\thmap_assign\n…": what the case has, sorted, each once; malloc'd. */
char *findings_of(const struct casefile *c);

/* Fails the test unless the recording's findings are exactly the expected ones. */
void report_is_as_expected(const char *path);

#endif
