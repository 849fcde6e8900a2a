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
    md_text(out, case_title(c));
    fputs("\n\n", out);
}

/* --- the verdict --------------------------------------------------------------------- */

static void verdict(FILE *out, const struct casefile *c) {
    struct sentence sentences[SENTENCES_MOST];
    struct pool p = {0};
    size_t n = verdict_of(c, sentences, &p);
    for (size_t i = 0; i < n; i++) {
        fputs(i ? " " : "", out);
        for (size_t w = 0; w < sentences[i].count; w++) {
            const struct words *words = &sentences[i].words[w];
            fputs(words->strong ? "**" : "", out);
            md_text(out, words->text);
            fputs(words->strong ? "**" : "", out);
        }
    }
    fputc('\n', out);
    pool_free(&p);
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
    struct guide_entry entries[ENTRIES_MOST];
    size_t n = guide_entries(c, entries);
    if (n)
        fputs("\n## The words, explained\n", out);
    for (size_t i = 0; i < n; i++)
        guide(out, entries[i].title, entries[i].guide);
}

bool tell_md(const struct casefile *c, FILE *out, const struct style *style) {
    title(out, c);
    verdict(out, c);
    notes(out, c);
    crossing(out, c, style);
    if (c->core && c->core->thread_count) {
        fputs("\n## Who was where\n", out);
        md_threads(out, c->core);
    }
    if (!no_tool_ran(c)) {
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
