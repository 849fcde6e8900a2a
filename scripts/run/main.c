/*
 * run - runs a program many times, each with a time limit, and says how each
 * run ended. The scripts are built on it; see --help.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "child.h"

static const char usage[] =
    "usage: run [OPTION]... -- PROGRAM [ARG]...\n"
    "Runs PROGRAM again and again, each time in its own process group, with a\n"
    "time limit and core dumps allowed, and prints a line of tab-separated fields\n"
    "for each run:\n"
    "    number  exit|signal|timeout  value  seconds  pid  output-file\n"
    "value is the exit status, the signal's name (SIGSEGV), or the limit.\n"
    "\n"
    "  --runs N            how often (1)\n"
    "  --timeout S         seconds for one run (10)\n"
    "  --out DIR           where run-N.txt goes: its output; must exist (.)\n"
    "  --until-signal      stop after the first run that a signal ended\n"
    "  --no-core           core dumps forbidden\n"
    "  --fixed-addresses   no address randomization, where that is allowed\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 all runs were made, however they ended; 2 used wrongly, or\n"
    "PROGRAM cannot be started; 3 no process or file could be made.\n";

static struct options {
    long runs;
    double timeout;
    const char *out;
    bool until_signal, fixed_addresses, no_core;
} options = {.runs = 1, .timeout = 10, .out = "."};

static _Noreturn void wrong(const char *format, const char *what) {
    fputs("run: ", stderr);
    fprintf(stderr, format, what);
    fputs(" (see run --help)\n", stderr);
    exit(2);
}

static double number(const char *option, const char *text, double least, double most) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value) || value < least || value > most) {
        fprintf(stderr, "run: %s takes a number from %.10g to %.10g, not '%s' (see run --help)\n",
                option, least, most, text);
        exit(2);
    }
    return value;
}

static char **parse(int argc, char **argv) {
    static const struct option longs[] = {{"runs", required_argument, NULL, 'n'},
                                          {"timeout", required_argument, NULL, 't'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"until-signal", no_argument, NULL, 'u'},
                                          {"fixed-addresses", no_argument, NULL, 'f'},
                                          {"no-core", no_argument, NULL, 'c'},
                                          {"help", no_argument, NULL, 'h'},
                                          {"version", no_argument, NULL, 'v'},
                                          {0}};
    int c;
    while ((c = getopt_long(argc, argv, "+", longs, NULL)) != -1)
        switch (c) {
        case 'n': options.runs = lround(number("--runs", optarg, 1, 1000000)); break;
        case 't': options.timeout = number("--timeout", optarg, 0.01, 86400); break;
        case 'o': options.out = optarg; break;
        case 'u': options.until_signal = true; break;
        case 'f': options.fixed_addresses = true; break;
        case 'c': options.no_core = true; break;
        case 'h': fputs(usage, stdout); exit(0);
        case 'v': puts("run (racelab) 1"); exit(0);
        default: exit(2);
        }
    if (!argv[optind])
        wrong("%s", "which program? Put it after --");
    struct stat st;
    if (stat(options.out, &st) || !S_ISDIR(st.st_mode))
        wrong("--out: %s is no directory", options.out);
    return argv + optind;
}

static void print_run(long n, const struct child_end *end, const char *output) {
    printf("%ld\t", n);
    if (end->how == CHILD_SIGNAL)
        printf("signal\tSIG%s", sigabbrev_np(end->value) ? sigabbrev_np(end->value) : "?");
    else if (end->how == CHILD_TIMEOUT)
        printf("timeout\t%g", options.timeout);
    else
        printf("exit\t%d", end->value);
    printf("\t%.3f\t%d\t%s\n", end->seconds, (int)end->pid, output);
    fflush(stdout);
}

int main(int argc, char **argv) {
    char **program = parse(argc, argv);
    child_setup();
    bool said = false;
    for (long n = 1; n <= options.runs; n++) {
        char output[4096];
        snprintf(output, sizeof output, "%s/run-%ld.txt", options.out, n);
        struct child_plan plan = {.argv = program,
                                  .timeout = options.timeout,
                                  .output = output,
                                  .fixed_addresses = options.fixed_addresses,
                                  .no_core = options.no_core};
        struct child_end end = child_run(&plan);
        if (end.how == CHILD_STOPPED)
            return 128 + end.value;
        if (end.how == CHILD_CANNOT) {
            bool starting = strcmp(end.cannot, "start") == 0;
            fprintf(stderr, "run: cannot %s %s: %s\n", end.cannot, starting ? program[0] : output,
                    strerror(end.value));
            return starting ? 2 : 3;
        }
        if (end.randomized && !said) {
            said = true;
            fputs("run: addresses stay random: this system forbids personality()\n", stderr);
        }
        print_run(n, &end, output);
        if (options.until_signal && end.how == CHILD_SIGNAL)
            break;
    }
    return 0;
}
