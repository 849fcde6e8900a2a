/* join.c - see join.h: the order of findings, and reports that are one side of another. */
#include "join.h"

#include <stdlib.h>
#include <string.h>

#include "../blame.h"
#include "steps.h"

/* What only tells that the program ended comes after what may tell why. */
static int rank(const struct finding *f) {
    switch (f->kind) {
    case KIND_DEADLY_SIGNAL:
    case KIND_EXIT_STATUS: return 3;
    case KIND_LOCK_HELD_AT_EXIT:
    case KIND_LEAK:
    case KIND_THREAD_LEAK:
    case KIND_OTHER: return 2;
    default: return f->wholes ? 1 : 0;
    }
}

static unsigned total(const struct finding *f, bool runs) {
    unsigned n = 0;
    for (int t = 0; t < TOOL_COUNT; t++)
        n += runs ? f->witnesses[t].runs : f->witnesses[t].reports;
    return n;
}

/* Most tools first, then most runs, then most reports; then by name, so that the order
 * is the same each time. */
static int compare(const void *a, const void *b) {
    const struct finding *f = *(struct finding *const *)a, *g = *(struct finding *const *)b;
    int by_rank = rank(f) - rank(g);
    if (by_rank)
        return by_rank;
    if (finding_tools(f) != finding_tools(g))
        return finding_tools(f) > finding_tools(g) ? -1 : 1;
    for (int runs = 1; runs >= 0; runs--)
        if (total(f, runs) != total(g, runs))
            return total(f, runs) > total(g, runs) ? -1 : 1;
    int kinds = (int)f->kind - (int)g->kind;
    return kinds ? kinds : strcmp(f->pair, g->pair);
}

static const char *only_side(const struct finding *f) {
    const char *name = NULL;
    for (size_t i = 0; i < f->site_count; i++)
        if (stack_blamed(&f->sites[i].stack)) {
            if (name)
                return NULL;
            name = stack_blamed_name(&f->sites[i].stack);
        }
    return name;
}

static bool has_side(const struct finding *f, const char *function) {
    size_t sides = 0;
    bool has = false;
    for (size_t i = 0; i < f->site_count; i++)
        if (stack_blamed(&f->sites[i].stack)) {
            sides++;
            has |= strcmp(stack_blamed_name(&f->sites[i].stack), function) == 0;
        }
    return sides > 1 && has;
}

/* Helgrind may have lost the second stack of a race, DRD never has it: their report
 * of one function is then a part of a pair that has it, if there is just one such. */
static void find_wholes(struct casefile *c) {
    for (size_t i = 0; i < c->finding_count; i++) {
        struct finding *part = c->findings[i], *whole = NULL;
        const char *side = part->kind == KIND_RACE ? only_side(part) : NULL;
        part->wholes = 0;
        for (size_t j = 0; side && j < c->finding_count; j++) {
            if (c->findings[j]->kind != part->kind || !has_side(c->findings[j], side))
                continue;
            whole = c->findings[j];
            part->wholes++;
        }
        part->part_of = part->wholes == 1 ? whole : NULL;
    }
}

void join(struct casefile *c) {
    find_wholes(c);
    if (c->finding_count > 0)
        qsort(c->findings, c->finding_count, sizeof *c->findings, compare);
    link_crash(c);
    for (int t = 0; t < TOOL_COUNT; t++)
        c->silence[t] = why_silent(c, (enum tool)t);
}
