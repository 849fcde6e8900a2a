/*
 * compare.c - see compare.h. A wrong answer is told what contradicts it, never what the
 * right one would have been.
 */
#include "compare.h"

#include <stdlib.h>
#include <string.h>

#include "../asked.h"
#include "../told.h"

const char *const classes[] = {"data race", "order",       "atomicity", "lifetime",
                               "deadlock",  "lost wakeup", NULL};

static void say(FILE *out, char *text) {
    tell_wrapped(text, 4, 4, out);
    free(text);
}

static bool in(const struct side *s, const char *function) {
    for (int i = 0; i < s->count; i++)
        if (strcmp(s->function[i], function) == 0)
            return true;
    return false;
}

/* --- which two cross ------------------------------------------------------------------ */

static int findings_with(const struct evidence *e, const char *f) {
    int n = 0;
    for (int i = 0; i < e->count; i++)
        n += in(&e->findings[i].a, f) || in(&e->findings[i].b, f);
    return n;
}

static const struct finding *crossing(const struct evidence *e, const char *f, const char *g) {
    for (int i = 0; i < e->count; i++) {
        const struct finding *k = &e->findings[i];
        if ((in(&k->a, f) && in(&k->b, g)) || (in(&k->a, g) && in(&k->b, f)))
            return k;
    }
    return NULL;
}

static void say_of(const struct trial *t, const struct evidence *e, const char *f, FILE *out) {
    int n = findings_with(e, f);
    if (!has_function(t, f))
        say(out, words("No function of this program is called %s.", f));
    else if (!n)
        say(out, words("%s is on no side of any of the %d findings in %ld schedules.", f, e->count,
                       e->schedules));
    else
        say(out, words("%s is there in %d of the %d findings.", f, n, e->count));
}

bool compare_functions(const struct trial *t, const struct evidence *e, const char *f,
                       const char *g, FILE *out) {
    const struct finding *k = crossing(e, f, g);
    fprintf(out, "Which two cross? %s and %s: %s\n", f, g, k ? "yes." : "no.");
    if (k) {
        say(out, words("A schedule shows it: %s, one in %s and the other in %s%s%s.", k->kind, f, g,
                       *k->words ? "; it says " : "", k->words));
        return true;
    }
    say_of(t, e, f, out);
    if (strcmp(f, g) != 0)
        say_of(t, e, g, out);
    if (findings_with(e, f) && findings_with(e, g))
        say(out, words("But never one on each side."));
    return false;
}

/* --- who is the victim ---------------------------------------------------------------- */

static const char *the(const char *role) {
    return strcmp(role, "main") ? "the " : "";
}

bool compare_victim(const struct evidence *e, const char *role, FILE *out) {
    int named = 0, found = -1;
    for (int i = 0; i < e->victim_count; i++) {
        named += e->victims[i].runs;
        if (strcmp(e->victims[i].role, role) == 0)
            found = i;
    }
    fprintf(out, "Who is the victim? %s: %s\n", role, found >= 0 ? "yes." : "no.");
    if (found >= 0 && e->victims[found].runs)
        say(out, words("It was %s%s that found out, in %d of %d native runs.", the(role), role,
                       e->victims[found].runs, e->native_runs));
    else if (found >= 0)
        say(out, words("A schedule shows it: it is %s%s that fails there.", the(role), role));
    else
        say(out, words("Of %d native runs %d failed; %d times the program said who found out, and "
                       "it was never "
                       "%s%s. Nor was it in any of the %ld schedules that failed.",
                       e->native_runs, e->native_deaths, named, the(role), role, e->failed));
    return found >= 0;
}

/* --- which class ---------------------------------------------------------------------- */

static const struct finding *of_kind(const struct evidence *e, const char *kind) {
    for (int i = 0; i < e->count; i++)
        if (strcmp(e->findings[i].kind, kind) == 0)
            return &e->findings[i];
    return NULL;
}

static const struct finding *freed_by_map(const struct evidence *e) {
    for (int i = 0; i < e->count; i++)
        if (e->findings[i].frees)
            return &e->findings[i];
    return NULL;
}

