/*
 * corpus.h - programs whose defects are known (fixtures/schedules): each says in its first
 * lines what is to be found ("expect: race give/take", "expect: none"), and how.
 */
#ifndef CORPUS_H
#define CORPUS_H

#include "support.h"

#define EXPLORE "build/bin/explore "
#define FIXTURES "scripts/test/fixtures/schedules/"

/* What stands after "KEY: " in the first lines of a program; "" where it has no such key. */
const char *says(const char *source, const char *key);

/* Compiled with that compiler and those flags; the program is tmp/NAME. */
const char *made(const char *compiler, const char *flags, const char *source);

/* Fails the test unless the explorer finds what is expected, and nothing else, but for what
 * corpus.c lists of that compiler. A correct program gets at most so many schedules; 0: as
 * many as it says. */
void finds_what_is_expected(const char *compiler, const char *flags, const char *source, int most);

/* The hash of all schedules, in what explore --json printed; and that of 600 of them. */
char *hash_in(struct outcome exploration);
char *hash_of(const char *options, const char *program);

#endif
