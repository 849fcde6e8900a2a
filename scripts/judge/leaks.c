/*
 * leaks.c - does the memory it keeps grow with what it is asked to do? By Valgrind's
 * memcheck, which also knows memory that is used after it was given back.
 *
 * What is left once, at the end, and still known to somebody, is not counted. A leak is
 * what six rounds leave and two do not, and what nobody has a pointer to any more.
 */
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "told.h"

enum { FEW_ROUNDS = 2, MANY_ROUNDS = 6, SECONDS = 60 };

struct memory {
    bool there;  /* memcheck ran to its end */
    long blocks; /* in use at the end */
    long lost;   /* of these, to which no pointer leads */
    long errors; /* invalid reads, writes and frees, by place */
    char *report;
};

/* "1,024" */
static long number(const char *p) {
    long n = 0;
    for (; *p == ',' || (*p >= '0' && *p <= '9'); p++)
        n = *p == ',' ? n : n * 10 + (*p - '0');
    return n;
}

static struct memory look(const struct trial *t, int rounds, struct child_end *end) {
    char text[8], *program = words("build/plain/%s/lab", t->built);
    snprintf(text, sizeof text, "%d", rounds);
    const char *const argv[] = {"valgrind",
                                "--leak-check=full",
                                "--show-leak-kinds=all",
                                "--fullpath-after=",
                                "--undef-value-errors=no",
                                "--",
                                program,
                                NULL};
    setenv("TEAM_ROUNDS", text, 1);
    setenv("TEAM_PATIENCE", "5", 1); /* seconds; memcheck is slow, and nobody hangs here */
    *end = asked(t, argv, "leaks", SECONDS);
    unsetenv("TEAM_ROUNDS");
    unsetenv("TEAM_PATIENCE");
    struct memory m = {.report = file_text(in_out(t, "leaks.err"))};
    const char *used = strstr(m.report, "in use at exit: "),
               *in = used ? strstr(used, " bytes in ") : NULL;
    m.there = in != NULL;
    m.blocks = in ? number(in + strlen(" bytes in ")) : 0;
    const char *lost = strstr(m.report, "definitely lost: "),
               *of = lost ? strstr(lost, " bytes in ") : NULL;
    m.lost = of ? number(of + strlen(" bytes in ")) : 0;
    for (const char *p = m.report; (p = strstr(p, "Invalid ")); p++)
        m.errors++;
    free(program);
    return m;
}

/* After `from`, the first frame in the repair: "by 0x…: map_new (labs/…/map.c:25)". Its
 * function and line; 0 where there is none before the stack ends. */
static int own_frame(const struct trial *t, const char *from, char *function, size_t size) {
    for (const char *line = from; *line;) {
        size_t n = strcspn(line, "\n");
        const char *at = memmem(line, n, t->map, strlen(t->map));
        const char *name = memmem(line, n, ": ", 2);
        if (at && name && at[strlen(t->map)] == ':') {
            snprintf(function, size, "%.*s", (int)strcspn(name + 2, " "), name + 2);
            return atoi(at + strlen(t->map) + 1);
        }
        line += n + (line[n] == '\n');
        if (strspn(line, "=0123456789 \n") == strcspn(line, "\n") + 1)
            break; /* "==123== ": the record ends */
    }
    return 0;
}

/* Tells it, unless the last one told was of the same line, which is in *last. */
static bool tell_record(const struct trial *t, const char *record, int *last, FILE *out) {
    char function[64];
    int line = own_frame(t, record, function, sizeof function);
    if (!line || line == *last)
        return false;
    *last = line;
    char *what = words("in %s", function);
    tell_place(t->map, line, 0, what, out);
    free(what);
    return true;
}

static char *story(const struct trial *t, const struct memory *m, long grown) {
    size_t size;
    char *text;
    int last = 0;
    FILE *out = words_begin(&text, &size);
    if (grown > 0 || m->lost) {
        if (grown > 0)
            fprintf(
                out,
                "It keeps more memory the longer it runs: after %d rounds there are %ld blocks\n"
                "more than after %d.",
                MANY_ROUNDS, grown, FEW_ROUNDS);
        else
            fprintf(out,
                    "At its end there are %ld blocks that nobody has a pointer to any more, so\n"
                    "nobody can free them.",
                    m->lost);
        fputs(" They come from:\n\n", out);
        const char *record = m->report;
        for (int shown = 0; shown < 3 && (record = strstr(record, " in loss record ")); record++)
            shown += tell_record(t, record, &last, out);
    } else {
        fputs("It uses memory that is not its own:\n\n", out);
        tell_record(t, strstr(m->report, "Invalid "), &last, out);
    }
    fclose(out);
    return text;
}

void ask_leaks(const struct trial *t, struct opinion *o) {
    struct child_end end, again;
    char how[80];
    struct memory many = look(t, MANY_ROUNDS, &end), few = {.there = true};
    o->verdict = PASSED;
    if (!many.there) {
        bool died = end.how == CHILD_SIGNAL;
        o->verdict = end.how == CHILD_TIMEOUT ? LATE : ENVIRONMENT;
        o->cure = end.how == CHILD_CANNOT ? "valgrind is missing: sh scripts/setup.sh installs it"
                  : died                  ? "valgrind itself died: scripts/doctor.sh says more"
                                          : "valgrind did not run: scripts/doctor.sh says more";
        free(many.report);
        return;
    }
    o->tries = MANY_ROUNDS;
    o->unit = "rounds";
    if (many.blocks)
        few = look(t, FEW_ROUNDS, &again);
    long grown = few.there ? many.blocks - few.blocks : 0;
    if (grown > 0 || many.lost || many.errors) {
        o->verdict = REJECTED;
        long each = grown / (MANY_ROUNDS - FEW_ROUNDS);
        o->found = grown > 0   ? words("%ld block%s more each round", each, each == 1 ? "" : "s")
                   : many.lost ? words("%ld block%s lost", many.lost, many.lost == 1 ? "" : "s")
                               : "memory used after its end";
        o->story = story(t, &many, grown);
    } else if (!ended_well(&end, SECONDS, how, sizeof how)) {
        o->verdict = REJECTED;
        o->found = words("%s", how);
        o->story = words("Under memcheck, it %s.\n", how);
    }
    free(many.report);
    free(few.report);
}
