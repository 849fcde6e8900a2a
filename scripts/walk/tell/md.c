/*
 * md.c - the case as GitHub-flavoured Markdown, for a README or an incident report:
 * what the terminal's page says, with the crossing as a Mermaid diagram.
 *
 * The same case gives the same bytes. Nothing from a report can leave its cell: md.h.
 */
#include <inttypes.h>

#include "../blame.h"
#include "explain.h"
#include "md.h"

enum { ROWS_MOST = 24 };

static void title(FILE *out, const struct casefile *c) {
    fputs("# ", out);
    if (c->lab.slug) {
        md_text(out, c->lab.slug);
        fputs(": ", out);
    }
    md_text(out, c->lab.title ? c->lab.title : c->program ? short_path(c->program) : "A case");
    fputs("\n\n", out);
}

/* --- the verdict --------------------------------------------------------------------- */

/* Sentences of one paragraph, with a blank in between. */
static void sentence(FILE *out, bool *any) {
    fputs(*any ? " " : "", out);
    *any = true;
}

static void what_happened(FILE *out, const struct core *core, bool *any) {
    char who[160];
    const struct thread *victim = core_thread(core, core->victim);
    const struct frame *f = victim ? stack_blamed(&victim->stack) : NULL;
    sentence(out, any);
    if (!core->signal) {
        fputs("The process had not died.", out);
    } else {
        fputs("**", out);
        md_text(out, victim ? thread_who(victim, who, sizeof who) : "The process");
        fputs("** died of ", out);
        md_text(out, core->signal);
        fputs(f ? " in " : "", out);
        if (f)
            md_code(out, f->function);
        fputc('.', out);
    }
    if (core->cycle_count) {
        sentence(out, any);
        fprintf(out, "%zu threads wait for one another: a deadlock.", core->cycle_count);
    }
    if (core->fault_words && core->fault != FAULT_NONE) {
        sentence(out, any);
        md_text(out, core->fault_words);
    }
}

static void witnesses(FILE *out, const struct casefile *c, const struct finding *f) {
    const char *before = "; seen by ";
    for (int t = 0; t < TOOL_COUNT; t++) {
        if (!f->witnesses[t].reports)
            continue;
        fprintf(out, "%s%s", before, tool_title((enum tool)t));
        unsigned started = c->tools[t].runs - c->tools[t].not_started;
        if (started > 1)
            fprintf(out, " in %u of %u runs", f->witnesses[t].runs, started);
        before = ", ";
    }
}

static void nothing_found(FILE *out, const struct casefile *c) {
    unsigned runs = 0, not_started = 0;
    for (int t = 0; t < TOOL_COUNT; t++) {
        runs += c->tools[t].runs;
        not_started += c->tools[t].not_started;
    }
    fputs(runs && not_started == runs
              ? "No tool could start. That is the environment, and says nothing of the program."
              : "Nothing was found in what was read.",
          out);
}

static void verdict(FILE *out, const struct casefile *c) {
    char text[512];
    bool any = false;
    const struct finding *f = case_main(c);
    if (c->core)
        what_happened(out, c->core, &any);
    if (f) {
        sentence(out, &any);
        fputs(c->link.finding ? "The likely cause: **" : "**", out);
        md_text(out, finding_title(f, text, sizeof text));
        fputs("**", out);
        witnesses(out, c, f);
        fputc('.', out);
    }
    if (c->link.finding && c->link.reason) {
        sentence(out, &any);
        fputs("They belong together: ", out);
        md_text(out, c->link.reason);
        fputc('.', out);
    } else if (f && !c->link.finding && c->core && c->core->signal) {
        sentence(out, &any);
        fputs("No stack in the core touches it, so it is not linked with the crash.", out);
    } else if (!f && !c->core) {
        nothing_found(out, c);
    }
    fputc('\n', out);
}

static void note(FILE *out, const char *text, bool *any) {
    fputs(*any ? "> - " : "\n> - ", out);
    md_text(out, text);
    fputc('\n', out);
    *any = true;
}

static void notes(FILE *out, const struct casefile *c) {
    bool any = false;
    const struct core *core = c->core;
    if (core && core->fit == FIT_NO)
        note(out, "The core is not of this program: the build-ids differ.", &any);
    for (size_t i = 0; core && i < core->note_count; i++)
        note(out, core->notes[i], &any);
    for (size_t i = 0; i < c->note_count; i++)
        note(out, c->notes[i], &any);
    for (int t = 0; t < TOOL_COUNT; t++)
        if (c->tools[t].not_started) {
            fputs(any ? "> - " : "\n> - ", out);
            fprintf(out, "%s did not start in %u of %u runs: ", tool_title((enum tool)t),
                    c->tools[t].not_started, c->tools[t].runs);
            md_text(out, c->tools[t].reason ? c->tools[t].reason : "no reason given");
            fputc('\n', out);
            any = true;
        }
}

/* --- the crossing -------------------------------------------------------------------- */

/* The racing lines, each behind a comment that says whose it is: so no line of it can
 * close the fence. */
