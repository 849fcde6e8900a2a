/*
 * asked.c - see asked.h.
 */
#include "asked.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 64 << 10, PATHS = 4 };

_Noreturn void stop(int status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("judge: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(status);
}

char *words(const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        stop(3, "out of memory");
    va_end(arguments);
    return text;
}

FILE *words_begin(char **text, size_t *size) {
    FILE *f = open_memstream(text, size);
    if (!f)
        stop(3, "out of memory");
    return f;
}

const char *in_out(const struct trial *t, const char *name) {
    static char paths[PATHS][512];
    static int next;
    char *path = paths[next++ % PATHS];
    snprintf(path, sizeof *paths, "%s/%s", t->out, name);
    return path;
}

char *file_text(const char *path) {
    FILE *f = fopen(path, "re");
    char *text = calloc(1, TEXT_MAX + 1);
    if (!text)
        stop(3, "out of memory");
    size_t n = f ? fread(text, 1, TEXT_MAX, f) : 0;
    for (size_t i = 0; i < n; i++) /* a program may print anything; one string comes of it */
        if ((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t')
            text[i] = '?';
    if (f)
        fclose(f);
    return text;
}

static struct child_end run(const struct child_plan *plan) {
    struct child_end end = child_run(plan);
    if (end.how == CHILD_STOPPED)
        exit(128 + end.value);
    if (end.how == CHILD_CANNOT && strcmp(end.cannot, "start") != 0)
        stop(3, "cannot %s for %s: %s", end.cannot, plan->argv[0], strerror(end.value));
    return end;
}

struct child_end asked(const struct trial *t, const char *const *argv, const char *name,
                       double timeout) {
    char out[64], err[64];
    snprintf(out, sizeof out, "%s.txt", name);
    snprintf(err, sizeof err, "%s.err", name);
    return run(
        &(struct child_plan){.argv = (char *const *)argv, /* as exec has it: not written to */
                             .timeout = timeout,
                             .output = in_out(t, out),
                             .errors = in_out(t, err),
                             .no_core = true});
}

struct child_end program_asked(const struct trial *t, const char *mode, const char *program,
                               const char *name, double timeout) {
    char path[512], out[64];
    snprintf(path, sizeof path, "build/%s/%s/%s", mode, t->built, program);
    snprintf(out, sizeof out, "%s.txt", name);
    struct child_end end = run(&(struct child_plan){.argv = (char *const[]){path, NULL},
                                                    .timeout = timeout,
                                                    .output = in_out(t, out),
                                                    .no_core = true,
                                                    .memory_mb = PROGRAM_MEMORY_MB});
    if (end.how == CHILD_CANNOT)
        stop(3, "cannot start %s: %s", path, strerror(end.value));
    return end;
}

bool ended_well(const struct child_end *end, double timeout, char *how, size_t size) {
    const char *name;
    switch (end->how) {
    case CHILD_EXIT: snprintf(how, size, "ended with exit status %d", end->value); break;
    case CHILD_SIGNAL:
        name = sigabbrev_np(end->value);
        snprintf(how, size, "died of SIG%s", name ? name : "?");
        break;
    case CHILD_TIMEOUT: snprintf(how, size, "still ran after %g s", timeout); break;
    case CHILD_GREEDY: snprintf(how, size, "took more than %d MB of memory", end->value); break;
    default: snprintf(how, size, "did not start: %s", strerror(end->value));
    }
    return end->how == CHILD_EXIT && end->value == 0;
}

static bool make(const struct trial *t, const char *const *argv) {
    struct child_end end = asked(t, argv, "make", 60);
    return end.how == CHILD_EXIT && end.value == 0;
}

bool made(const struct trial *t, const char *const *programs) {
    enum { PROGRAMS_MAX = 8 };
    char paths[PROGRAMS_MAX][512], built[300], map[512];
    const char *argv[PROGRAMS_MAX + 5] = {"make", "-s", built, map};
    snprintf(built, sizeof built, "JUDGED=%s", t->built);
    snprintf(map, sizeof map, "MAP=%s", t->map);
    for (int i = 0; i < PROGRAMS_MAX && programs[i]; i++) {
        const char *slash = strchr(programs[i], '/');
        snprintf(paths[i], sizeof paths[i], "build/%.*s/%s%s", (int)(slash - programs[i]),
                 programs[i], t->built, slash);
        argv[4 + i] = paths[i];
    }
    return make(t, argv);
}

bool file_made(const struct trial *t, const char *path) {
    return make(t, (const char *const[]){"make", "-s", path, NULL});
}

double below_percent(long tries) {
    return 100 * (tries >= 10 ? 3.0 / (double)tries : 1 - pow(0.05, 1.0 / (double)tries));
}
