/*
 * honest_text.c - what may not stand in a repair. See honesty.h.
 *
 * Names are looked for as they stand; `##` is refused, so no name can be made of two.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "honesty.h"

void object(struct objections *o, int line, int column, const char *what, const char *why, ...) {
    for (int i = 0; i < o->count && i < OBJECTIONS_MAX; i++)
        if (strcmp(o->list[i].what, what) == 0)
            return; /* once is enough */
    if (o->count++ >= OBJECTIONS_MAX)
        return;
    struct objection *next = &o->list[o->count - 1];
    next->line = line;
    next->column = column;
    snprintf(next->what, sizeof next->what, "%s", what);
    va_list arguments;
    va_start(arguments, why);
    vsnprintf(next->why, sizeof next->why, why, arguments);
    va_end(arguments);
}

/* --- single names --------------------------------------------------------------------- */

#define BLINDS                                                                                     \
    "It takes code out of a detector's sight. What it does not see it cannot report, "             \
    "and the race is still there."
#define SMELLS                                                                                     \
    "It makes the map behave otherwise when it is watched. What is judged has to be "              \
    "what will run."
#define EARLY "It runs before main or after it, where no check of the lab can see it."

static const struct {
    const char *name; /* ends with * : begins so */
    const char *why;
} unwanted[] = {
    {"asm", "Assembly is read by neither the judge nor the detectors."},
    {"__asm*", "Assembly is read by neither the judge nor the detectors."},
    {"no_sanitize*", BLINDS},
    {"__no_sanitize*", BLINDS},
    {"no_address_safety_analysis", BLINDS},
    {"disable_sanitizer_instrumentation", BLINDS},
    {"no_instrument_function", BLINDS},
    {"optimize", "How it is compiled is the same for everybody."},
    {"__optimize__", "How it is compiled is the same for everybody."},
    {"constructor", EARLY},
    {"__constructor__", EARLY},
    {"destructor", EARLY},
    {"__destructor__", EARLY},
    {"ifunc", EARLY},
    {"__tsan_*", "These belong to ThreadSanitizer; a repair has nothing to tell it."},
    {"AnnotateIgnore*", BLINDS},
    {"AnnotateBenignRace*", BLINDS},
    {"__SANITIZE_THREAD__", SMELLS},
    {"__has_feature", SMELLS},
    {"RUNNING_ON_VALGRIND", SMELLS},
    {"NVALGRIND", SMELLS},
    {"FEW", SMELLS},
};

static bool named(const struct tokens *t, size_t i, const char *name) {
    size_t n = strlen(name);
    char prefix[64];
    if (name[n - 1] != '*')
        return token_is(t, i, name);
    snprintf(prefix, sizeof prefix, "%.*s", (int)n - 1, name);
    return token_begins(t, i, prefix);
}

static void names(const struct tokens *t, size_t i, struct objections *o) {
    const struct token *k = &t->list[i];
    char what[80];
    for (size_t n = 0; n < sizeof unwanted / sizeof *unwanted; n++)
        if (named(t, i, unwanted[n].name)) {
            snprintf(what, sizeof what, "uses %.*s", k->length, k->text);
            object(o, k->line, k->column, what, "%s", unwanted[n].why);
        }
}

/* --- words to Valgrind --------------------------------------------------------------------
 *
 * Saying who waits for whom is allowed: Helgrind and DRD cannot see it in C11 atomics.
 * So is telling them to leave alone what *is* atomic (lab 04): they take every atomic
 * access for a race. Anything else would leave alone a real one.
 */

static const char *const orders[] = {"ANNOTATE_HAPPENS_BEFORE", "ANNOTATE_HAPPENS_AFTER",
                                     "ANNOTATE_HAPPENS_BEFORE_FORGET_ALL", "ANNOTATE_RWLOCK_*"};
static const char *const leaves_alone[] = {"VALGRIND_HG_DISABLE_CHECKING", "DRD_IGNORE_VAR",
                                           "ANNOTATE_BENIGN_RACE", "ANNOTATE_BENIGN_RACE_SIZED"};
static const char *const requests[] = {"VALGRIND_*", "DRD_*", "ANNOTATE_*"};

#define AMONG(t, i, list) among(t, i, list, sizeof(list) / sizeof *(list))
static bool among(const struct tokens *t, size_t i, const char *const *list, size_t count) {
    for (size_t n = 0; n < count; n++)
        if (named(t, i, list[n]))
            return true;
    return false;
}

