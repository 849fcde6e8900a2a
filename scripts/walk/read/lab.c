/* lab.c - lab.txt: "key: value" lines, of which a case wants a few. */
#include <stdlib.h>
#include <string.h>

#include "read.h"

static const char *value_of(struct casefile *c, const char *line, const char *key) {
    size_t length = strlen(key);
    if (strncmp(line, key, length) != 0 || line[length] != ':')
        return NULL;
    line += length + 1;
    line += strspn(line, " ");
    return pool_string(&c->pool, line, strcspn(line, "\r\n"));
}

/* "01-concurrent-write" of "labs/01-concurrent-write/lab.txt" */
static const char *folder_of(struct casefile *c, const char *path) {
    const char *end = strrchr(path, '/'), *start = end;
    while (start && start > path && start[-1] != '/')
        start--;
    return start ? pool_string(&c->pool, start, (size_t)(end - start)) : NULL;
}

bool read_lab(struct casefile *c, const char *path) {
    FILE *in = fopen(path, "re");
    if (!in)
        return false;
    char line[1024];
    c->lab.slug = folder_of(c, path);
    while (fgets(line, sizeof line, in)) {
        const struct {
            const char *key, **to;
        } keys[] = {{"title", &c->lab.title},
                    {"class", &c->lab.class},
                    {"source", &c->lab.source},
                    {"silent", &c->lab.silent}};
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            const char *value = value_of(c, line, keys[i].key);
            if (value)
                *keys[i].to = value;
        }
    }
    return fclose(in) == 0;
}
