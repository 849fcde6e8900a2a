/*
 * program.c - is the program that is given one that was linked with our runtime?
 */
#include "campaign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The runtime leaves this word in the program's file. */
static bool made_for_us(const char *program) {
    char path[4096] = "";
    if (strchr(program, '/')) {
        snprintf(path, sizeof path, "%s", program);
    } else {
        const char *dirs = getenv("PATH");
        for (; dirs && *dirs; dirs += *dirs == ':') {
            int n = (int)strcspn(dirs, ":");
            snprintf(path, sizeof path, "%.*s/%s", n, dirs, program);
            if (access(path, X_OK) == 0)
                break;
            dirs += n;
        }
    }
    FILE *f = fopen(path, "re");
    if (!f)
        stop(2, "no such program: %s", program);
    static const char word[] = CHANNEL_VARIABLE;
    static char buffer[1 << 16];
    size_t keep = 0, n;
    bool found = false;
    while (!found && (n = fread(buffer + keep, 1, sizeof buffer - keep, f)) > 0) {
        found = memmem(buffer, keep + n, word, sizeof word) != NULL;
        keep = keep + n < sizeof word ? keep + n : sizeof word;
        memmove(buffer, buffer + n, keep);
    }
    fclose(f);
    return found;
}

void check_program(const struct options *o) {
    if (access(o->program[0], F_OK) == 0 && access(o->program[0], X_OK) != 0)
        stop(2, "not executable: %s", o->program[0]);
    if (!made_for_us(o->program[0]))
        stop(2, "%s is not made for exploring: compile and link it with scripts/explore/cc.sh",
             o->program[0]);
}
