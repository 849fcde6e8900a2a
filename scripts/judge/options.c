/*
 * options.c - see options.h.
 */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"

static const char usage[] =
    "usage: judge [OPTION]... NN-slug\n"
    "\n"
    "Puts labs/NN-slug/map.c before everything that can reject it, the cheapest first.\n"
    "The first that does explains why. What none rejects is accepted, and it is said how\n"
    "rare what they look for could still be. Run by: make check LAB=NN\n"
    "\n"
    "  --all           after a rejection, ask the others too\n"
    "  --map FILE      judge FILE in place of labs/NN-slug/map.c\n"
    "  --keep          with --map: keep its programs and reports, and say where\n"
    "  --json FILE     write the verdict as JSON, too (-: to standard output, and\n"
    "                  nothing for people)\n"
    "  --junit FILE    the same as JUnit's XML\n"
    "  --results FILE  the same as the results.json that Gradescope reads\n"
    "  --help, --version\n"
    "\n";

static const char statuses[] =
    "\nExit status: 0 accepted; 1 rejected; 2 used wrongly; 3 nothing rejects it, but one of\n"
    "the tools cannot run here; 124 nothing rejects it, but one ran out of time.\n";

static _Noreturn void help(void) {
    fputs(usage, stdout);
    fputs("What it is put before, in this order:\n", stdout);
    for (const struct oracle *k = oracles; k->name; k++)
        printf("  %-9s %s\n", k->name, k->looks_for);
    fputs(statuses, stdout);
    exit(0);
}

enum { ALL = 1, MAP, KEEP, JSON, JUNIT, RESULTS, HELP, VERSION };

static void one_for_stdout(struct options *o) {
    int taken = 0;
    const char *const files[] = {o->json, o->junit, o->results};
    for (int i = 0; i < 3; i++)
        taken += files[i] && strcmp(files[i], "-") == 0;
    if (taken > 1)
        stop(2, "only one of --json, --junit and --results can go to standard output");
    o->quiet = taken == 1;
}

void options_read(struct options *o, int argc, char **argv) {
    static const struct option longs[] = {{"all", no_argument, NULL, ALL},
                                          {"map", required_argument, NULL, MAP},
                                          {"keep", no_argument, NULL, KEEP},
                                          {"json", required_argument, NULL, JSON},
                                          {"junit", required_argument, NULL, JUNIT},
                                          {"results", required_argument, NULL, RESULTS},
                                          {"help", no_argument, NULL, HELP},
                                          {"version", no_argument, NULL, VERSION},
                                          {0}};
    int c;
    while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
        switch (c) {
        case ALL: o->all = true; break;
        case MAP: o->map = optarg; break;
        case KEEP: o->keep = true; break;
        case JSON: o->json = optarg; break;
        case JUNIT: o->junit = optarg; break;
        case RESULTS: o->results = optarg; break;
        case HELP: help();
        case VERSION: puts("judge (racelab) 1"); exit(0);
        default: exit(2);
        }
    if (optind + 1 != argc)
        stop(2, "%s (see judge --help)",
             optind == argc ? "which lab? Give the name of its folder" : "one lab at a time");
    o->lab = argv[optind];
    one_for_stdout(o);
}
