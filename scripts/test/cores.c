/* cores.c - see cores.h. */
#include "cores.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct casefile core_case;
const char *core_trouble;
int core_status;

/* Compiles a fixture to tmp/prog and lets it die; its core is tmp/o/core. */
void dies(const char *source, const char *flags) {
    const char *compiler = strstr(source, ".cpp") ? "g++" : "gcc";
    if (sh(5, "command -v %s", compiler).status != 0)
        cr_skip_test("no %s here: sh scripts/setup.sh test", compiler);
    exited(sh(60, "%s -pthread %s scripts/test/fixtures/cores/%s -o %s/prog", compiler, flags,
              source, tmp),
           0);
    exited(sh(60, "scripts/core.sh --runs 1 --out %s/o -- %s/prog", tmp, tmp), 1);
}

char *in_tmp(const char *name) {
    char *path = NULL;
    cr_assert(asprintf(&path, "%s/%s", tmp, name) > 0);
    return path;
}

bool reads(const char *core, const char *program, const char *gdb) {
    struct core_options options = {.program = program, .gdb = gdb};
    return read_core(&core_case, core, &options, &core_trouble, &core_status);
}

struct core *read_it(void) {
    cr_assert(reads(in_tmp("o/core"), in_tmp("prog"), NULL), "%s", core_trouble);
    return core_case.core;
}

struct core *core_of(const char *source, const char *flags) {
    dies(source, flags);
    return read_it();
}

const struct core *labs_core(const char *lab) {
    char *program = NULL;
    cr_assert(asprintf(&program, "build/plain/labs/%s/lab", lab) > 0);
    exited(sh(120, "scripts/core.sh --out %s/o -- %s", tmp, program), 1);
    cr_assert(reads(in_tmp("o/core"), program, NULL), "%s", core_trouble);
    return core_case.core;
}

void not_read(const char *core, const char *program, const char *gdb, int with, const char *says) {
    cr_assert(!reads(core, program, gdb));
    cr_assert(strstr(core_trouble, says), "%s", core_trouble);
    cr_assert_eq(core_status, with, "%d: %s", core_status, core_trouble);
    cr_assert_null(core_case.core);
}

/* --- what is expected of them ---------------------------------------------------- */

const struct thread *thread_named(const struct core *core, const char *name) {
    for (size_t i = 0; i < core->thread_count; i++)
        if (core->threads[i].name && strcmp(core->threads[i].name, name) == 0)
            return &core->threads[i];
    cr_assert(false, "no thread is called %s", name);
    return NULL;
}

bool notes(const struct core *core, const char *says) {
    for (size_t i = 0; i < core->note_count; i++)
        if (strstr(core->notes[i], says))
            return true;
    return false;
}

const struct frame *blamed(const struct thread *t) {
    cr_assert(t->stack.blamed >= 0, "nothing is blamed");
    return &t->stack.frames[t->stack.blamed];
}

/* "library.shelves[0].lock, log_lock": all that a thread holds */
const char *holds(const struct thread *t) {
    static char text[512];
    text[0] = '\0';
    for (size_t i = 0; i < t->hold_count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? ", " : "",
                 t->holds[i].name);
    return text;
}

void waits(const struct thread *t, const char *kind, const char *name, int holder) {
    cr_assert_str_eq(t->waits_kind, kind);
    cr_assert_str_eq(t->waits.name, name);
    cr_assert_eq(t->holder, holder, "%d", t->holder);
}
