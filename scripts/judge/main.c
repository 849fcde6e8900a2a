/*
 * main.c - judge: is it repaired? The manual is in options.c; how to read a verdict, and
 * what the oracles miss, is in docs/checking.md.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "asked.h"
#include "options.h"
#include "tell.h"
#include "tokens.h"

const struct oracle oracles[] = {
    {"compiler", "does it compile, without a warning?", ask_compiler},
    {"honesty", "is it a repair, or does it hide the bug?", ask_honesty},
    {"rules", "does it do what map.h says, with one thread?", ask_rules},
    {"stress", "does it fail when it is run as it is?", ask_stress},
    {"explore", "is there a schedule in which it fails or races?", ask_explore},
    {"tsan", "does ThreadSanitizer report something?", ask_tsan},
    {"helgrind", "does Helgrind?", ask_helgrind},
    {"drd", "does DRD?", ask_drd},
    {"leaks", "does it keep more memory the longer it runs?", ask_leaks},
    {"cost", "is it about as fast as the reference repair?", ask_cost},
    {0},
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- where things are ----------------------------------------------------------------------- */

/* Into the project's root: two folders above this program. */
static void enter_root(void) {
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0)
        stop(3, "cannot find out where this program lies: %s", strerror(errno));
    self[n] = '\0';
    if (chdir(dirname(dirname(dirname(self)))) || access("labs/common", F_OK))
        stop(3, "this program has to lie in the project's build/bin");
}

/* From here on relative to the root, if it is in there: so tools print it, too. */
static const char *map_path(const struct options *o, const char *lab) {
    static char real[PATH_MAX], root[PATH_MAX];
    struct stat st;
    if (!o->map)
        return words("labs/%s/map.c", lab);
    if (!realpath(o->map, real))
        stop(2, "--map %s: %s", o->map, strerror(errno));
    if (stat(real, &st) || !S_ISREG(st.st_mode))
        stop(2, "--map %s is no file", o->map);
    size_t n = strlen(real);
    if (n < 3 || strcmp(real + n - 2, ".c") != 0 || strpbrk(real, " \t\n$#%:=\\'\""))
        stop(2, "--map %s: make cannot build a file of this name; call it map.c", o->map);
    if (readlink("/proc/self/exe", root, sizeof root - 1) < 0)
        stop(3, "cannot find out where this program lies");
    const char *base = dirname(dirname(dirname(root)));
    size_t length = strlen(base);
    return strncmp(real, base, length) == 0 && real[length] == '/' ? real + length + 1 : real;
}

static void make_folders(const char *path) {
    char part[512];
    for (const char *slash = path; (slash = strchr(slash + 1, '/'));) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0777);
    }
    if (mkdir(path, 0777) && errno != EEXIST)
        stop(3, "cannot make %s: %s", path, strerror(errno));
}

/* Two at once would build into one another. */
static void wait_for_turn(const char *out) {
    char path[512];
    snprintf(path, sizeof path, "%s.lock", out);
    FILE *f = fopen(path, "we");
    if (!f)
        stop(3, "cannot write %s: %s", path, strerror(errno));
    if (flock(fileno(f), LOCK_EX | LOCK_NB) == 0)
        return; /* held until this process ends */
    fputs("judge: another check of this lab is running; this one begins after it\n", stderr);
    if (flock(fileno(f), LOCK_EX))
        stop(3, "cannot wait for it: %s", strerror(errno));
}

static const struct trial *to_remove;

/* By `rm`, which does it well; the folders are ours and have fixed names. */
static void remove_trial(void) {
    char command[2048];
    const struct trial *t = to_remove;
    snprintf(command, sizeof command,
             "rm -rf '%s' '%s.lock' 'build/plain/%s' 'build/tsan/%s' 'build/explore/%s'", t->out,
             t->out, t->built, t->built, t->built);
    if (system(command) != 0)
        fprintf(stderr, "judge: cannot remove %s\n", t->out);
}

static void prepare(struct trial *t, const struct options *o) {
    struct stat st;
    t->map = map_path(o, o->lab); /* as the caller sees it: before we go elsewhere */
    enter_root();
    char *folder = words("labs/%s/lab.txt", o->lab);
    if (strchr(o->lab, '/') || stat(folder, &st))
        stop(2, "no lab is called '%s': make list shows them", o->lab);
    free(folder);
    if (access(t->map, R_OK) || stat(t->map, &st))
        stop(2, "cannot read %s: %s", t->map, strerror(errno));
    if (st.st_size > SOURCE_MAX)
        stop(2, "%s is larger than %d KiB: no map is", t->map, SOURCE_MAX >> 10);
    t->lab = o->lab;
    t->ours = !o->map;
    t->all = o->all;
    t->built =
        t->ours ? words("judge/%s/own", o->lab) : words("judge/%s/%d", o->lab, (int)getpid());
    t->out = words("build/%s", t->built);
    make_folders(t->out);
    wait_for_turn(t->out);
    if (!t->ours && !o->keep) {
        to_remove = t;
        atexit(remove_trial);
    }
}

/* --- judging ---------------------------------------------------------------------------------- */

static void progress(const char *name) {
    if (isatty(STDERR_FILENO))
        fprintf(stderr, name ? "\r\033[K%s ..." : "\r\033[K", name);
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

/* --- telling ------------------------------------------------------------------------------------
 */

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
    prepare(&t, &o);
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
