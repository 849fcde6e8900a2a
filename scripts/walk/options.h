/*
 * options.h - the command line of walk.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "read/read.h"
#include "tell/tell.h"

struct input_file {
    const char *path;
    enum tool tool; /* whose run it is said to be, or TOOL_COUNT */
};

struct options {
    struct input_file *inputs; /* malloc'd, as all lists here; they live to the end */
    size_t input_count;
    const char *core;
    const char *lab;
    const char *group;  /* a directory: --group */
    const char *output; /* NULL: standard output */
    const char *title;
    bool (*tell)(const struct casefile *, FILE *, const struct style *);
    struct style style;
    struct core_options read;
};

/* Fills *o, or ends the program: --help and --version with 0, anything wrong with 2 and
 * one line. */
void options_parse(struct options *o, int argc, char **argv);

/* One line to standard error, and the end. */
_Noreturn void stop(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
