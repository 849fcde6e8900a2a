/*
 * reading.h - all that the command line names, read into one case.
 */
#ifndef READING_H
#define READING_H

#include "options.h"

/* One report or saved facts, whichever it is. False, and what is wrong with it, when
 * it cannot be used. */
bool read_one(struct casefile *c, const struct input_file *file, const char **trouble);

/* Everything; ends the program (2 or 3) when a file cannot be used. */
void read_all(struct casefile *c, const struct options *o);

#endif
