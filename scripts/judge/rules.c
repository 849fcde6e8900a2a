/*
 * rules.c - does it still do, with one thread, what map.h promises? The lab's rules.c
 * says, as Criterion tests.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asked.h"

enum { SECONDS = 20, SHOWN = 4 };

/* "[FAIL] rules::what_was_put_is_found: Timed out. (3.01s)": a sentence with underscores. */
static void tell_test(const char *line, FILE *out) {
    const char *name = strstr(line, "::") + 2, *rest = name + strcspn(name, ": ");
    fputs("    ", out);
    for (const char *p = name; p < rest; p++)
        fputc(*p == '_' ? ' ' : *p, out);
    if (strstr(rest, "Timed out"))
        fputs(": it does not come back, so it waits for itself", out);
    else if (strstr(rest, "CRASH") || strncmp(line, "[CRASH]", 7) == 0)
        fputs(": it crashes", out);
    fputc('\n', out);
}

/* "[----] labs/10-…/rules.c:82: Assertion Failed", an empty one, then the words. */
static void tell_detail(const char *line, FILE *out) {
    const char *said = line + strlen("[----] ");
    said += strspn(said, " ");
    if (strncmp(said, "labs/", 5) == 0)
        fprintf(out, "        %.*s\n", (int)strcspn(said, " ") - 1, said); /* without its colon */
    else if (*said != '\n')
        fprintf(out, "        %.*s\n", (int)strcspn(said, "\n"), said);
}

static void tell_details(const char *from, const char *to, FILE *out) {
    for (const char *line = from; line < to; line += strcspn(line, "\n"), line += *line == '\n')
        if (strncmp(line, "[----] ", 7) == 0)
            tell_detail(line, out);
}

static char *story(const char *report, int failed) {
    size_t size;
    char *text;
    FILE *out = words_begin(&text, &size);
    fputs("With one thread, it does not keep what map.h promises:\n", out);
    int shown = 0;
    const char *details = report; /* they come before the name of their test */
    for (const char *line = report; *line && shown < SHOWN; line += *line == '\n') {
        if (strncmp(line, "[FAIL] ", 7) == 0 || strncmp(line, "[CRASH] ", 8) == 0) {
            tell_test(line, out), shown++;
            tell_details(details, line, out);
            details = line + strcspn(line, "\n");
        }
        line += strcspn(line, "\n");
    }
    if (failed > shown)
        fprintf(out, "    and %d more\n", failed - shown);
    fclose(out);
    return text;
}

void ask_rules(const struct trial *t, struct opinion *o) {
    char how[80];
    struct child_end end = program_asked(t, "plain", "rules", "rules", SECONDS);
    char socket[64]; /* Criterion's; it stays when its tests do not come to their end */
    snprintf(socket, sizeof socket, "/tmp/criterion_%d.sock", (int)end.pid);
    unlink(socket);
    char *report = file_text(in_out(t, "rules.txt"));
    const char *sum = strstr(report, "Tested: ");
    int tested = 0, passing = 0;
    if (sum)
        sscanf(sum, "Tested: %d | Passing: %d", &tested, &passing);
    o->tries = tested;
    o->unit = "tests";
    bool well = ended_well(&end, SECONDS, how, sizeof how);
    o->verdict = well && tested > 0 && passing == tested ? PASSED : REJECTED;
    if (o->verdict == REJECTED && tested > passing) {
        o->found = words("%d of %d broken", tested - passing, tested);
        o->story = story(report, tested - passing);
    } else if (o->verdict == REJECTED) {
        o->found = words("%s", how);
        o->story = words(
            "With one thread, the tests of its rules did not come to their end: the "
            "program %s.\n",
            how);
    }
    free(report);
}
