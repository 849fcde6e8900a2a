/*
 * md_diagram.c - see md.h: the crossing and the circle as Mermaid flowcharts, which
 * GitHub and GitLab draw. Ids are ours ("a0", "t1"); only labels hold what was read.
 */
#include "../blame.h"
#include "md.h"

/* A tall diagram is not read: no more frames of a side, or threads of a circle. */
enum { FRAMES_MOST = 8, CIRCLE_MOST = 8 };

static void begin(FILE *out) {
    fputs("\n```mermaid\nflowchart TD\n", out);
}

static void end(FILE *out) {
    fputs("```\n", out);
}

static void frame_node(FILE *out, char side, size_t n, const struct frame *f) {
    fprintf(out, "        %c%zu[\"", side, n);
    md_label(out, frame_name(f));
    if (f->file) {
        fputs("<br>", out);
        md_label(out, short_path(f->file));
        if (f->line)
            fprintf(out, ":%d", f->line);
    }
    fputs("\"]\n", out);
}

/* One thread's box, the outermost frame first; returns the number of its last node. */
static size_t side(FILE *out, char name, const struct lane *l) {
    const struct frame *frames[STACK_KEPT];
    size_t count = shown_frames(l->stack, frames, STACK_KEPT), n = 0;
    size_t kept = count > FRAMES_MOST ? FRAMES_MOST - 1 : count;
    fprintf(out, "    subgraph %c[\"", name);
    md_label(out, l->who);
    fputs("\"]\n", out);
    if (kept < count)
        fprintf(out, "        %c%zu[\"… %zu more\"]\n", name, n++,
                count - kept + l->stack->omitted);
    for (size_t i = kept; i-- > 0; n++)
        frame_node(out, name, n, frames[i]);
    if (count == 0) {
        fprintf(out, "        %c%zu[\"no stack: ", name, n++);
        md_label(out, l->stack->lost ? l->stack->lost : "none was given");
        fputs("\"]\n", out);
    }
    for (size_t i = 1; i < n; i++)
        fprintf(out, "        %c%zu --> %c%zu\n", name, i - 1, name, i);
    fputs("    end\n", out);
    return n - 1;
}

void md_crossing(FILE *out, const struct lanes *l) {
    begin(out);
    size_t last[2] = {0, 0};
    for (size_t i = 0; i < l->count; i++)
        last[i] = side(out, "ab"[i], &l -> lane[i]);
    if (l->count == 2 || l->object[0]) {
        fputs("    object{{\"", out);
        md_label(out, l->object[0] ? l->object : "the same memory");
        fputs("\"}}\n", out);
        for (size_t i = 0; i < l->count; i++) {
            fprintf(out, "    %c%zu -->", "ab"[i], last[i]);
            if (l->lane[i].what[0]) {
                fputs("|\"", out);
                md_label(out, l->lane[i].what);
                fputs("\"|", out);
            }
            fputs(" object\n", out);
        }
    }
    end(out);
}

void md_circle(FILE *out, const struct core *core) {
    char who[160], lock[32];
    size_t shown = core->cycle_count > CIRCLE_MOST ? CIRCLE_MOST : core->cycle_count;
    begin(out);
    for (size_t i = 0; i < shown; i++) {
        const struct thread *t = core_thread(core, core->cycle[i]);
        if (!t)
            continue;
        fprintf(out, "    t%zu[\"", i);
        md_label(out, thread_who(t, who, sizeof who));
        const struct frame *f = stack_blamed(&t->stack);
        if (f) {
            fputs("<br>in ", out);
            md_label(out, frame_name(f));
        }
        fprintf(out, "\"]\n    l%zu{{\"", i);
        md_label(out, held_name(&t->waits, lock, sizeof lock));
        fputs("\"}}\n", out);
    }
    for (size_t i = 0; i < shown; i++) {
        if (!core_thread(core, core->cycle[i]))
            continue;
        fprintf(out, "    t%zu -->|\"waits for\"| l%zu\n", i, i);
        if (i + 1 < shown || shown == core->cycle_count)
            fprintf(out, "    l%zu -->|\"held by\"| t%zu\n", i, (i + 1) % shown);
    }
    if (shown < core->cycle_count)
        fprintf(out,
                "    more[\"… %zu more threads\"]\n    l%zu -->|\"held by\"| more\n"
                "    more -->|\"and so on, back to\"| t0\n",
                core->cycle_count - shown, shown - 1);
    end(out);
}
