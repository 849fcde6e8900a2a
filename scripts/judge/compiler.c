/*
 * compiler.c - does it compile, by the flags of the lab, without a warning?
 */
#include <stdlib.h>
#include <string.h>

#include "asked.h"

enum { LINES_SHOWN = 16 };

/* Its first lines, as far as they are the compiler's: what follows is mostly what follows
 * from them. */
static char *first_lines(const char *path) {
    char *text = file_text(path), *end = text;
    int n = 0;
    while (n < LINES_SHOWN && (end = strchr(end, '\n')))
        n++, end++;
    if (end)
        *end = '\0';
    char *make = strstr(text, "\nmake: ");
    if (make)
        make[1] = '\0';
    return text;
}

void ask_compiler(const struct trial *t, struct opinion *o) {
    o->verdict = PASSED;
    o->detail = "no warnings";
    if (made(t, (const char *const[]){"plain/lab", "plain/rules", NULL}))
        return;
    char *said = first_lines(in_out(t, "make.err"));
    o->verdict = REJECTED;
    o->found = strstr(said, "error:") ? "an error" : "it cannot be linked";
    o->story = words("%s", said);
    if (strstr(said, "setup.sh")) { /* it is not the repair that is wrong */
        o->verdict = ENVIRONMENT;
        o->cure = "sh scripts/setup.sh installs what is missing";
    }
    free(said);
}
