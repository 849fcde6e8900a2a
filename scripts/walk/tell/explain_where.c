/*
 * explain_where.c - which tool to ask for what: where to look in what each of them
 * says, and what is there in this case. Only tools that ran have a row, and the core
 * when there is one; a tool that said nothing tells why.
 */
#include <stdio.h>
#include <string.h>

#include "../blame.h"
#include "explain.h"
#include "threads.h"
#include "verdict.h"

static const char *const places[TOOL_COUNT] = {
    [TOOL_TSAN] = "both stacks, and (mutexes: …) behind each thread",
    [TOOL_HELGRIND] = "Locks held, on both sides",
    [TOOL_DRD] = "the one stack; Other segment start, end",
    [TOOL_ASAN] = "ERROR, then the stacks: use, freed by, allocated by",
    [TOOL_LSAN] = "bytes lost, and the allocation's stack",
    [TOOL_EXPLORE] = "the switches around the failure",
};

/* What this tool saw: the main finding, or else its own first one. */
static const struct finding *seen_by(const struct casefile *c, enum tool tool) {
    const struct finding *f = case_main(c);
    if (f && f->witnesses[tool].reports)
        return f;
    for (size_t i = 0; i < c->finding_count; i++)
        if (c->findings[i]->witnesses[tool].reports)
            return c->findings[i];
    return NULL;
}

static size_t count_seen(const struct casefile *c, enum tool tool) {
    size_t n = 0;
    for (size_t i = 0; i < c->finding_count; i++)
        n += c->findings[i]->witnesses[tool].reports > 0;
    return n;
}

static void tool_row(const struct casefile *c, enum tool tool, struct rows *r) {
    const struct tool_state *t = &c->tools[tool];
    const struct finding *f = seen_by(c, tool);
    const char *there;
    if (f) {
        char more[48] = "";
        size_t others = count_seen(c, tool) - 1;
        if (others)
            snprintf(more, sizeof more, "; and %zu more", others);
        there = tool == TOOL_EXPLORE
                    ? row_value(r, "%s %s, %.*s%s", kind_name(f->kind), f->pair,
                                (int)strcspn(explored_words(c, f, r->pool), ";"),
                                explored_words(c, f, r->pool), more)
                    : row_value(r, "%s %s, in %u of %u%s", kind_name(f->kind),
                                f->pair ? f->pair : "?", f->witnesses[tool].runs, t->runs, more);
    } else if (t->runs && t->runs == t->not_started) {
        there = pool_print(r->pool, "did not start: %s", t->reason ? t->reason : "no reason given");
    } else if (c->silence[tool]) {
        there = "silent: the table of tools says why";
    } else if (t->schedules) {
        there = silent_words(c, tool, r->pool);
    } else if (t->runs) {
        there = row_value(r, "silent in %u run%s", t->runs - t->not_started,
                          t->runs - t->not_started == 1 ? "" : "s");
    } else {
        return;
    }
    row_add(r, tool_title(tool), places[tool], there);
}

static void core_rows(const struct core *core, struct rows *r) {
    char who[96], circle[256];
    const struct thread *victim = core_thread(core, core->victim);
    if (victim)
        row_add(r, "core", "the thread that died, its first frame of the program's own",
                row_value(r, "%s: %s", thread_who(victim, who, sizeof who),
                          row_frame(r, &victim->stack)));
    if (core->cycle_count)
        row_add(r, "core", "who waits for which lock, and who has it (__owner)",
                row_value(r, "%s", circle_words(core, circle, sizeof circle)));
    if (core->crossing[0] >= 0 && core->crossing[1] >= 0 && core->crossing_why)
        row_add(r, "core", "the other threads' stacks: who else is in the same object",
                row_value(r, "%s", core->crossing_why));
    for (size_t i = 0; i < core->look_count; i++) {
        const struct look *look = &core->looks[i];
        if (!look->expression || !look->line_count || !look->lines[look->line_count - 1])
            continue;
        row_add(r, "core", row_value(r, "memory: %s", look->expression),
                row_value(r, "%s", look->lines[look->line_count - 1]));
        return;
    }
}

size_t where_to_look(const struct casefile *c, struct row *rows, size_t most, struct pool *p) {
    struct rows r = {.at = rows, .most = most, .pool = p};
    if (c->core)
        core_rows(c->core, &r);
    for (int tool = 0; tool < TOOL_COUNT; tool++)
        tool_row(c, (enum tool)tool, &r);
    return r.count;
}
