/*
 * honesty.c - the opinion that comes of honesty.h's three looks.
 */
#include "honesty.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "told.h"

static void tell(const struct trial *t, const struct objection *e, FILE *out) {
    char *what = words("it %s", e->what);
    tell_place(t->map, e->line, e->column, what, out);
    tell_wrapped(e->why, 0, 0, out);
    free(what);
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
    FILE *out = words_begin(&story, &size);
    for (int i = 0; i < all.count && i < OBJECTIONS_MAX; i++)
        tell(t, &all.list[i], out);
    fclose(out);
    o->story = story;
    o->found = words("%s%s", all.list[0].what, all.count > 1 ? ", and more" : "");
}
