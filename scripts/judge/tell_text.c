/*
 * tell_text.c - a verdict for people: what it is, why, what it looks like, one question;
 * then who was asked and found what.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asked.h"
#include "tell.h"
#include "told.h"

char *opinion_line(const struct opinion *o) {
    switch (o->verdict) {
    case NOT_ASKED: return words("not asked");
    case DOUBTED:
    case REJECTED: return words("%s", o->found);
    case ENVIRONMENT: return words("environment, not your code");
    case LATE: return words("nothing, and ran out of time");
    default: break;
    }
    return o->random ? words("nothing, so below %.2g%% at 95%%", below_percent(o->tries))
                     : words("%s", o->detail ? o->detail : "nothing");
}

/* "leaks, helgrind": who has that verdict; "" where nobody has. To be freed. */
static char *who_says(const struct verdict_of *v, enum verdict verdict) {
    size_t size;
    char *names;
    FILE *out = words_begin(&names, &size);
    for (int i = 0, n = 0; oracles[i].name; i++)
        if (v->opinions[i].verdict == verdict)
            fprintf(out, "%s%s", n++ ? ", " : "", oracles[i].name);
    fclose(out);
    return names;
}

char *verdict_line(const struct verdict_of *v) {
    if (v->by)
        return words("rejected by %s: %s", v->by->name, v->why->found);
    char *absent = who_says(v, ENVIRONMENT), *late = who_says(v, LATE);
    char *line = *absent ? words("not judged by %s: environment, not your code", absent)
                 : *late ? words("not judged by %s: out of time", late)
                         : words("accepted");
    free(absent);
    free(late);
    return line;
}

/* By who rejected it, or else by a word of what was found, or of the story. */
const char *question_of(const struct verdict_of *v) {
    static const char locks[] =
        "Which lock does each of the two hold at that moment, and is it "
        "the same one?",
                      orders[] =
                          "In which order does each of them take the two, and who could "
                          "change his?",
                      freed[] =
                          "How does the one who frees know that nobody has the pointer any "
                          "more?";
    static const struct {
        const char *by, *word, *question;
    } questions[] = {
        {"compiler", "", "What does the first of these messages ask for?"},
        {"honesty", "",
         "Which step of which thread must wait for which step of the other, and what in your "
         "repair makes it wait?"},
        {"rules", "", "What does a second call find, that follows the first in the same thread?"},
        {"leaks", "", "Who is the last to need each of these blocks, and how does he know?"},
        {"cost", "",
         "What does a thread do while it keeps the others waiting, that they need not wait for?"},
        {"", "deadlock", orders},
        {"", "lock order", orders},
        {"", "lost wakeup",
         "What would have to be true, and checked by whom, before that thread goes to sleep?"},
        {"", "use after free", freed},
        {"", "double free", freed},
        {"", "race", locks},
        {"", "concurrent", locks},
        {"", "No thread has to be interrupted",
         "What must have happened before this step, and who sees to it that it has?"},
        {"", "",
         "Between which two steps of one thread must no other come, and what keeps them out?"},
    };
    if (*v->like.head.name && *v->like.head.question)
        return v->like.head.question;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        const char *by = questions[i].by, *word = questions[i].word;
        if ((!*by || strcmp(by, v->by->name) == 0)
            && (strstr(v->why->found, word) || (v->why->story && strstr(v->why->story, word))))
            return questions[i].question;
    }
    return "";
}

static void tell_why(const struct verdict_of *v, FILE *out) {
    fprintf(out, "\n%s", v->why->story ? v->why->story : "");
    if (*v->like.head.name) {
        fputc('\n', out);
        char *looks = words("It looks like a repair that is known, \"%s\": %s", v->like.head.name,
                            v->like.head.belief);
        tell_wrapped(looks, 0, 0, out);
        free(looks);
    }
    char *asks = words("A question: %s", question_of(v));
    fputc('\n', out);
    tell_wrapped(asks, 0, 0, out);
    free(asks);
}

enum { FOUND_WIDTH = 40 };

static void tell_row(const struct oracle *k, const struct opinion *o, const char *red,
                     const char *plain, FILE *out) {
    static const char *const verdicts[] = {"",         "passed",     "doubted",
                                           "rejected", "not judged", "not judged"};
    char *line = opinion_line(o), tries[32] = "";
    if (o->tries)
        snprintf(tries, sizeof tries, "%ld %.*s", o->tries, (int)strlen(o->unit) - (o->tries == 1),
                 o->unit); /* "1 run" */
    bool bad = o->verdict == REJECTED;
    if (strlen(line) > FOUND_WIDTH)
        strcpy(line + FOUND_WIDTH - 2, "..");
    fprintf(out, "%-9s  %-15s  %s%-10s%s  %s\n", k->name, tries, bad ? red : "",
            verdicts[o->verdict], bad ? plain : "", line);
    if (o->random && o->detail && !bad)
        fprintf(out, "%40s%s\n", "", o->detail);
    free(line);
}

static void tell_table(const struct verdict_of *v, const char *red, const char *plain, FILE *out) {
    bool some = false;
    fputs("\noracle     tries            verdict     found\n", out);
    for (int i = 0; oracles[i].name; i++)
        if (v->opinions[i].verdict != NOT_ASKED)
            tell_row(&oracles[i], &v->opinions[i], red, plain, out);
    for (int i = 0; oracles[i].name; i++)
        if (v->opinions[i].verdict == NOT_ASKED) {
            fprintf(out, "%s%s", some ? ", " : "not asked: ", oracles[i].name);
            some = true;
        }
    if (some)
        fprintf(out, "%s\n", v->by > &oracles[1] ? "; --all asks them" : "");
}

static void tell_doubts(const struct verdict_of *v, FILE *out) {
    for (int i = 0; oracles[i].name; i++)
        if (v->opinions[i].verdict == DOUBTED) {
            fputc('\n', out);
            tell_wrapped(v->opinions[i].story, 0, 0, out);
        }
}

/* Each tool that could not be asked, and what to do about it. */
static void tell_cures(const struct verdict_of *v, FILE *out) {
    for (int i = 0; oracles[i].name; i++) {
        const struct opinion *o = &v->opinions[i];
        if (o->verdict != ENVIRONMENT)
            continue;
        char *cure =
            words("Not judged by %s: environment, not your code. %s", oracles[i].name, o->cure);
        fputc('\n', out);
        tell_wrapped(cure, 0, 0, out);
        free(cure);
    }
}

void tell_text(const struct verdict_of *v, FILE *out) {
    const char *none = getenv("NO_COLOR");
    bool colour = isatty(fileno(out)) && !(none && *none);
    const char *red = colour ? "\033[31m" : "", *green = colour ? "\033[32m" : "",
               *plain = colour ? "\033[0m" : "";
    char *line = verdict_line(v);
    fprintf(out, "%s: %s%s%s\n", v->trial->map, v->by ? red : v->status ? "" : green, line, plain);
    free(line);
    if (v->by)
        tell_why(v, out);
    tell_table(v, red, plain, out);
    tell_doubts(v, out);
    tell_cures(v, out);
    if (!v->by)
        fputs(
            "\nThat is no proof. Each can only find something or find nothing; the percentages "
            "say\n"
            "how often it could still happen in such runs, and not have shown in these.\n",
            out);
}
