/*
 * support.h - what the tests share: running a command to its end, and labs.
 *
 * Tests run from the project's root. Racy programs are always run as commands,
 * never linked in: a test must survive them.
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdbool.h>

struct outcome {
    int status; /* exit status; or -1 */
    int signal; /* the signal it died of; or 0 */
    bool late;  /* it was stopped at the time limit */
    char *out;  /* its standard output, whole; NUL-terminated, malloc'd */
    char *err;  /* its standard error, likewise */
};

/* Runs a command, given as for a shell ("scripts/tsan.sh --runs 3 -- x"), with a
 * limit in seconds. Fails the test if it cannot be started at all. */
struct outcome sh(double timeout, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* sh() on a program that a signal may end: it is not run through a shell. */
struct outcome program(double timeout, const char *path);

/* A directory of the test's own, for a suite that says
 *     TestSuite(name, .init = make_tmp, .fini = remove_tmp); */
extern char tmp[64];
void make_tmp(void);
void remove_tmp(void);

/* The same, with a copy of the project in tmp/tree: a git repository of its own, with
 * progress of its own, in tmp/home. A script stands in for the judge there
 * (fixtures/loop/judge.sh), and map.c tells it what to say. */
void make_tree(void);

/* sh() in that copy. */
struct outcome in_tree(double timeout, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Where the project itself is, once make_tree() was called. */
extern char project[512];

/* Fails the test unless text holds what is expected. */
void must_say(const char *text, const char *expected);

/* How many lines a text has. */
int lines(const char *text);

/* A file, whole, malloc'd; fails the test when it is not there. */
char *slurp(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Fails the test with all that is known unless `o` exited with `status`. */
void exited(struct outcome o, int status);

/* The same, and its standard error is one line which holds `says`. */
void refused(struct outcome o, int status, const char *says);

/* For ParameterizedTestParameters: one parameter for each file that the glob
 * pattern matches; at least one. The parameter is its path. */
typedef char path_param[256];
struct criterion_test_params each(const char *pattern);

/* "01-concurrent-write" of "labs/01-concurrent-write/map.c": the second part. */
char *lab_of(const char *path);

#endif