static void sources(FILE *out, const struct lanes *l, const struct style *style) {
    bool any = false;
    for (size_t i = 0; i < l->count; i++) {
        const struct frame *f = stack_blamed(l->lane[i].stack);
        const char *line = f ? source_line(style, f->file, f->line) : NULL;
        if (!line)
            continue;
        fputs(any ? "" : "\n```c\n", out);
        any = true;
        fputs("/* ", out);
        md_raw(out, l->lane[i].who);
        fputs(": ", out);
        md_raw(out, short_path(f->file));
        fprintf(out, ":%d */ ", f->line);
        md_raw(out, line);
        fputc('\n', out);
    }
    fputs(any ? "```\n" : "", out);
}

static void crossing(FILE *out, const struct casefile *c, const struct style *style) {
    struct lanes l;
    lanes_of(c, &l);
    bool circle = c->core && c->core->cycle_count;
    if (!l.count && !circle)
        return;
    fprintf(out, "\n## %s\n", circle ? "The circle" : l.count == 2 ? "The crossing" : "The stack");
    if (circle)
        md_circle(out, c->core);
    else
        md_crossing(out, &l);
    if (!l.count)
        return;
    if (l.source)
        fprintf(out, "\nAs %s shows it, the outermost call first:\n", l.source);
    md_stacks(out, &l);
    sources(out, &l, style);
    if (c->link.finding && l.finding != c->link.finding && c->link.finding->site_count) {
        lanes_of_finding(c->link.finding, &l);
        fprintf(out, "\nAs %s saw it:\n", l.source);
        md_stacks(out, &l);
        sources(out, &l, style);
    }
}

/* --- the rest -------------------------------------------------------------------------- */

static void memory(FILE *out, const struct core *core) {
    fputs("\n## What memory says\n\n```text\n", out);
    for (size_t i = 0; i < core->look_count; i++) {
        fputs("look ", out);
        md_raw(out, core->looks[i].expression);
        fputc('\n', out);
        for (size_t n = 0; n < core->looks[i].line_count; n++) {
            fputs("    ", out);
            md_raw(out, core->looks[i].lines[n]);
            fputc('\n', out);
        }
    }
    fputs("```\n", out);
}

static void table(FILE *out, const char *heading, const char *head, const struct row *rows,
                  size_t count) {
    if (!count)
        return;
    fprintf(out, "\n## %s\n\n%s|---|---|---|\n", heading, head);
    for (size_t i = 0; i < count; i++) {
        for (size_t cell = 0; cell < 3; cell++) {
            fputs(cell ? " | " : "| ", out);
            md_text(out, rows[i].cells[cell]);
        }
        fputs(" |\n", out);
    }
}

static void how_to_read(FILE *out, const struct casefile *c) {
    struct row rows[ROWS_MOST];
    struct pool p = {0};
    size_t n = key_fields(c, rows, ROWS_MOST, &p);
    table(out, "The key fields", "| field | here | what it means |\n", rows, n);
    n = where_to_look(c, rows, ROWS_MOST, &p);
    table(out, "Where to look", "| tool | where to look | what is there |\n", rows, n);
    pool_free(&p);
}

static void guide(FILE *out, const char *heading, const struct guide *g) {
    const char *const texts[] = {g->means, g->look, g->repair, g->silence};
    static const char *const labels[] = {"Means", "Look", "Repair", "Silence"};
    fputs("\n### ", out);
    md_text(out, heading);
    fputs("\n\n", out);
    for (size_t i = 0; i < 4; i++) {
        fprintf(out, "- **%s:** ", labels[i]);
        md_text(out, texts[i]);
        fputc('\n', out);
    }
}

static void explanations(FILE *out, const struct casefile *c) {
    bool told[KIND_COUNT] = {false};
    const struct core *core = c->core;
    if (!c->finding_count && !(core && (core->cycle_count || core->signal)))
        return;
    fputs("\n## The words, explained\n", out);
    if (core && core->cycle_count)
        guide(out, "deadlock", guide_for_deadlock());
    else if (core && core->signal)
        guide(out, core->signal, guide_for_fault(core->fault));
    for (size_t i = 0; i < c->finding_count; i++) {
        enum kind kind = c->findings[i]->kind;
        if (!told[kind])
            guide(out, kind_name(kind), guide_for(kind));
        told[kind] = true;
    }
}

bool tell_md(const struct casefile *c, FILE *out, const struct style *style) {
    bool any = c->finding_count > 0;
    for (int t = 0; t < TOOL_COUNT; t++)
        any |= c->tools[t].runs > 0;
    title(out, c);
    verdict(out, c);
    notes(out, c);
    crossing(out, c, style);
    if (c->core && c->core->thread_count) {
        fputs("\n## Who was where\n", out);
        md_threads(out, c->core);
    }
    if (any) {
        fputs("\n## What each tool says\n", out);
        md_findings(out, c, style->most);
    }
    if (c->core && c->core->look_count)
        memory(out, c->core);
    how_to_read(out, c);
    if (style->explain)
        explanations(out, c);
    return fflush(out) == 0 && !ferror(out);
}
