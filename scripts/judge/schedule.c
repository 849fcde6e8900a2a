/*
 * schedule.c - see schedule.h. The explorer tells everything, in columns; here only what
 * a learner has before the eyes is kept: the steps in the repair itself, those on the
 * culprit, and the switches between them.
 */
#include "schedule.h"

#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "told.h"

static const char *text_of(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static int number_of(const json_t *o, const char *key) {
    return (int)json_integer_value(json_object_get(o, key));
}

/* "T1 (writer)" or "main": the list of threads begins with it. */
static void label(const json_t *defect, int thread, char *name, size_t size) {
    const json_t *threads = json_object_get(defect, "threads");
    const char *said = json_string_value(json_array_get(threads, (size_t)thread));
    const char *end = said ? strchr(said, ')') : NULL;
    if (said && *said == 'T' && end)
        snprintf(name, size, "%.*s", (int)(end + 1 - said), said);
    else if (said && strncmp(said, "main", 4) == 0)
        snprintf(name, size, "main");
    else
        snprintf(name, size, "T%d", thread);
}

/* --- the steps ---------------------------------------------------------------------------- */

static bool worth_telling(const struct trial *t, const json_t *step) {
    return json_is_true(json_object_get(step, "matters"))
           || strcmp(text_of(step, "file"), t->map) == 0;
}

static void tell_step(const json_t *defect, const json_t *step, FILE *out) {
    char name[40], where[80];
    const char *file = strrchr(text_of(step, "file"), '/');
    label(defect, number_of(step, "thread"), name, sizeof name);
    snprintf(where, sizeof where, "%s:%d", file ? file + 1 : text_of(step, "file"),
             number_of(step, "line"));
    fprintf(out, "%c %4d  %-16s %-14s %.60s\n",
            json_is_true(json_object_get(step, "matters")) ? '>' : ' ', number_of(step, "step"),
            name, where, text_of(step, "does"));
}

/* What main did before the others began is not of interest; and a switch is, when it was
 * forced on a thread, and steps are told on both sides of it. */
static void tell_steps(const struct trial *t, const json_t *defect, FILE *out) {
    const json_t *list = json_object_get(defect, "interleaving"), *pending = NULL, *e;
    size_t i;
    bool begun = false, told = false;
    json_array_foreach(list, i, e) {
        const char *how = text_of(e, "switch");
        if (*how) {
            begun = true;
            if (strcmp(how, "preempted") == 0)
                pending = told ? e : NULL;
        } else if (worth_telling(t, e) && (begun || json_is_true(json_object_get(e, "matters")))) {
            char from[40], to[40];
            if (pending) {
                label(defect, number_of(pending, "from"), from, sizeof from);
                label(defect, number_of(pending, "to"), to, sizeof to);
                fprintf(out, "        -- %s is preempted, %s goes on --\n", from, to);
            }
            pending = NULL;
            tell_step(defect, e, out);
            told = true;
        }
    }
}

/* --- the places in the repair --------------------------------------------------------------- */

/* The innermost frame of the stack that is in the repair. */
static void tell_place(const struct trial *t, const json_t *defect, const json_t *site, FILE *out) {
    const json_t *frame;
    size_t i;
    char name[40];
    json_array_foreach(json_object_get(site, "stack"), i, frame) {
        if (strcmp(text_of(frame, "file"), t->map) != 0)
            continue;
        label(defect, number_of(site, "thread"), name, sizeof name);
        fprintf(out, "%s:%d: %s in %s", t->map, number_of(frame, "line"), name,
                text_of(frame, "function"));
        const json_t *inner = json_array_get(json_object_get(site, "stack"), 0);
        if (i > 0)
            fprintf(out, ", there in %s", text_of(inner, "function"));
        fprintf(out, ", %s\n", text_of(site, "does"));
        tell_line(t->map, number_of(frame, "line"), out);
        return;
    }
}

static void tell_places(const struct trial *t, const json_t *defect, FILE *out) {
    const json_t *site;
    size_t i;
    tell_place(t, defect, json_object_get(defect, "earlier"), out);
    json_array_foreach(json_object_get(defect, "circle"), i, site) tell_place(t, defect, site, out);
    tell_place(t, defect, json_object_get(defect, "site"), out);
}

/* --- one defect --------------------------------------------------------------------------------
 */

/* The program's own last words, one line of them. */
static void tell_output(const json_t *defect, FILE *out) {
    const char *said = text_of(defect, "output");
    if (*said)
        fprintf(out, "    %.*s\n", (int)strcspn(said, "\n"), said);
}

static void tell_preemptions(const json_t *defect, FILE *out) {
    int n = number_of(defect, "preemptions"), fewer = number_of(defect, "fewer_tried");
    if (n == 0)
        fputs("No thread has to be interrupted for it; they only begin in this order.\n", out);
    else
        fprintf(out, "%d interruption%s enough", n, n == 1 ? " is" : "s are");
    if (n && fewer)
        fprintf(out, "; with %d it did not fail, in %d schedules", n - 1, fewer);
    if (n)
        fputs(".\n", out);
}

char *defect_told(const struct trial *t, const json_t *defect) {
    size_t size, i;
    char *text;
    const json_t *line;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        stop(3, "out of memory");
    fputs("A schedule in which it fails:\n\n", out);
    tell_wrapped(text_of(defect, "verdict"), 2, out);
    tell_output(defect, out);
    fputc('\n', out);
    tell_steps(t, defect, out);
    fputc('\n', out);
    json_array_foreach(json_object_get(defect, "explanation"), i, line) tell_wrapped(
        json_string_value(line), strncmp(json_string_value(line), "step", 4) ? 0 : 4, out);
    tell_preemptions(defect, out);
    fputc('\n', out);
    tell_places(t, defect, out);
    fclose(out);
    return text;
}

const json_t *defect_worst(const json_t *exploration) {
    const json_t *defects = json_object_get(exploration, "defects"), *d;
    size_t i;
    json_array_foreach(defects, i, d) if (strcmp(text_of(d, "kind"), "race") != 0) return d;
    return json_array_get(defects, 0);
}

char *schedule_told(const struct trial *t, int seconds) {
    char limit[16], *told = NULL;
    struct child_end end;
    if (!made(t, (const char *const[]){"explore/lab", NULL}))
        return words("%s", "");
    snprintf(limit, sizeof limit, "%d", seconds);
    char *const argv[] = {(char[]){"build/bin/explore"},
                          (char[]){"--json"},
                          (char[]){"--seconds"},
                          limit,
                          (char[]){"--save"},
                          (char *)(size_t)in_out(t, "schedule.txt"),
                          (char[]){"--"},
                          words("build/explore/%s/lab", t->built),
                          NULL};
    FILE *f = asked(t, argv, "schedule", seconds + 20, &end);
    json_t *all = f ? json_loadf(f, 0, NULL) : NULL;
    const json_t *defect = defect_worst(all);
    if (defect)
        told = defect_told(t, defect);
    if (f)
        fclose(f);
    json_decref(all);
    free(argv[7]);
    return told ? told : words("%s", "");
}