/* Nobody was interrupted: whole calls, one after the other, and it failed. */
static const struct finding *uninterrupted(const struct evidence *e) {
    for (int i = 0; i < e->count; i++)
        if (strcmp(e->findings[i].kind, "race") != 0 && strcmp(e->findings[i].kind, "deadlock") != 0
            && e->findings[i].preemptions == 0)
            return &e->findings[i];
    return NULL;
}

const char *class_of(const struct evidence *e) {
    return of_kind(e, "deadlock")             ? "deadlock"
           : of_kind(e, "lost wakeup")        ? "lost wakeup"
           : freed_by_map(e)                  ? "lifetime"
           : uninterrupted(e) || *e->raceless ? "order"
           : e->failed && !e->raced           ? "atomicity"
                                              : "data race";
}

static void support(const struct evidence *e, const char *class, FILE *out) {
    const struct finding *k = uninterrupted(e);
    if (strcmp(class, "deadlock") == 0 || strcmp(class, "lost wakeup") == 0)
        say(out, words("In a schedule, the threads wait and nobody is left to wake them."));
    else if (strcmp(class, "lifetime") == 0)
        say(out,
            words("In a schedule, one thread gives a block back while another one still uses it."));
    else if (strcmp(class, "order") == 0 && k)
        say(out, words("It fails in a schedule in which no thread is interrupted: they only come "
                       "in another "
                       "order. %s",
                       k->words));
    else if (strcmp(class, "order") == 0)
        say(out,
            words("The repair %s takes every data race away, and fails in %ld of %d schedules.",
                  e->raceless, e->raceless_failed, SCHEDULES));
    else if (strcmp(class, "atomicity") == 0)
        say(out, words("%ld of %ld schedules fail, and not one has a data race: each step is "
                       "guarded, and what "
                       "they are together is not.",
                       e->failed, e->schedules));
    else
        say(out, words("%ld of %ld schedules have one; and nothing fails unless a thread is "
                       "interrupted in the "
                       "middle of a call.",
                       e->raced, e->schedules));
}

static void contradict(const struct evidence *e, const char *class, FILE *out) {
    const struct finding *k = uninterrupted(e);
    if (strcmp(class, "data race") == 0 && !e->raced)
        say(out, words("%ld of %ld schedules fail, and in none of them do two accesses race.",
                       e->failed, e->schedules));
    else if (strcmp(class, "data race") == 0 && freed_by_map(e))
        say(out, words("There is one. But in a schedule, a thread uses a block that another one "
                       "has given back: "
                       "if both took a lock for it, the block would be gone all the same."));
    else if (strcmp(class, "data race") == 0 && *e->raceless)
        say(out, words("There is one. But the repair %s takes every race away, and fails in %ld of "
                       "%d schedules.",
                       e->raceless, e->raceless_failed, SCHEDULES));
    else if (strcmp(class, "data race") == 0 && k)
        say(out, words("There is one. But it fails in a schedule, too, in which no thread is "
                       "interrupted: %s",
                       k->words));
    else if (strcmp(class, "order") == 0)
        say(out, words("No schedule fails in which each call runs to its end before the next "
                       "begins: in any "
                       "order, they are right."));
    else if (strcmp(class, "atomicity") == 0)
        say(out, words("What is to be one step must be made of steps that are each guarded. %ld of "
                       "%ld schedules "
                       "have a data race, or a wait without an end.",
                       e->raced ? e->raced : e->failed, e->schedules));
    else if (strcmp(class, "lifetime") == 0)
        say(out, words("In %ld schedules, nobody used a block that map.c had given back.",
                       e->schedules));
    else
        say(out, words("In none of %ld schedules did a thread wait without an end.", e->schedules));
}

bool compare_class(const struct evidence *e, const char *class, FILE *out) {
    bool right = strcmp(class_of(e), class) == 0;
    fprintf(out, "Which class? %s: %s\n", class, right ? "yes." : "no.");
    (right ? support : contradict)(e, class, out);
    return right;
}
