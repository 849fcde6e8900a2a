/*
 * main.c - judge: is it repaired? The manual is in options.c; how to read a verdict, and
 * what the oracles miss, is in docs/checking.md.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../walk/tell/utf8.h"
#include "asked.h"
#include "options.h"
#include "place.h"
#include "tell.h"

const struct oracle oracles[] = {
    {"compiler", "does it compile, without a warning?", ask_compiler},
    {"honesty", "is it a repair, or does it hide the bug?", ask_honesty},
    {"rules", "does it do what map.h says, with one thread?", ask_rules},
    {"stress", "does it fail when it is run as it is?", ask_stress},
    {"explore", "is there a schedule in which it fails or races?", ask_explore},
    {"leaks", "does it keep more memory the longer it runs?", ask_leaks},
    {"cost", "is it about as fast as the reference repair?", ask_cost},
    {"tsan", "does ThreadSanitizer report something?", ask_tsan},
    {"helgrind", "does Helgrind?", ask_helgrind},
    {"drd", "does DRD?", ask_drd},
    {0},
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- judging -------------------------------------------------------------------------- */

static void progress(const char *name) {
    if (isatty(STDERR_FILENO))
        fprintf(stderr, name ? "\r\033[K%s ..." : "\r\033[K", name);
}

/* What is quoted may be anybody's: bytes that would move a cursor, or are no text, are told
 * as "?". */
static const char *safe(const char *text) {
    if (!text)
        return NULL;
    char *copy = words("%s", text);
    size_t bytes;
    for (char *at = copy; *at; at += bytes)
        if (!utf8_shown(at, &bytes) && *at != '\n' && *at != '\t')
            memset(at, '?', bytes);
    return copy;
}

static void ask_all(const struct trial *t, struct opinion *opinions) {
    bool rejected = false, built = true;
    for (int i = 0; oracles[i].name; i++) {
        struct opinion *o = &opinions[i];
        /* what does not compile, or may do anything at all, is not run */
        if (rejected && (!t->all || !built || opinions[1].verdict == REJECTED))
            continue;
        progress(oracles[i].name);
        double begin = now();
        oracles[i].ask(t, o);
        o->seconds = now() - begin;
        o->found = safe(o->found);
        o->story = safe(o->story);
        rejected |= o->verdict == REJECTED;
        if (i == 0 && o->verdict != PASSED)
            built = false, rejected = true;
    }
    progress(NULL);
}

static int status_of(const struct opinion *opinions) {
    int status = 0;
    for (int i = 0; oracles[i].name; i++)
        switch (opinions[i].verdict) {
        case REJECTED: return 1;
        case ENVIRONMENT: status = status == 124 ? 124 : 3; break;
        case LATE: status = 124; break;
        default: break;
        }
    return status;
}

/* --- telling -------------------------------------------------------------------------- */

static struct output {
    const char *path;
    void (*tell)(const struct verdict_of *, FILE *);
    FILE *file;
} outputs[3];

/* Before anything else: their paths are the caller's, and judging takes a while. */
static void open_outputs(const struct options *o) {
    outputs[0] = (struct output){.path = o->json, .tell = tell_json};
    outputs[1] = (struct output){.path = o->junit, .tell = tell_junit};
    outputs[2] = (struct output){.path = o->results, .tell = tell_results};
    for (int i = 0; i < 3; i++) {
        struct output *p = &outputs[i];
        if (p->path && !(p->file = strcmp(p->path, "-") ? fopen(p->path, "we") : stdout))
            stop(2, "cannot write %s: %s", p->path, strerror(errno));
    }
}

static void tell(const struct options *o, const struct verdict_of *v) {
    if (!o->quiet)
        tell_text(v, stdout);
    for (int i = 0; i < 3; i++) {
        struct output *p = &outputs[i];
        if (!p->file)
            continue;
        p->tell(v, p->file);
        if (fflush(p->file) || ferror(p->file) || (p->file != stdout && fclose(p->file)))
            stop(2, "cannot write %s: %s", p->path, strerror(errno));
    }
    if (fflush(stdout))
        stop(2, "cannot write the verdict: %s", strerror(errno));
}

int main(int argc, char **argv) {
    static struct options o;
    static struct trial t;
    static struct opinion opinions[sizeof oracles / sizeof *oracles];
    options_read(&o, argc, argv);
    unsetenv("MAKEFLAGS"); /* of the make that may have started us: we start our own */
    unsetenv("MFLAGS");
    unsetenv("MAKELEVEL");
    setenv("LC_ALL", "C", 1);
    double begin = now();
    open_outputs(&o);
    trial_of(&t, o.lab, o.map, o.keep);
    t.all = o.all;
    t.opinions = opinions;
    child_setup();
    ask_all(&t, opinions);
    struct verdict_of v = {.trial = &t, .opinions = opinions, .status = status_of(opinions)};
    for (int i = 0; oracles[i].name && !v.by; i++)
        if (opinions[i].verdict == REJECTED)
            v.by = &oracles[i], v.why = &opinions[i];
    if (v.by)
        v.like = likeness(&t, v.by->name);
    v.seconds = now() - begin;
    tell(&o, &v);
    return v.status;
}