/* Is the thing called like token n declared atomic, anywhere in the file? In C11,
 * "_Atomic(struct table *) table" and "atomic_int users" are. */
static bool declared_atomic(const struct tokens *t, const struct token *n) {
    for (size_t i = 0; i < t->count; i++) {
        if (!token_begins(t, i, "_Atomic") && !token_begins(t, i, "atomic_"))
            continue;
        for (size_t j = i + 1; j < t->count && !token_is(t, j, ";"); j++) {
            const struct token *k = &t->list[j];
            bool same = k->length == n->length && memcmp(k->text, n->text, (size_t)n->length) == 0;
            if (same
                && (token_is(t, j + 1, ";") || token_is(t, j + 1, "=") || token_is(t, j + 1, ",")))
                return true;
            if (token_is(t, j, "{") || token_is(t, j, "&"))
                break; /* a call, or the body of a function: no declaration */
        }
    }
    return false;
}

/* The last name of the first argument: "table" in (&table, sizeof table), "->users". */
static const struct token *about(const struct tokens *t, size_t i) {
    const struct token *last = NULL;
    if (!token_is(t, i + 1, "("))
        return NULL;
    for (size_t j = i + 2; j < t->count && !token_is(t, j, ",") && !token_is(t, j, ")"); j++)
        if (t->list[j].kind == TOKEN_NAME)
            last = &t->list[j];
    return last;
}

static void words_to_valgrind(const struct tokens *t, size_t i, struct objections *o) {
    const struct token *k = &t->list[i], *thing;
    char what[80];
    if (!AMONG(t, i, requests) || AMONG(t, i, orders) || token_is(t, i, "RUNNING_ON_VALGRIND"))
        return;
    snprintf(what, sizeof what, "uses %.*s", k->length, k->text);
    if (!AMONG(t, i, leaves_alone))
        object(o, k->line, k->column, what, "%s", BLINDS);
    else if (!(thing = about(t, i)) || !declared_atomic(t, thing))
        object(o, k->line, k->column, what,
               "It tells a detector to look away from %.*s, which is not atomic. Only of an atomic "
               "thing is it known that the report would be a false alarm.",
               thing ? thing->length : 9, thing ? thing->text : "something");
}

/* --- a preprocessor's lines ----------------------------------------------------------- */

static void pragma(const struct tokens *t, size_t i, struct objections *o) {
    bool harmless = token_is(t, i + 2, "once") || token_is(t, i + 2, "STDC")
                    || token_is(t, i + 3, "diagnostic");
    if (!harmless)
        object(o, t->list[i].line, t->list[i].column, "uses #pragma",
               "A pragma changes how the file is compiled, or what is looked at in it.");
}

/* A folder's name would be a way out; quotes reach only the lab's own headers. */
static void include(const struct tokens *t, size_t i, struct objections *o) {
    static const char *const ours[] = {"\"map.h\"", "\"hmap.h\"", "\"team.h\"", "\"size.h\""};
    const struct token *k = &t->list[i];
    if (token_is(t, i + 2, "<"))
        return;
    for (size_t n = 0; n < sizeof ours / sizeof *ours; n++)
        if (token_is(t, i + 2, ours[n]))
            return;
    object(o, k->line, k->column, "includes another file",
           "A repair is one file, map.c. It may include the lab's headers (map.h, hmap.h, team.h, "
           "size.h) and the system's.");
}

void look_at_text(const struct tokens *t, struct objections *o) {
    for (size_t i = 0; i < t->count; i++) {
        const struct token *k = &t->list[i];
        if (token_is(t, i, "##"))
            object(o, k->line, k->column, "uses ##",
                   "Names that are put together of pieces cannot be read, by people either.");
        if (k->directive && (token_is(t, i + 1, "include") || token_is(t, i + 1, "include_next")))
            include(t, i, o);
        if (k->directive && token_is(t, i + 1, "pragma"))
            pragma(t, i, o);
        if (token_is(t, i, "_Pragma"))
            object(o, k->line, k->column, "uses _Pragma",
                   "A pragma changes how the file is compiled, or what is looked at in it.");
        if (k->kind == TOKEN_NAME) {
            names(t, i, o);
            words_to_valgrind(t, i, o);
        }
    }
}
