/*
 * told.c - see told.h.
 */
#include "told.h"

#include <stdlib.h>
#include <string.h>

void tell_wrapped(const char *words, int indent, FILE *out) {
    int room = COLUMNS - 2 - indent, used = 0;
    for (const char *p = words; *p;) {
        p += strspn(p, " \n");
        int n = (int)strcspn(p, " \n");
        if (!n)
            break;
        if (used && used + 1 + n > room) {
            fputc('\n', out);
            used = 0;
        }
        if (used)
            fputc(' ', out), used++;
        else
            fprintf(out, "%*s", indent, "");
        fprintf(out, "%.*s", n, p);
        used += n;
        p += n;
    }
    fputc('\n', out);
}

void tell_line(const char *path, int number, FILE *out) {
    char *line = NULL;
    size_t size = 0;
    FILE *f = fopen(path, "re");
    for (int n = 1; f && getline(&line, &size, f) > 0; n++)
        if (n == number) {
            const char *code = line + strspn(line, " \t");
            fprintf(out, "    %.*s\n", (int)strcspn(code, "\n"), code);
            break;
        }
    free(line);
    if (f)
        fclose(f);
}
