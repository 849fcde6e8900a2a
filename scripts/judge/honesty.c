/*
 * honesty.c - the opinion that comes of honesty.h's three looks.
 */
#include "honesty.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "told.h"

/* Like a compiler's message, so that an editor finds the place; then the line itself. */
static void tell(const struct trial *t, const struct objection *e, FILE *out) {
    char *text = e->line ? file_text(t->map) : NULL, *line = text;
    if (!e->line) {
        fprintf(out, "%s: it %s\n", t->map, e->what);
    } else {
        for (int n = 1; n < e->line && line; n++)
            line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL;
        fprintf(out, "%s:%d:%d: error: it %s\n", t->map, e->line, e->column, e->what);
        if (line)
            fprintf(out, "    %.*s\n", (int)strcspn(line, "\n"), line);
    }
    tell_wrapped(e->why, 0, 0, out);
    free(text);
}

void ask_honesty(const struct trial *t, struct opinion *o) {
    struct tokens tokens;
    struct objections all = {.count = 0};
    if (!tokens_read(&tokens, t->map))
        stop(2, "cannot read %s: %s", t->map,
             errno == EINVAL ? "it has a zero byte, and is no C source" : strerror(errno));
    look_at_text(&tokens, &all);
    look_at_object(t, &tokens, &all);
    look_at_house(t, &all);
    tokens_free(&tokens);
    o->verdict = all.count ? REJECTED : PASSED;
    if (!all.count)
        return;
    size_t size;
    char *story;
    FILE *out = open_memstream(&story, &size);
    if (!out)
        stop(3, "out of memory");
    for (int i = 0; i < all.count && i < OBJECTIONS_MAX; i++)
        tell(t, &all.list[i], out);
    fclose(out);
    o->story = story;
    o->found = words("%s%s", all.list[0].what, all.count > 1 ? ", and more" : "");
}
