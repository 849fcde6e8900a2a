/*
 * told.c - see told.h.
 */
#include "told.h"

#include <stdlib.h>
#include <string.h>

void tell_wrapped(const char *words, int indent, int hang, FILE *out) {
    int used = 0;
    for (const char *p = words + strspn(words, " \n"); *p; p += strspn(p, " \n")) {
        int n = (int)strcspn(p, " \n");
        if (used > indent && used + 1 + n > COLUMNS - 1) {
            fputc('\n', out);
            used = 0;
            indent = hang;
        }
        used += fprintf(out, "%*s%.*s", used ? 1 : indent, "", n, p);
        p += n;
    }
    fputc('\n', out);
}

/* To be freed; NULL when it is not there. */
static char *source_line(const char *path, int number) {
    char *line = NULL;
    size_t size = 0;
    FILE *f = fopen(path, "re");
    int n = 0;
    while (f && n < number && getline(&line, &size, f) > 0)
        n++;
    if (f)
        fclose(f);
    if (n == number && line)
        return line;
    free(line);
    return NULL;
}

void tell_place(const char *path, int line, int column, const char *what, FILE *out) {
    char *text = line ? source_line(path, line) : NULL;
    int indent = text ? (int)strspn(text, " \t") : 0;
    if (line)
        fprintf(out, "%s:%d:%d: error: %s\n", path, line, column ? column : indent + 1, what);
    else
        fprintf(out, "%s: error: %s\n", path, what);
    if (text)
        fprintf(out, "    %.*s\n", (int)strcspn(text + indent, "\n"), text + indent);
    free(text);
}
