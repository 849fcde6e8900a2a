/*
 * asked.h - running the programs that an opinion is made of: within a time limit, without
 * cores, with a bound on memory and on the size of files, and with their output kept in
 * the trial's folder for evidence.
 */
#ifndef ASKED_H
#define ASKED_H

#include <stdio.h>

#include "child.h"
#include "judge.h"

/* What a program of a lab may take; the hungriest solution has 30 MB. */
enum { PROGRAM_MEMORY_MB = 1024 };

/* Runs argv for at most `timeout` seconds; stdout goes to OUT/<name>.txt, stderr to
 * OUT/<name>.err. Ends the judge, with status 128 + signal, when that was asked to end. */
struct child_end asked(const struct trial *t, const char *const *argv, const char *name,
                       double timeout);

/* Runs a program of the repair, "lab" or "rules", built in `mode`: its stderr and stdout
 * together in OUT/<name>.txt, with a limit on memory. */
struct child_end program_asked(const struct trial *t, const char *mode, const char *program,
                               const char *name, double timeout);

/* Did it end as it should? If not, how: "died of SIGSEGV", "still ran after 5 s". */
bool ended_well(const struct child_end *end, double timeout, char *how, size_t size);

/* Makes programs of the repair: mode and name, "plain/lab"; the list ends with NULL. False
 * with the compiler's words in OUT/make.err. */
bool made(const struct trial *t, const char *const *programs);

/* Makes a program that is no repair's to judge: "build/plain/solutions/01-…/lab". */
bool file_made(const struct trial *t, const char *path);

/* OUT/<name>, in a buffer that stays until the next call but three. */
const char *in_out(const struct trial *t, const char *name);

/* All of a file, or as much as fits into 64 KiB; "" when there is none. To be freed. */
char *file_text(const char *path);

/* 0 of n tries showed it: how rare must it be, in percent, at 95%? The rule of three
 * (Hanley and Lippman-Hand, JAMA 1983): 3/n; under ten tries the exact 1 - 0.05^(1/n). */
double below_percent(long tries);

/* printf into a new string. Never NULL: without memory, the judge ends with status 3. */
char *words(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A file whose text is in *text once it is closed; the same. */
FILE *words_begin(char **text, size_t *size);

/* Ends the judge with one line on stderr. */
_Noreturn void stop(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
