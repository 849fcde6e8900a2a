/*
 * cost.c - is it about as fast as the reference repair? A pause, one lock around
 * everything or a scan in place of a look-up would be slower by far.
 *
 * Both are run in turns, in one go, so that whatever else the machine does hits both; what
 * counts is the median of the ratios. A limit of three lets through every honest choice of
 * lock (of right ones, 1.8 was the most that was seen), and a neighbour's noise.
 */
#include <stdlib.h>
#include <string.h>

#include "asked.h"

enum { PAIRS = 5, MORE_PAIRS = 6, SECONDS = 20 };
static const double limit = 3, wanted = 0.1; /* seconds for a run of the reference */

/* Seconds for this many rounds, or less than 0 when it did not end well. */
static double timed(const struct trial *t, long rounds, double at_most) {
    char text[24], how[80];
    snprintf(text, sizeof text, "%ld", rounds);
    setenv("TEAM_ROUNDS", text, 1);
    struct child_end end = program_asked(t, "plain", "lab", "cost", at_most);
    unsetenv("TEAM_ROUNDS");
    if (end.how == CHILD_TIMEOUT)
        return at_most;
    return ended_well(&end, at_most, how, sizeof how) ? end.seconds : -1;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *list, int count) {
    qsort(list, (size_t)count, sizeof *list, by_size);
    return count % 2 ? list[count / 2] : (list[count / 2 - 1] + list[count / 2]) / 2;
}

/* Adds ratios, theirs to the reference's, until there are `most` of them, or three that are
 * all beyond the limit; false when a run did not end well. */
static bool compare(const struct trial *t, const struct trial *reference, long rounds,
                    double *ratios, int *count, int most) {
    int beyond = 0;
    while (*count < most && !(*count >= 3 && beyond == *count)) {
        double ours = timed(reference, rounds, SECONDS);
        double theirs = ours > 0 ? timed(t, rounds, ours * 20 + 1) : -1;
        if (theirs < 0)
            return false;
        beyond += theirs / ours > limit;
        ratios[(*count)++] = theirs / ours;
    }
    return true;
}

void ask_cost(const struct trial *t, struct opinion *o) {
    struct trial reference = *t;
    char built[256], program[300];
    snprintf(built, sizeof built, "solutions/%s", t->lab);
    snprintf(program, sizeof program, "build/plain/%s/lab", built);
    reference.built = built;
    o->verdict = ENVIRONMENT;
    o->cure = "the reference repair does not run here: make build says why";
    double ratios[PAIRS + MORE_PAIRS], once = -1;
    int count = 0;
    if (file_made(t, program))
        once = timed(&reference, 1, SECONDS);
    if (once <= 0)
        return;
    long rounds = once < wanted ? (long)(wanted / once) + 1 : 1;
    rounds = rounds > 2000 ? 2000 : rounds;
    bool well = compare(t, &reference, rounds, ratios, &count, PAIRS);
    if (well && count == PAIRS && median(ratios, count) > limit) /* or was somebody else busy? */
        well = compare(t, &reference, rounds, ratios, &count, PAIRS + MORE_PAIRS);
    o->tries = count;
    o->unit = "timed pairs";
    if (!well) {
        o->verdict = REJECTED;
        o->found = "a run that failed";
        o->story = "While it was timed, a run of it did not end well.\n";
        return;
    }
    double ratio = median(ratios, count);
    o->verdict = ratio > limit ? REJECTED : PASSED;
    o->detail = words("%.2g times the reference's time", ratio);
    if (o->verdict == REJECTED) {
        o->found = words("%.1f times the time", ratio);
        o->story = words(
            "It takes %.1f times as long as the reference repair does, for the same work. Up "
            "to %g\ntimes would be a matter of taste. Something in it waits, or keeps others "
            "waiting,\nfor longer than the map needs.\n",
            ratio, limit);
    }
}
