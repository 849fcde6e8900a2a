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
