/*
 * reports.c - see reports.h.
 */
#include "reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/read/read.h"

enum { LINES = 4096 };

void read_report(struct casefile *c, const char *path) {
    FILE *in = fopen(path, "rb");
    cr_assert_not_null(in, "%s is missing", path);
    size_t length = strlen(path);
    bool xml = length > 4 && strcmp(path + length - 4, ".xml") == 0;
    (xml ? read_xml : read_text)(c, in, path, TOOL_COUNT);
    fclose(in);
}

void read_bytes(struct casefile *c, const char *bytes, size_t size) {
    char none;
    FILE *in = size ? fmemopen((void *)bytes, size, "rb") : fmemopen(&none, 1, "wb+");
    cr_assert_not_null(in);
    read_text(c, in, "bytes", TOOL_COUNT);
    fclose(in);
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines, sorted, each once, as one text. */
static char *sorted(char **list, size_t count) {
    qsort(list, count, sizeof *list, by_text);
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(list[i], list[i - 1]) != 0)
            fprintf(memory, "%s\n", list[i]);
    fclose(memory);
    return text;
}

char *findings_of(const struct casefile *c) {
    static char *list[LINES + TOOL_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < c->finding_count; i++) {
        cr_assert_lt(count, LINES);
        cr_assert_geq(asprintf(&list[count++], "%s\t%s", kind_name(c->findings[i]->kind),
                               c->findings[i]->pair),
                      0);
    }
    for (int tool = 0; tool < TOOL_COUNT; tool++)
        if (c->tools[tool].not_started)
            list[count++] = strdup("could not start\t?");
    return sorted(list, count);
}

void report_is_as_expected(const char *path) {
    struct casefile c = {0};
    read_report(&c, path);
    char *found = findings_of(&c);

    char *expected = slurp("%.*s.expected", (int)(strrchr(path, '.') - path), path);
    char *list[LINES], *more;
    size_t count = 0;
    for (char *line = strtok_r(expected, "\n", &more); line; line = strtok_r(NULL, "\n", &more)) {
        cr_assert_lt(count, LINES);
        if (strncmp(line, "never\t", 6) != 0) {
            list[count++] = line;
            continue;
        }
        char wrong[1024];
        snprintf(wrong, sizeof wrong, "%s\n", line + 6);
        for (char *at = found; (at = strstr(at, wrong)); at++)
            cr_assert(at > found && at[-1] != '\n', "%s: found what it must not: %s", path, wrong);
    }
    cr_assert_str_eq(found, sorted(list, count), "%s: found:\n%sexpected:\n%s", path, found,
                     sorted(list, count));
    case_free(&c);
}
