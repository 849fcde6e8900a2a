/*
 * options.h - what the command line of `judge` says.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

struct options {
    const char *lab; /* folder name below labs/ */
    const char *map; /* as given, or NULL: the lab's own */
    bool all;
    bool keep;           /* programs and evidence of a --map stay */
    const char *json;    /* file, "-" for standard output, or NULL */
    const char *junit;   /* the same */
    const char *results; /* the same: for autograders that read results.json */
    bool quiet;          /* nothing for people: standard output is taken */
};

/* Ends the process for --help, --version, and with status 2 for what is wrong. */
void options_read(struct options *o, int argc, char **argv);

#endif
