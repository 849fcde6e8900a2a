/*
 * detectors.c - ThreadSanitizer, Helgrind and DRD, each by its script, which knows how it
 * is started, how it says that it could not, and whose frames are to be blamed.
 */
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "doubt.h"

static const struct detector {
    const char *name, *mode;
    int runs;
    const char *seconds; /* of rounds in a run: TEAM_SECONDS */
} detectors[] = {
    {"tsan", "tsan", 5, "0.2"}, {"helgrind", "plain", 3, "0.2"}, {"drd", "plain", 3, "0.2"}};

/* "1\trace\thmap_assign/hmap_next\tbuild/…/run-1.txt:2\ttsan": the first of them that has
 * both sides, or else the first. */
static bool best_finding(const char *findings, char *kind, char *pair, char *file) {
    bool any = false;
    for (const char *line = findings; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        char k[32], p[96], f[256];
        if (sscanf(line, "%*d\t%31[^\t]\t%95[^\t]\t%255[^:\t]", k, p, f) != 3)
            continue;
        bool both = strchr(p, '/');
        if (any && !both)
            continue;
        strcpy(kind, k);
        strcpy(pair, p);
        strcpy(file, f);
        any = true;
        if (both)
            break;
    }
    return any;
}

/* The walk tells it; its first section is who crossed whom, in the repair's own lines. */
static char *walked(const struct trial *t, const char *tool, const char *file) {
    char option[32];
    snprintf(option, sizeof option, "--%s", tool);
    asked(t, (const char *const[]){"build/bin/walk", option, file, NULL}, "walk", 20);
    char *text = file_text(in_out(t, "walk.txt")), *begin = strstr(text, "\n1  The ");
    char *end_of_it = begin ? strstr(begin, "\n2  ") : NULL;
    if (!begin) { /* its words will have to do */
        free(text);
        return words("The report: %s\n", file);
    }
    if (end_of_it)
        end_of_it[1] = '\0';
    begin += 1 + strcspn(begin + 1, "\n");
    while (*begin == '\n')
        begin++;
    char *story = words("%s", begin);
    free(text);
    return story;
}

static void ask(const struct trial *t, struct opinion *o, const struct detector *d) {
    char script[64], runs[8], program[512], *folder = words("%s/%s", t->out, d->name);
    o->unit = "runs";
    o->random = true;
    o->verdict = ENVIRONMENT;
    snprintf(script, sizeof script, "scripts/%s.sh", d->name);
    snprintf(runs, sizeof runs, "%d", d->runs);
    snprintf(program, sizeof program, "build/%s/%s/lab", d->mode, t->built);
    if (!made(t, (const char *const[]){strcmp(d->mode, "tsan") ? "plain/lab" : "tsan/lab", NULL})) {
        o->cure = "it cannot be built for it here: scripts/doctor.sh says more";
        free(folder);
        return;
    }
    const char *const argv[] = {script,  "--runs", runs, "--timeout", "30",
                                "--out", folder,   "--", program,     NULL};
    setenv("TEAM_SECONDS", d->seconds, 1);
    setenv("HMAP_CHECK", "0", 1); /* or the map's own check ends it before the second access */
    struct child_end end = asked(t, argv, d->name, 200);
    unsetenv("TEAM_SECONDS");
    unsetenv("HMAP_CHECK");
    char name[40], kind[32], pair[96], file[256];
    snprintf(name, sizeof name, "%s/findings.tsv", d->name);
    char *findings = file_text(in_out(t, name));
    snprintf(name, sizeof name, "%s.txt", d->name);
    char *said = file_text(in_out(t, name));
    int status = end.how == CHILD_EXIT ? end.value : end.how == CHILD_TIMEOUT ? 124 : 3;
    if (status == 1) {
        o->verdict = REJECTED;
        o->tries = d->runs;
        if (best_finding(findings, kind, pair, file)) {
            char *story = walked(t, d->name, file);
            o->found = words("%s %s", kind, pair);
            o->story = words("%s\n%s", said, story);
            free(story);
            doubt(t, d->name, findings, o);
        } else {
            o->found = "it died";
            o->story = words("%s", said);
        }
    } else if (status == 0 || status == 124) {
        o->verdict = status ? LATE : PASSED;
        o->tries = d->runs;
    } else {
        snprintf(name, sizeof name, "%s.err", d->name);
        char *why = file_text(in_out(t, name));
        why[strcspn(why, "\n")] = '\0';
        const char *said_by = strstr(why, ".sh: "); /* "helgrind.sh: valgrind is missing: ..." */
        o->cure = words("%s", said_by ? said_by + 5 : "scripts/doctor.sh says more");
        free(why);
    }
    free(said);
    free(findings);
    free(folder);
}

void ask_tsan(const struct trial *t, struct opinion *o) {
    ask(t, o, &detectors[0]);
}

void ask_helgrind(const struct trial *t, struct opinion *o) {
    ask(t, o, &detectors[1]);
}

void ask_drd(const struct trial *t, struct opinion *o) {
    ask(t, o, &detectors[2]);
}
