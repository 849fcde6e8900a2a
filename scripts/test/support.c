/*
 * support.c - see support.h.
 */
#include "support.h"

#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"

static char *read_all(const char *path) {
    FILE *f = fopen(path, "r");
    if (!f)
        return NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    char buffer[65536];
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, f)) > 0;)
        fwrite(buffer, 1, n, memory);
    fclose(memory);
    fclose(f);
    return text;
}

static struct outcome run(double timeout, char *const *argv) {
    char out[] = "/tmp/racelab-out-XXXXXX", err[] = "/tmp/racelab-err-XXXXXX";
    close(mkstemp(out));
    close(mkstemp(err));
    child_setup();
    unsetenv("BXFI_MAP"); /* a Criterion program that we run is not a part of this one */
    struct child_plan plan = {
        .argv = argv, .timeout = timeout, .output = out, .errors = err, .no_core = true};
    struct child_end end = child_run(&plan);
    struct outcome o = {.status = end.how == CHILD_EXIT ? end.value : -1,
                        .signal = end.how == CHILD_SIGNAL ? end.value : 0,
                        .late = end.how == CHILD_TIMEOUT,
                        .out = read_all(out),
                        .err = read_all(err)};
    unlink(out);
    unlink(err);
    cr_assert(end.how != CHILD_CANNOT && end.how != CHILD_STOPPED, "cannot run %s", argv[0]);
    return o;
}

struct outcome sh(double timeout, const char *format, ...) {
    char command[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    return run(timeout, (char *[]){"bash", "-c", command, NULL});
}

struct outcome program(double timeout, const char *path) {
    char copy[512];
    snprintf(copy, sizeof copy, "%s", path);
    return run(timeout, (char *[]){copy, NULL});
}

char tmp[64];

void make_tmp(void) {
    snprintf(tmp, sizeof tmp, "/tmp/racelab-test-XXXXXX");
    cr_assert_not_null(mkdtemp(tmp));
}

void remove_tmp(void) {
    sh(10, "rm -rf %s", tmp);
}

char project[512];

void make_tree(void) {
    make_tmp();
    cr_assert_not_null(getcwd(project, sizeof project));
    unsetenv("MAKEFLAGS"); /* the make in the copy is no part of the one that tests */
    unsetenv("MFLAGS");
    unsetenv("MAKELEVEL");
    exited(
        sh(60,
           "mkdir %s/tree && tar c --exclude=fixtures Makefile labs solutions scripts .gitignore "
           ".vscode | tar x -C %s/tree && cd %s/tree && git init -q && "
           "git add labs .gitignore .vscode && "
           "git -c user.name=test -c user.email=test commit -qm shipped && "
           "mkdir build && touch build/.tools",
           tmp, tmp, tmp),
        0);
}

struct outcome in_tree(double timeout, const char *format, ...) {
    char command[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    return sh(timeout,
              "export RACELAB_HOME=%s/home RACELAB_JUDGE=%s/scripts/test/fixtures/loop/judge.sh; "
              "cd %s/tree; %s",
              tmp, project, tmp, command);
}

void must_say(const char *text, const char *expected) {
    cr_assert(strstr(text, expected), "expected \"%s\" in: %s", expected, text);
}

int lines(const char *text) {
    int n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

char *slurp(const char *format, ...) {
    char path[512];
    va_list args;
    va_start(args, format);
    vsnprintf(path, sizeof path, format, args);
    va_end(args);
    char *text = read_all(path);
    cr_assert_not_null(text, "%s is missing", path);
    return text;
}

void exited(struct outcome o, int status) {
    cr_assert(o.status == status && !o.late,
              "expected exit status %d, got %d (signal %d%s)\nstdout: %s\nstderr: %s", status,
              o.status, o.signal, o.late ? ", out of time" : "", o.out, o.err);
}

void refused(struct outcome o, int status, const char *says) {
    exited(o, status);
    cr_assert(strstr(o.err, says), "expected \"%s\" in: %s", says, o.err);
    cr_assert_eq(lines(o.err), 1, "expected one line, got: %s", o.err);
}

struct criterion_test_params each(const char *pattern) {
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0) {
        fprintf(stderr, "no test parameters: nothing matches %s\n", pattern);
        abort();
    }
    path_param *params = cr_malloc(found.gl_pathc * sizeof *params);
    for (size_t i = 0; i < found.gl_pathc; i++)
        snprintf(params[i], sizeof params[i], "%s", found.gl_pathv[i]);
    size_t n = found.gl_pathc;
    globfree(&found);
    return cr_make_param_array(path_param, params, n);
}

char *lab_of(const char *path) {
    char *lab = strdup(strchr(path, '/') + 1);
    lab[strcspn(lab, "/")] = '\0';
    return lab;
}
