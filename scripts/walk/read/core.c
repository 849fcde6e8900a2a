/*
 * core.c - a core, read by GDB: is it one, of which program, is it whole; then GDB
 * runs with our Python (scripts/gdb/racelab.py), whose command `case` writes what
 * facts.c reads.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "core.h"

enum {
    GDB_SECONDS = 120, /* a core of 200 threads takes half a second */
    WARNING_MAX = 300, /* bytes kept of one warning of GDB's */
    WARNINGS_MAX = 12  /* and so many of them: a damaged core has thousands */
};

struct run {
    struct casefile *c;
    struct core *core;
    const struct core_options *options;
    const char **trouble;
    int *status;
    char dir[PATH_MAX]; /* ours, for GDB's output */
};

static bool fail(struct run *r, int status, const char *trouble) {
    *r->trouble = trouble;
    *r->status = status;
    return false;
}

static const char *in_dir(struct run *r, const char *name) {
    return pool_print(&r->c->pool, "%s/%s", r->dir, name);
}

/* --- which program ------------------------------------------------------------- */

/* Is it a file that GDB can open? */
static bool is_file(const char *path) {
    struct stat status;
    return path && stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, R_OK) == 0;
}

static bool find_program(struct run *r) {
    struct core *core = r->core;
    struct pool *p = &r->c->pool;
    if (r->options->program) {
        if (!is_file(core->program))
            return fail(r, 2, pool_print(p, "no such program: %s", core->program));
        if (input_kind(core->program) != INPUT_PROGRAM)
            return fail(r, 2, pool_print(p, "%s is no program (no ELF executable)", core->program));
        return true;
    }
    if (!core->program)
        return fail(r, 2, "it does not say of which program it is: give that with --exe");
    if (!is_file(core->program) || input_kind(core->program) != INPUT_PROGRAM)
        return fail(r, 2,
                    pool_print(p,
                               "it is of %s, which is not there any more: give the program "
                               "with --exe",
                               core->program));
    if (core->fit == FIT_NO || (core->core_id && !core->program_id))
        return fail(r, 2,
                    pool_print(p,
                               "it is of %s, which was built anew since (its build-id is "
                               "another): give the program with --exe",
                               core->program));
    return true;
}

static void note_headers(struct run *r) {
    struct core *core = r->core;
    if (core->have < core->want)
        core_note(
            r->c, core,
            "the core is cut off: it has %llu of %llu bytes; what lay beyond is not known (is "
            "the disk full, or the core limit too low?)",
            (unsigned long long)core->have, (unsigned long long)core->want);
    if (core->fit == FIT_NO)
        core_note(
            r->c, core,
            "the core is not of %s: its build-id is %.16s, the program's is %.16s; names, lines "
            "and values are not to be believed",
            core->program, core->core_id, core->program_id);
    else if (core->fit == FIT_UNKNOWN)
        core_note(r->c, core, "whether the core is of %s cannot be told: %s has no build-id",
                  core->program, core->program_id ? "the core" : "the program");
}

/* --- GDB --------------------------------------------------------------------------- */

/* scripts/gdb/racelab.py, seen from build/bin/walk; or as the environment says. */
static const char *gdb_script(struct run *r) {
    const char *given = getenv("RACELAB_GDB_SCRIPTS");
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (given && *given)
        return pool_print(&r->c->pool, "%s/racelab.py", given);
    if (n <= 0)
        return NULL;
    self[n] = '\0';
    char *root = dirname(dirname(dirname(self)));
    return pool_print(&r->c->pool, "%s/scripts/gdb/racelab.py", root);
}

/* "case FILE a; b": one line, so without the newlines that an expression may have. */
static const char *case_command(struct run *r) {
    char *command = pool_print(&r->c->pool, "case \"%s\"", in_dir(r, "facts.json"));
    for (size_t i = 0; i < r->options->look_count; i++)
        command = pool_print(&r->c->pool, "%s%s%s", command, i ? ";" : " ", r->options->looks[i]);
    for (char *at = command; *at; at++)
        if (*at == '\n' || *at == '\r')
            *at = ' ';
    return command;
}

/* child_run catches the signals that ask us to stop; afterwards they are as before. */
static struct child_end run_child(const struct child_plan *plan) {
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction before[3];
    for (int i = 0; i < 3; i++)
        sigaction(caught[i], NULL, &before[i]);
    child_setup();
    struct child_end end = child_run(plan);
    for (int i = 0; i < 3; i++)
        sigaction(caught[i], &before[i], NULL);
    return end;
}

/* GDB's warnings, as notes: but not what it says of every core, nor what is noted
 * already with numbers. */
static void note_warnings(struct run *r, const char *path) {
    static const char *const known[] = {"reg-xstate",
                                        "truncated",
                                        "core file may not match",
                                        "File truncated",
                                        "debuginfod",
                                        "auto-loading has been declined",
                                        "RTTI symbol not found",
                                        NULL};
    FILE *f = fopen(path, "re");
    char line[WARNING_MAX];
    int kept = 0;
    while (f && kept < WARNINGS_MAX && fgets(line, sizeof line, f)) {
        const char *text = strstr(line, "warning: ");
        if (!text || (text != line && strncmp(line, "BFD:", 4) != 0))
            continue;
        /* of what is mapped, only a library that is gone is missed */
        bool drop = strstr(text, "file-backed mapping note") && !strstr(text, ".so");
        for (const char *const *k = known; *k; k++)
            drop |= strstr(text, *k) != NULL;
        line[strcspn(line, "\r\n")] = '\0';
        for (char *at = line; *at; at++) /* as safe as the rest: this goes to JSON and HTML */
            if ((unsigned char)*at < ' ' || (unsigned char)*at > '~')
                *at = '?';
        if (!drop && text[strlen("warning: ")]) {
            core_note(r->c, r->core, "GDB: %s", text + strlen("warning: "));
            kept++;
        }
    }
    if (f)
        fclose(f);
}

