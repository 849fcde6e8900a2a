/*
 * list.c - the findings as lines for scripts: kind, blamed functions, first report, and the
 * tools that saw it.
 */
#include "tell.h"

static void witnesses(FILE *out, const struct finding *f) {
    const char *before = "\t";
    for (int t = 0; t < TOOL_COUNT; t++)
        if (f->witnesses[t].runs) {
            fprintf(out, "%s%s", before, tool_name((enum tool)t));
            before = ",";
        }
    fputc('\n', out);
}

bool tell_list(const struct casefile *c, FILE *out, const struct style *style) {
    (void)style;
    for (size_t i = 0; i < c->finding_count; i++) {
        fprintf(out, "%s\t%s\t%s:%zu", kind_name(c->findings[i]->kind), c->findings[i]->pair,
                c->findings[i]->file ? c->findings[i]->file : "", c->findings[i]->line);
        witnesses(out, c->findings[i]);
    }
    return fflush(out) == 0 && !ferror(out);
}
