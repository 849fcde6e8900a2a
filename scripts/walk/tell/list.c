/* list.c - the findings as lines for scripts: kind, blamed functions, first report. */
#include "tell.h"

bool tell_list(const struct casefile *c, FILE *out, const struct style *style) {
    (void)style;
    for (size_t i = 0; i < c->finding_count; i++)
        fprintf(out, "%s\t%s\t%s:%zu\n", kind_name(c->findings[i]->kind), c->findings[i]->pair,
                c->findings[i]->file ? c->findings[i]->file : "", c->findings[i]->line);
    return fflush(out) == 0 && !ferror(out);
}