/* Is there such a text in a file? */
static bool says(const char *path, const char *what) {
    FILE *f = fopen(path, "re");
    char line[1024];
    bool found = false;
    while (f && !found && fgets(line, sizeof line, f))
        found = strstr(line, what) != NULL;
    if (f)
        fclose(f);
    return found;
}

static bool gdb_failed(struct run *r, const char *gdb, struct child_end end) {
    struct pool *p = &r->c->pool;
    const char *errors = in_dir(r, "errors");
    if (end.how == CHILD_STOPPED)
        return fail(r, 128 + end.value, "stopped");
    if (end.how == CHILD_CANNOT && end.cannot && strcmp(end.cannot, "start") == 0)
        return fail(r, 3,
                    pool_print(p,
                               "%s cannot be started (%s): scripts/setup.sh installs it, or "
                               "apt-get install gdb",
                               gdb, strerror(end.value)));
    if (end.how == CHILD_CANNOT)
        return fail(r, 3,
                    pool_print(p, "cannot %s in %s: %s", end.cannot ? end.cannot : "run GDB",
                               r->dir, strerror(end.value)));
    if (end.how == CHILD_TIMEOUT)
        return fail(r, 124,
                    pool_print(p,
                               "GDB did not end with it in %d s: a smaller core, or "
                               "gdb by hand",
                               GDB_SECONDS));
    if (says(errors, "Python scripting is not supported")
        || says(errors, "Python initialization failed"))
        return fail(r, 3,
                    pool_print(p,
                               "%s is built without Python: install the package gdb, not "
                               "gdb-minimal",
                               gdb));
    if (end.how == CHILD_SIGNAL)
        return fail(r, 3,
                    pool_print(p, "GDB itself died of %s on it: try another version of GDB",
                               strsignal(end.value)));
    return fail(r, 2,
                pool_print(p, "GDB cannot make anything of it: gdb %s %s shows why",
                           r->core->program, r->core->path));
}

static void save_facts(struct run *r, const char *facts) {
    char buffer[65536];
    FILE *from = fopen(facts, "re"), *to = fopen(r->options->save, "we");
    bool good = from && to;
    for (size_t n; good && (n = fread(buffer, 1, sizeof buffer, from)) > 0;)
        good = fwrite(buffer, 1, n, to) == n;
    if (from)
        fclose(from);
    if (to && fclose(to))
        good = false;
    if (!good)
        case_note(r->c, "cannot write %s: %s", r->options->save, strerror(errno));
}

static bool run_gdb(struct run *r) {
    const char *gdb = r->options->gdb ? r->options->gdb : "gdb", *script = gdb_script(r);
    if (!is_file(script))
        return fail(r, 3,
                    pool_print(&r->c->pool,
                               "our GDB commands are not where they belong (%s): set "
                               "RACELAB_GDB_SCRIPTS",
                               script ? script : "scripts/gdb"));
    char *argv[] = {(char *)gdb,
                    "-nx",
                    "-batch",
                    "-iex",
                    "set debuginfod enabled off",
                    "-ex",
                    pool_print(&r->c->pool, "source %s", script),
                    "-ex",
                    (char *)case_command(r),
                    (char *)r->core->program,
                    (char *)r->core->path,
                    NULL};
    const char *facts = in_dir(r, "facts.json"), *errors = in_dir(r, "errors");
    struct child_plan plan = {.argv = argv,
                              .timeout = GDB_SECONDS,
                              .output = in_dir(r, "output"),
                              .errors = errors,
                              .no_core = true};
    struct child_end end = run_child(&plan);
    FILE *in = end.how == CHILD_EXIT ? fopen(facts, "re") : NULL;
    const char *torn = NULL;
    bool good = in && read_facts(r->c, in, "GDB's facts", &torn) && r->core->thread_count > 0;
    if (in)
        fclose(in);
    if (!good)
        return gdb_failed(r, gdb, end);
    note_warnings(r, errors);
    if (r->options->save)
        save_facts(r, facts);
    return true;
}

/* --- all of it ------------------------------------------------------------------------ */

static bool in_own_dir(struct run *r) {
    const char *base = getenv("TMPDIR");
    snprintf(r->dir, sizeof r->dir, "%s/walk-XXXXXX",
             base && *base && strlen(base) < 1024 ? base : "/tmp");
    if (!mkdtemp(r->dir))
        return fail(r, 3,
                    pool_print(&r->c->pool, "cannot make a directory in %s: %s", dirname(r->dir),
                               strerror(errno)));
    bool good = run_gdb(r);
    unlink(in_dir(r, "facts.json"));
    unlink(in_dir(r, "output"));
    unlink(in_dir(r, "errors"));
    rmdir(r->dir);
    return good;
}

bool read_core(struct casefile *c, const char *path, const struct core_options *options,
               const char **trouble, int *status) {
    struct core *core = pool_take(&c->pool, sizeof *core);
    struct run r = {c, core, options, trouble, status, {0}};
    core->path = case_string(c, path);
    core->victim = core->crossing[0] = core->crossing[1] = -1;
    if (input_kind(path) != INPUT_CORE)
        return fail(&r, 2,
                    access(path, R_OK) ? "no such core, or it cannot be read"
                                       : "it is no core (no ELF core file)");
    read_core_headers(c, core, options->program);
    if (!find_program(&r))
        return false;
    note_headers(&r);
    struct core *before = c->core;
    c->core = core;
    if (!in_own_dir(&r)) {
        c->core = before;
        return false;
    }
    return true;
}
