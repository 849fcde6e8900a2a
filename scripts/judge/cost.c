/*
 * cost.c - is it about as fast as the reference repair? A pause, or a scan in place of a
 * look-up, would be slower by far.
 *
 * Both are run in turns, in one go. What is compared is the best time of each: whatever else
 * the machine does can make a run slower and never faster, and two threads that get into each
 * other's way do so in some runs only. A limit of three lets every honest choice of lock
 * through: right repairs have been seen to take up to twice as long.
 */
#include <stdlib.h>

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

struct best {
    double ours, theirs; /* seconds */
    int count;           /* of pairs */
};

/* Runs pairs until there are `most`, or three that leave no doubt; false when a run did not
 * end well. */
static bool compare(const struct trial *t, const struct trial *reference, long rounds,
                    struct best *b, int most) {
    while (b->count < most && !(b->count >= 3 && b->theirs > b->ours * limit * limit)) {
        double ours = timed(reference, rounds, SECONDS);
        double theirs = ours > 0 ? timed(t, rounds, ours * 20 + 1) : -1;
        if (theirs < 0)
            return false;
        if (!b->count || ours < b->ours)
            b->ours = ours;
        if (!b->count || theirs < b->theirs)
            b->theirs = theirs;
        b->count++;
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
    struct best best = {0};
    double once = -1;
    if (file_made(t, program))
        once = timed(&reference, 1, SECONDS);
    if (once <= 0)
        return;
    long rounds = once < wanted ? (long)(wanted / once) + 1 : 1;
    rounds = rounds > 2000 ? 2000 : rounds;
    bool well = compare(t, &reference, rounds, &best, PAIRS);
    if (well && best.theirs > best.ours * limit) /* or was somebody else busy? */
        well = compare(t, &reference, rounds, &best, PAIRS + MORE_PAIRS);
    o->tries = best.count;
    o->unit = "timed pairs";
    if (!well) {
        o->verdict = REJECTED;
        o->found = "a run that failed";
        o->story = "While it was timed, a run of it did not end well.\n";
        return;
    }
    double ratio = best.theirs / best.ours;
    o->verdict = ratio > limit ? REJECTED : PASSED;
    o->detail = words("%.2g times the reference's time", ratio);
    if (o->verdict == REJECTED) {
        o->found = words("%.1f times the time", ratio);
        o->story = words(
            "At its best it takes %.1f times as long as the reference repair does at its best, "
            "for\nthe same work. Up to %g times would be a matter of taste. Something in it waits, "
            "or\nkeeps others waiting, for longer than the map needs.\n",
            ratio, limit);
    }
}
