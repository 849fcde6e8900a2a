/*
 * source.c - lines of source files, see tell.h.
 *
 * The names of files come from reports, which may be anybody's: only regular files of
 * moderate size are opened, and each once.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tell.h"

enum { FILES_MOST = 256, SIZE_MOST = 4 << 20 };

static struct source {
    char *name; /* with the directory it was looked for in */
    char *text; /* NULL: it cannot be had */
    size_t size;
} files[FILES_MOST];
static size_t file_count;
static char shown[512]; /* the line last asked for */

static void load(struct source *s) {
    int fd = open(s->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= SIZE_MOST) {
        s->text = malloc((size_t)st.st_size + 1);
        ssize_t got = s->text ? read(fd, s->text, (size_t)st.st_size) : -1;
        s->size = got > 0 ? (size_t)got : 0;
        if (s->text)
            s->text[s->size] = '\0';
    }
    close(fd);
}

static struct source *source_of(const struct style *style, const char *file) {
    char name[4096];
    if (file[0] == '/' || !style || !style->sources)
        snprintf(name, sizeof name, "%s", file);
    else
        snprintf(name, sizeof name, "%s/%s", style->sources, file);
    for (size_t i = 0; i < file_count; i++)
        if (strcmp(files[i].name, name) == 0)
            return &files[i];
    if (file_count == FILES_MOST)
        return NULL;
    struct source *s = &files[file_count];
    s->name = strdup(name);
    if (!s->name)
        return NULL;
    file_count++;
    load(s);
    return s;
}

const char *source_raw(const struct style *style, const char *file, int line) {
    struct source *s = file && line > 0 ? source_of(style, file) : NULL;
    if (!s || !s->text)
        return NULL;
    const char *at = s->text, *end = s->text + s->size;
    for (int n = 1; at && n < line; n++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    if (!at || at >= end)
        return NULL;
    size_t length = strcspn(at, "\r\n");
    snprintf(shown, sizeof shown, "%.*s", (int)length, at);
    return shown;
}

const char *source_line(const struct style *style, const char *file, int line) {
    if (!source_raw(style, file, line))
        return NULL;
    char *mark = strstr(shown, "/* RACE:");
    if (mark)
        *mark = '\0';
    size_t length = strlen(shown);
    while (length > 0 && strchr(" \t", shown[length - 1]))
        shown[--length] = '\0';
    return shown + strspn(shown, " \t");
}

void source_close(void) {
    for (size_t i = 0; i < file_count; i++) {
        free(files[i].name);
        free(files[i].text);
        files[i] = (struct source){0};
    }
    file_count = 0;
}
