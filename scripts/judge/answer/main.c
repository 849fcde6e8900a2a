/*
 * main.c - answer: is the diagnosis right? See --help.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../asked.h"
#include "../place.h"
#include "compare.h"

static const char usage[] =
    "usage: answer [--functions F/G] [--victim ROLE] [--class CLASS] NN-slug\n"
    "\n"
    "Holds a diagnosis of a lab, as it was shipped, against what the explorer and native\n"
    "runs find: which two functions cross, which thread is the victim, and what class of\n"
    "bug it is: data race, order, atomicity, lifetime, deadlock, lost wakeup. What is not\n"
    "given is asked for, on a terminal. Run by: make answer LAB=NN\n"
    "\n"
    "  --functions F/G  in any order; any function of either side's stack will do\n"
    "  --victim ROLE    reader, writer, main: as the program calls its threads\n"
    "  --class CLASS    see above\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 all of it is right; 1 something is not; 2 used wrongly; 3 the explorer\n"
    "cannot run here.\n";

static struct { char *functions, *victim, *class; } given;

static char *ask(const char *question) {
    char *line = NULL;
    size_t size = 0;
    fprintf(stdout, "%s ", question);
    fflush(stdout);
    if (getline(&line, &size, stdin) < 0)
        stop(2, "no answer");
    line[strcspn(line, "\n")] = '\0';
    return line;
}

/* "f/g", "f and g", "f g", "f, g" */
static void split(char *text, char **f, char **g) {
    char *state;
    *f = strtok_r(text, " /,", &state);
    *g = *f ? strtok_r(NULL, " /,", &state) : NULL;
    if (*g && strcmp(*g, "and") == 0)
        *g = strtok_r(NULL, " /,", &state);
    if (!*f || !*g)
        stop(2, "two functions, please: --functions f/g");
}

static const char *class_named(const char *text) {
    for (int i = 0; classes[i]; i++)
        if (strcmp(classes[i], text) == 0)
            return classes[i];
    stop(2, "'%s' is no class: data race, order, atomicity, lifetime, deadlock, lost wakeup", text);
}

static const char *read_options(int argc, char **argv) {
    static const struct option longs[] = {
        {"functions", required_argument, NULL, 'f'}, {"victim", required_argument, NULL, 'v'},
        {"class", required_argument, NULL, 'c'},     {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},         {0}};
    int c;
    while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
        switch (c) {
        case 'f': given.functions = optarg; break;
        case 'v': given.victim = optarg; break;
        case 'c': given.class = optarg; break;
        case 'h': fputs(usage, stdout); exit(0);
        case 'V': puts("answer (racelab) 1"); exit(0);
        default: exit(2);
        }
    if (optind + 1 != argc)
        stop(2, "which lab? (see answer --help)");
    bool all = given.functions && given.victim && given.class;
    if (!all && !isatty(STDIN_FILENO))
        stop(2, "not on a terminal: give --functions F/G, --victim ROLE and --class CLASS");
    return argv[optind];
}

int main(int argc, char **argv) {
    static struct trial t;
    static struct evidence e;
    char *f, *g;
    const char *lab = read_options(argc, argv);
    if (!given.functions)
        given.functions = ask("Which two functions cross?");
    if (!given.victim)
        given.victim = ask("Which thread is the victim?");
    if (!given.class)
        given.class = ask("Which class of bug is it?");
    split(given.functions, &f, &g);
    const char *class = class_named(given.class);
    trial_of_shipped(&t, lab);
    child_setup();
    gather_evidence(&t, &e);
    bool right = compare_functions(&t, &e, f, g, stdout);
    right &= compare_victim(&e, given.victim, stdout);
    right &= compare_class(&e, class, stdout);
    return right ? 0 : 1;
}
