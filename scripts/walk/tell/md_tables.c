/* md_tables.c - see md.h: stacks side by side, threads, findings. */
#include "../blame.h"
#include "md.h"

/* More rows than this are not read; what is left out is counted. */
enum { STACK_ROWS = 24, THREAD_ROWS = 40 };

void md_frame(FILE *out, const struct frame *f, bool blamed) {
    fputs(blamed ? "**" : "", out);
    md_code(out, f->function);
    fputs(blamed ? "** " : " ", out);
    if (!f->file)
        return;
    md_text(out, short_path(f->file));
    if (f->line)
        fprintf(out, ":%d", f->line);
}

static void rule(FILE *out, size_t columns) {
    for (size_t i = 0; i < columns; i++)
        fputs("|---", out);
    fputs("|\n", out);
}

void md_stacks(FILE *out, const struct lanes *l) {
    const struct frame *frames[2][STACK_KEPT];
    size_t count[2] = {0, 0}, rows = 0;
    fputc('\n', out);
    for (size_t i = 0; i < l->count; i++) {
        count[i] = shown_frames(l->lane[i].stack, frames[i], STACK_KEPT);
        rows = count[i] > rows ? count[i] : rows;
        fputs("| ", out);
        md_text(out, l->lane[i].who);
        fputc(' ', out);
    }
    fputs("|\n", out);
    rule(out, l->count);
    for (size_t row = 0; row < rows && row < STACK_ROWS; row++) {
        for (size_t i = 0; i < l->count; i++) {
            fputs("| ", out);
            if (row < count[i]) {
                const struct frame *f = frames[i][count[i] - 1 - row];
                md_frame(out, f, f == stack_blamed(l->lane[i].stack));
                fputc(' ', out);
            }
        }
        fputs("|\n", out);
    }
    for (size_t i = 0; i < l->count; i++) {
        fputs("| ", out);
        if (count[i] > STACK_ROWS)
            fprintf(out, "… %zu more frames; ", count[i] - STACK_ROWS);
        md_text(out, l->lane[i].what[0]       ? l->lane[i].what
                     : count[i]               ? "here it was"
                     : l->lane[i].stack->lost ? l->lane[i].stack->lost
                                              : "no stack");
        fputc(' ', out);
    }
    fputs("|\n", out);
}

/* --- threads ----------------------------------------------------------------------- */

static bool matters(const struct core *core, int i) {
    const struct thread *t = &core->threads[i];
    return i == core->victim || i == core->crossing[0] || i == core->crossing[1] || t->hold_count
           || t->waits.address;
}

static void one_thread(FILE *out, const struct core *core, int i) {
    const struct thread *t = &core->threads[i];
    char who[160];
    const char *died = i == core->victim && core->signal ? core->signal : NULL;
    fputs(died ? "| **" : "| ", out);
    md_text(out, thread_who(t, who, sizeof who));
    fputs(died ? "**" : "", out);
    if (t->lwp)
        fprintf(out, " | %d | ", t->lwp);
    else
        fputs(" | | ", out);
    if (t->where)
        md_text(out, t->where);
    else
        md_code(out, stack_blamed_name(&t->stack));
    if (died)
        fprintf(out, "; died of %s", died);
    fputs(" |", out);
    for (size_t h = 0; h < t->hold_count; h++) {
        fputs(h ? ", " : " ", out);
        md_text(out, t->holds[h].name ? t->holds[h].name : "a mutex");
    }
    fputs(" |", out);
    if (t->waits.address || t->waits.name) {
        fputc(' ', out);
        md_text(out, t->waits.name ? t->waits.name : t->waits_kind ? t->waits_kind : "a lock");
    }
    fputs(" |\n", out);
}

void md_threads(FILE *out, const struct core *core) {
    size_t shown = 0, before = core->thread_count > THREAD_ROWS;
    fputs("\n| thread | LWP | where | holds | waits for |\n", out);
    rule(out, 5);
    for (size_t i = 0; i < core->thread_count; i++) {
        bool left_out = before && (!matters(core, (int)i) || shown >= THREAD_ROWS);
        if (left_out && (int)i != core->victim)
            continue;
        one_thread(out, core, (int)i);
        shown++;
    }
    size_t total =
        core->thread_total > core->thread_count ? core->thread_total : core->thread_count;
    if (total > shown)
        fprintf(out, "\nAnd %zu more threads.\n", total - shown);
}

/* --- findings ------------------------------------------------------------------------ */

static bool has_column(const struct casefile *c, int tool) {
    for (size_t i = 0; i < c->finding_count; i++)
        if (c->findings[i]->witnesses[tool].reports)
            return true;
    return c->tools[tool].runs > 0;
}

static void witness_cell(FILE *out, const struct casefile *c, const struct finding *f, int tool) {
    const struct witness *w = &f->witnesses[tool];
    unsigned started = c->tools[tool].runs - c->tools[tool].not_started;
    if (!w->reports)
        fputs(started ? "| no " : "| did not start ", out);
    else if (started > 1)
        fprintf(out, "| in %u of %u ", w->runs, started);
    else
        fputs("| yes ", out);
}

void md_findings(FILE *out, const struct casefile *c, size_t most) {
    char title[512];
    size_t shown = 0, columns = 1;
    fputs("\n| found |", out);
    for (int t = 0; t < TOOL_COUNT; t++)
        if (has_column(c, t)) {
            fprintf(out, " %s |", tool_title((enum tool)t));
            columns++;
        }
    fputc('\n', out);
    rule(out, columns);
    for (; shown < c->finding_count && shown < most; shown++) {
        const struct finding *f = c->findings[shown];
        fputs("| ", out);
        md_text(out, finding_title(f, title, sizeof title));
        fputs(f->part_of ? " (one side of it) " : " ", out);
        for (int t = 0; t < TOOL_COUNT; t++)
            if (has_column(c, t))
                witness_cell(out, c, f, t);
        fputs("|\n", out);
    }
    if (shown < c->finding_count)
        fprintf(out, "\nAnd %zu more findings.\n", c->finding_count - shown);
    if (c->findings_dropped)
        fputs("\nBeyond these there were more than are told apart.\n", out);
}
