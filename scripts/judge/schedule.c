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

/* --- the steps ------------------------------------------------------------------------ */

/* main makes the map before, and counts after: it has a part in it only where it matters. */
static bool worth_telling(const struct trial *t, const json_t *step) {
    return json_is_true(json_object_get(step, "matters"))
           || (number_of(step, "thread") != 0 && strcmp(text_of(step, "file"), t->map) == 0);
}

static void tell_step(const struct trial *t, const json_t *defect, const json_t *step, FILE *out) {
    char name[40], where[80];
    const char *path = text_of(step, "file"), *file = strrchr(path, '/');
    label(defect, number_of(step, "thread"), name, sizeof name);
    if (strcmp(path, t->map) == 0)
        snprintf(where, sizeof where, "line %d", number_of(step, "line"));
    else
        snprintf(where, sizeof where, "%s:%d", file ? file + 1 : path, number_of(step, "line"));
    fprintf(out, "%c %4d  %-16s %-14s %.60s\n",
            json_is_true(json_object_get(step, "matters")) ? '>' : ' ', number_of(step, "step"),
            name, where, text_of(step, "does"));
}

/* A switch is told when it was forced on a thread, and steps are told on both sides of it. */
static void tell_steps(const struct trial *t, const json_t *defect, FILE *out) {
    const json_t *list = json_object_get(defect, "interleaving"), *pending = NULL, *e;
    size_t i;
    bool told = false;
    json_array_foreach(list, i, e) {
        char from[40], to[40];
        if (strcmp(text_of(e, "switch"), "preempted") == 0)
            pending = told ? e : NULL;
        if (*text_of(e, "switch") || !worth_telling(t, e))
            continue;
        if (pending) {
            label(defect, number_of(pending, "from"), from, sizeof from);
            label(defect, number_of(pending, "to"), to, sizeof to);
            fprintf(out, "        -- %s is preempted, %s goes on --\n", from, to);
        }
        pending = NULL;
        tell_step(t, defect, e, out);
        told = true;
    }
}

/* --- the places in the repair --------------------------------------------------------- */

/* ", holding s->lock and gate": of a site, what it holds; "" where that is not known. */
static char *holding(const json_t *site) {
    const json_t *locks = json_object_get(site, "locks"), *lock;
    size_t i, size, count = json_array_size(locks);
    char *said;
    if (!json_is_array(locks))
        return words("%s", "");
    if (!count)
        return words(", holding no lock");
    FILE *out = words_begin(&said, &size);
    json_array_foreach(locks, i, lock) {
        fprintf(out, "%s%s",
                i == 0           ? ", holding "
                : i + 1 == count ? " and "
                                 : ", ",
                json_string_value(lock));
    }
    fclose(out);
    return said;
}

/* "in hmap_next, called from here, it reads hmap#1.B, holding no lock"; frame i is the
 * repair's own. */
static char *site_told(const json_t *site, size_t i) {
    const json_t *callee = i ? json_array_get(json_object_get(site, "stack"), i - 1) : NULL;
    const char *object = text_of(site, "object"), *does = text_of(site, "does");
    char *locks = holding(site);
    if (strcmp(does, "dies") == 0 && *object) { /* 0x31: a member of what lies at NULL */
        bool null = strtoull(object, NULL, 0) < 4096;
        does = null ? "dies of a NULL pointer, which leads it to" : "dies at";
    }
    char *said = words("%s%s%sit %s%s%.*s%s", callee ? "in " : "here ", text_of(callee, "function"),
                       callee ? ", called from here, " : "", does, *object ? " " : "",
                       (int)strcspn(object, ","), object, locks);
    free(locks);
    return said;
}

/* The innermost frame of the stack that is in the repair. */
static void tell_site(const struct trial *t, const json_t *defect, const json_t *site, FILE *out) {
    const json_t *frame;
    size_t i;
    char name[40];
    json_array_foreach(json_object_get(site, "stack"), i, frame) {
        if (strcmp(text_of(frame, "file"), t->map) != 0)
            continue;
        label(defect, number_of(site, "thread"), name, sizeof name);
        fputc('\n', out);
        char *who = words("%s, in %s", name, text_of(frame, "function"));
        tell_place(t->map, number_of(frame, "line"), 0, who, out);
        free(who);
        char *does = site_told(site, i);
        tell_wrapped(does, 4, 4, out);
        free(does);
        return;
    }
}

static void tell_places(const struct trial *t, const json_t *defect, FILE *out) {
    const json_t *site;
    size_t i;
    tell_site(t, defect, json_object_get(defect, "earlier"), out);
    json_array_foreach(json_object_get(defect, "circle"), i, site) {
        tell_site(t, defect, site, out);
    }
    tell_site(t, defect, json_object_get(defect, "site"), out);
}

/* --- one defect ----------------------------------------------------------------------- */

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

/* "step 12: …" is an example of what the line before it says. */
static void tell_explanation(const char *line, FILE *out) {
    bool example = strncmp(line, "step ", 5) == 0;
    tell_wrapped(line, example ? 4 : 0, example ? 8 : 0, out);
}

char *defect_told(const struct trial *t, const json_t *defect) {
    size_t size, i;
    char *text;
    const json_t *line;
    FILE *out = words_begin(&text, &size);
    fputs("A schedule in which it fails:\n\n", out);
    tell_wrapped(text_of(defect, "verdict"), 2, 2, out);
    tell_output(defect, out);
    fputc('\n', out);
    tell_steps(t, defect, out);
    fputc('\n', out);
    json_array_foreach(json_object_get(defect, "explanation"), i, line) {
        tell_explanation(json_string_value(line), out);
    }
    tell_preemptions(defect, out);
    tell_places(t, defect, out);
    fclose(out);
    return text;
}

const json_t *defect_worst(const json_t *exploration) {
    const json_t *defects = json_object_get(exploration, "defects"), *d;
    size_t i;
    json_array_foreach(defects, i, d) {
        if (strcmp(text_of(d, "kind"), "race") != 0)
            return d;
    }
    return json_array_get(defects, 0);
}

json_t *repair_explored(const struct trial *t, const char *option, const char *value,
                        double timeout, struct child_end *end) {
    char program[512];
    snprintf(program, sizeof program, "build/explore/%s/lab", t->built);
    return explored(t, program, false,
                    (const char *const[]){"--until", "race", "--save", in_out(t, "schedule.txt"),
                                          option, value, NULL},
                    timeout, end);
}

char *schedule_told(const struct trial *t, int seconds) {
    char limit[16];
    struct child_end end;
    if (!made(t, (const char *const[]){"explore/lab", NULL}))
        return words("%s", "");
    snprintf(limit, sizeof limit, "%d", seconds);
    json_t *all = repair_explored(t, "--seconds", limit, seconds + 20, &end);
    const json_t *defect = defect_worst(all);
    char *told = defect ? defect_told(t, defect) : words("%s", "");
    json_decref(all);
    return told;
}
