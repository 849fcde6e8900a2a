/* corpus.c - see corpus.h. */
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stands after "KEY: " in the first lines of a program; "" where it has no such key. */
const char *says(const char *source, const char *key) {
    static char value[300];
    char start[40];
    snprintf(start, sizeof start, " * %s: ", key);
    const char *at = strstr(slurp("%s", source), start);
    *value = 0;
    if (at)
        snprintf(value, sizeof value, "%.*s", (int)strcspn(at + strlen(start), "\n"),
                 at + strlen(start));
    return value;
}

/* Compiled with that compiler and level; the program is tmp/NAME. */
const char *made(const char *compiler, const char *level, const char *source) {
    static char program[200];
    const char *name = strrchr(source, '/') + 1;
    snprintf(program, sizeof program, "%s/%.*s", tmp, (int)strcspn(name, "."), name);
    exited(sh(60, "scripts/explore/cc.sh --cc %s -D_GNU_SOURCE -g %s %s -o %s %s", compiler, level,
              source, program, says(source, "libs")),
           0);
    return program;
}

/* Is that one of its "expect:" lines: the kind alone, "KIND *", or "KIND PAIR"? */
static bool expected(const char *source, const char *kind, const char *pair) {
    const char *text = slurp("%s", source);
    for (int i = 0; i < 3; i++) {
        char line[400];
        if (i == 0)
            snprintf(line, sizeof line, " * expect: %s\n", kind);
        else if (i == 1)
            snprintf(line, sizeof line, " * expect: %s *\n", kind);
        else
            snprintf(line, sizeof line, " * expect: %s %s\n", kind, pair);
        if (strstr(text, line))
            return true;
    }
    return false;
}

/* What a compiler makes of a program, and is allowed to, or does all the same. */
static const struct {
    const char *name, *compiler, *flags, *kind;
} differ[] = {
    /* The loop reads once, before it: no event any more. */
    {"spin_forever", "clang", "-O1", "hang"},
    {"spin_forever", "clang", "-O2", "hang"},
    /* clang 14 keeps `turn` on the stack of the one function that names it, and each thread
     * has its own: there is no lock any more. */
    {"peterson_correct", "clang", "-O1", "livelock"},
    {"peterson_correct", "clang", "-O2", "livelock"},
    {"peterson_racy", "clang", "-O1", "livelock"},
    {"peterson_racy", "clang", "-O2", "livelock"},
    /* What lies on the stack that is gone is another thing for each compiler. */
    {"detached_stack_racy", "clang", "-O0", "crash"},
};

static bool legitimate(const char *compiler, const char *flags, const char *source,
                       const char *kind) {
    for (size_t i = 0; i < sizeof differ / sizeof *differ; i++)
        if (strstr(source, differ[i].name) && strcmp(compiler, differ[i].compiler) == 0
            && strstr(flags, differ[i].flags) && strcmp(kind, differ[i].kind) == 0)
            return true;
    return false;
}

void finds_what_is_expected(const char *compiler, const char *flags, const char *source, int most) {
    const char *program = made(compiler, flags, source);
    bool correct = expected(source, "none", "");
    int schedules = atoi(says(source, "schedules"));
    if (!schedules)
        schedules = correct ? 20000 : 5000;
    if (correct && most && schedules > most)
        schedules = most;
    struct outcome o = sh(100, EXPLORE "--format list --schedules %d -- %s %s", schedules, program,
                          says(source, "args"));
    int found = 0;
    for (char *line = strtok(o.out, "\n"); line; line = strtok(NULL, "\n"), found++) {
        char kind[100] = "", pair[200] = "";
        cr_assert_geq(sscanf(line, "%99[^\t]\t%199[^\t]", kind, pair), 1, "%s: %s", source, line);
        cr_assert(expected(source, kind, pair) || legitimate(compiler, flags, source, kind),
                  "%s, %s %s: found %s %s", source, compiler, flags, kind, pair);
    }
    cr_assert(found || correct, "%s, %s %s: nothing found: %s", source, compiler, flags, o.err);
    cr_assert_eq(o.status, found ? 1 : 0, "%s: status %d", source, o.status);
}

char *hash_in(struct outcome o) {
    char *hash = strstr(o.out, "\"hash\": ");
    cr_assert(hash, "%s", o.err);
    hash[26] = 0;
    return hash;
}

char *hash_of(const char *options, const char *program) {
    return hash_in(sh(60, EXPLORE "--json --until end --schedules 600 %s -- %s", options, program));
}
