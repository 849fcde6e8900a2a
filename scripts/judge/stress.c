/*
 * stress.c - it is run as it is, with the lab's own checks on: many short runs rather
 * than a few long ones, because a run is what a rate can be stated of. Every fourth has
 * one processor only, where threads are interrupted at other places.
 */
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "schedule.h"

enum { RUNS = 20, SECONDS = 10 };

/* The first line that says what is wrong: the lab's words come before anything else, but
 * the map may have said something, too. */
static char *last_words(const char *text) {
    static const char *const begins[] = {"fatal error: ", "panic: ", "check failed: "};
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n");
        for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
            if (strncmp(line, begins[i], strlen(begins[i])) == 0)
                return words("%.*s", (int)n, line);
        line += n + (line[n] == '\n');
    }
    return words("%s", "");
}

static void reject(const struct trial *t, struct opinion *o, const char *how, int run,
                   bool pinned) {
    char *text = file_text(in_out(t, "stress.txt")), *said = last_words(text);
    char *schedule = schedule_told(t, 2);
    o->verdict = REJECTED;
    o->found = *said ? words("%s", strstr(said, ": ") + 2) : words("%s", how);
    o->story = words("Run as it is, it %s, in run %d of %d%s.%s%s\n%s%s", how, run, RUNS,
                     pinned ? ", on one processor" : "", *said ? " It says:\n\n    " : "", said,
                     *schedule ? "\n" : "", schedule);
    free(schedule);
    free(said);
    free(text);
}

void ask_stress(const struct trial *t, struct opinion *o) {
    cpu_set_t all, one;
    CPU_ZERO(&one);
    bool can_pin = sched_getaffinity(0, sizeof all, &all) == 0;
    for (size_t i = 0; can_pin && i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
        if (CPU_ISSET(i, &all))
            CPU_SET(i, &one);
    setenv("TEAM_SECONDS", "0.04", 1);
    o->verdict = PASSED;
    o->unit = "runs";
    o->random = true;
    for (int run = 1; run <= RUNS && o->verdict == PASSED; run++) {
        char how[80];
        bool pinned = can_pin && run % 4 == 0;
        if (pinned)
            sched_setaffinity(0, sizeof one, &one);
        struct child_end end = program_asked(t, "plain", "lab", "stress", SECONDS);
        if (pinned)
            sched_setaffinity(0, sizeof all, &all);
        o->tries = run;
        if (!ended_well(&end, SECONDS, how, sizeof how))
            reject(t, o, how, run, pinned);
    }
    unsetenv("TEAM_SECONDS");
}
