/* md_tables.c - see md.h: stacks side by side, threads, findings. */
#include <inttypes.h>

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

static void one_crowd(FILE *out, const struct core *core, const struct crowd *crowd) {
    const struct thread *t = core_thread(core, crowd->first);
    char who[512], where[256], lock[32];
    const char *died = crowd->first == core->victim ? core->signal : NULL;
    fputs(died ? "| **" : "| ", out);
    md_text(out, crowd_who(core, crowd, who, sizeof who));
    fputs(died ? "**" : "", out);
    if (t->lwp && crowd->count == 1)
        fprintf(out, " | %d | ", t->lwp);
    else
        fputs(" | | ", out);
    md_text(out, thread_where(t, where, sizeof where));
    if (died)
        fprintf(out, "; died of %s", died);
    fputs(" |", out);
    for (size_t h = 0; h < t->hold_count; h++) {
        fputs(h ? ", " : " ", out);
        md_text(out, held_name(&t->holds[h], lock, sizeof lock));
    }
    fputs(" |", out);
    if (thread_is_waiting(t)) {
        fputc(' ', out);
        md_text(out, held_name(&t->waits, lock, sizeof lock));
    }
    fputs(" |\n", out);
}

void md_threads(FILE *out, const struct core *core) {
    struct crowd crowds[THREAD_ROWS];
    size_t left_out, n = crowds_of(core, crowds, THREAD_ROWS, &left_out);
    fputs("\n| thread | LWP | where | holds | waits for |\n", out);
    rule(out, 5);
    for (size_t i = 0; i < n; i++)
        one_crowd(out, core, &crowds[i]);
    left_out += threads_missing(core);
    if (left_out)
        fprintf(out, "\nAnd %zu more threads.\n", left_out);
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
    unsigned started = runs_started(c, (enum tool)tool);
    struct pool p = {0};
    if (!w->reports && c->tools[tool].schedules)
        fprintf(out, "| no, in %" PRIu64 " schedules ", c->tools[tool].schedules);
    else if (!w->reports)
        fputs(started ? "| no " : "| did not start ", out);
    else if (tool == TOOL_EXPLORE)
        fprintf(out, "| %s ", explored_words(c, f, &p));
    else if (started > 1)
        fprintf(out, "| in %u of %u ", w->runs, started);
    else
        fputs("| yes ", out);
    pool_free(&p);
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
