/*
 * text.c - a report for a terminal: the verdict, the interleaving with time downwards and
 * a column for each thread, what matters in it in words, and how sure all that is.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../../walk/tell/tell.h"
#include "../../walk/tell/term.h"
#include "crossing.h"
#include "locks.h"
#include "story.h"
#include "symbols.h"
#include "tell_report.h"

struct paper {
    FILE *out;
    int columns;
    bool colour;
    const struct defect *d;
    int lane[THREADS_MAX]; /* of each thread; -1: none */
    int lanes, width;
};

enum { MARGIN = 7, LANES_MOST = 4, LAST_LANE = 46 };

static void put(const struct paper *p, const char *ansi, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (p->colour)
        fprintf(p->out, "\033[%sm", ansi);
    vfprintf(p->out, format, args);
    if (p->colour)
        fputs("\033[0m", p->out);
    va_end(args);
}

/* A sentence, broken at words. */
static void wrapped(const struct paper *p, const char *indent, const char *text) {
    char safe[4000]; /* it may quote the source, which is anybody's */
    clean(safe, sizeof safe, text, sizeof safe);
    int at = fprintf(p->out, "%s", indent);
    for (const char *word = safe; *word;) {
        int n = (int)strcspn(word, " ");
        if (at + n + 1 > p->columns && at > (int)strlen(indent))
            at = fprintf(p->out, "\n%s", indent) - 1;
        at +=
            fprintf(p->out, "%s%.*s", word > safe && at > (int)strlen(indent) ? " " : "", n, word);
        word += n + (word[n] != 0);
    }
    fputc('\n', p->out);
}

/* Where an event is: the blamable place that has a source line. */
static struct place place_of(const struct event *e) {
    struct place places[8];
    symbols_places(e->pc, places, 8);
    return places[0];
}

static void source_of(const struct event *e, char *to, size_t size) {
    struct place p = place_of(e);
    const struct style style = {.width = 80};
    const char *text = p.line ? source_line(&style, p.file, p.line) : NULL;
    if (text)
        snprintf(to, size, "%s", text);
    else
        snprintf(to, size, "%s", p.function);
}

/* --- the interleaving ------------------------------------------------------------------ */

static void lay_out(struct paper *p, const struct story_row *rows, uint32_t count) {
    p->lanes = story_lanes(rows, count, p->lane);
    if (p->lanes > LANES_MOST)
        p->lanes = 1, memset(p->lane, 0, sizeof p->lane);
    /* A line has one event, so it may go on over the columns to its right: the last one
     * must have room enough, the others just begin further left. */
    p->width = p->lanes > 1 ? (p->columns - MARGIN - LAST_LANE) / (p->lanes - 1) : 0;
}

static int bytes_in(const char *text, int columns) { /* of UTF-8 */
    const char *at = text;
    for (; *at && columns > 0; columns--)
        do
            at++;
        while ((*at & 0xc0) == 0x80);
    return (int)(at - text);
}

static void put_cell(const struct paper *p, int thread, const char *ansi, const char *text) {
    int lane = p->lane[thread], room = p->columns - MARGIN - lane * p->width;
    fprintf(p->out, "%*s", lane * p->width, "");
    if (p->lanes == 1)
        room -= fprintf(p->out, "T%d ", thread);
    char safe[2000]; /* the source and the names are anybody's */
    if (clean(safe, sizeof safe, text, 400) > room)
        put(p, ansi, "%.*s~\n", bytes_in(safe, room - 1), safe);
    else
        put(p, ansi, "%s\n", safe);
}

/* A line of source is told once, for all events in a row that it makes. */
static bool same_line(const struct story_row *before, const struct story_row *r) {
    if (!before || before->kind != ROW_EVENT || before->thread != r->thread)
        return false;
    struct place a = place_of(before->event), b = place_of(r->event);
    return a.line == b.line && a.line && strcmp(a.file, b.file) == 0;
}

static void put_event(const struct paper *p, const struct story_row *r,
                      const struct story_row *before) {
    char text[700], said[400], source[160], times[24] = "";
    event_said(p->d, r->event, said, sizeof said);
    source_of(r->event, source, sizeof source);
    if (r->times > 1)
        snprintf(times, sizeof times, " x%u", r->times);
    if (same_line(before, r))
        snprintf(text, sizeof text, "%s%s", said, times);
    else
        snprintf(text, sizeof text, "%s%s: %s", said, times, source);
    fprintf(p->out, "%c%5u ", r->matters ? '>' : ' ', r->event->step);
    put_cell(p, r->thread, r->matters ? "1;31" : "0", text);
}

static void put_switch(const struct paper *p, const struct story_row *r) {
    static const char *const why[] = {"is preempted", "waits", "yields", "has ended"};
    char from[64], to[64];
    story_who(p->d, r->thread, from, sizeof from);
    story_who(p->d, r->next, to, sizeof to);
    put(p, r->end == END_PREEMPTED ? "1;33" : "2", "   --- %s %s; %s goes on\n", from, why[r->end],
        to);
}

static void interleaving(struct paper *p, const struct story_row *rows, uint32_t count) {
    char text[80];
    lay_out(p, rows, count);
    fprintf(p->out, "  step ");
    for (int lane = 0; lane < p->lanes; lane++)
        for (int t = 0; t < THREADS_MAX && p->lanes > 1; t++)
            if (p->lane[t] == lane) {
                if (p->width >= 20)
                    story_who(p->d, t, text, sizeof text);
                else
                    snprintf(text, sizeof text, t ? "T%d" : "main", t);
                put(p, "1", "%-*.*s", lane + 1 < p->lanes ? p->width : 0, p->width - 1, text);
            }
    fputc('\n', p->out);
    for (uint32_t i = 0; i < count; i++) {
        const struct story_row *r = &rows[i];
        if (r->kind == ROW_EVENT) {
            put_event(p, r, i ? r - 1 : NULL);
        } else if (r->kind == ROW_SWITCH) {
            put_switch(p, r);
        } else if (p->lane[r->thread] >= 0) {
            snprintf(text, sizeof text, "... %u more", r->times);
            fprintf(p->out, "%*s", MARGIN, "");
            put_cell(p, r->thread, "2", text);
        }
    }
}

static void sentence(const char *text, int level, void *data) {
    wrapped(data, level ? "      " : "  ", text);
}

/* Where everybody is at the end: for failures in which that matters. */
static void ends(struct paper *p) {
    const struct result *r = &p->d->trace->result;
    char text[500];
    put(p, "1", "  the threads at the end\n");
    for (uint32_t i = 0; i < r->thread_count; i++) {
        const struct thread_end *t = &r->threads[i];
        if (t->state == THREAD_UNUSED
            || (t->state == THREAD_FINISHED && (int)i != p->d->failure.thread))
            continue;
        story_thread_end(p->d, (int)i, text, sizeof text);
        wrapped(p, "    ", text);
    }
}

/* --- one defect --------------------------------------------------------------------------- */

static void stack_of(const struct paper *p, const char *title, const struct event *e) {
    char who[64], locks[300], said[400], text[900];
    struct held_locks held;
    if (!e)
        return;
    story_who(p->d, e->thread, who, sizeof who);
    locks_held(p->d->trace, e->thread, (uint32_t)(e - p->d->trace->events), &held);
    locks_said(p->d->trace, &held, e->step, locks, sizeof locks);
    event_said(p->d, e, said, sizeof said);
    snprintf(text, sizeof text, "%s: %s %s, step %u%s", title, who, said, e->step, locks);
    if (p->colour)
        fputs("\033[1m", p->out);
    wrapped(p, "  ", text);
    if (p->colour)
        fputs("\033[0m", p->out);
    for (int i = -1, shown = 0; i < (int)e->depth && shown < 8; i++) {
        struct place places[8];
        uint64_t pc = i < 0 ? e->pc : p->d->trace->stacks[e->stack + (uint32_t)i];
        int n = symbols_places(pc, places, 8);
        for (int k = 0; k < n; k++, shown++)
            if (places[k].line)
                fprintf(p->out, "    %-28.60s %.60s:%d\n", places[k].function,
                        base_name(places[k].file), places[k].line);
    }
}

static void one(struct paper *p, const struct report *r) {
    const struct defect *d = p->d;
    char text[600];
    symbols_open(r->program, d->trace->load_bias);
    story_verdict(d, text, sizeof text);
    if (p->colour)
        fputs("\033[1;31m", p->out);
    wrapped(p, "", text);
    if (p->colour)
        fputs("\033[0m", p->out);
    uint32_t count = 0;
    struct story_row *rows = d->trace->event_count ? story_rows(d, &count) : NULL;
    if (rows) {
        fputc('\n', p->out);
        interleaving(p, rows, count);
        fputc('\n', p->out);
        story_explain(d, sentence, p);
    }
    free(rows);
    if (d->failure.other_step)
        stack_of(p, "earlier", event_at(d->trace, d->failure.other_step));
    if (d->trace->event_count)
        stack_of(p, d->failure.other_step ? "then" : "at the end",
                 event_at(d->trace, d->failure.step));
    if (d->trace->event_count && d->failure.kind != FAILURE_RACE)
        ends(p);
    if (d->output) {
        put(p, "1", "  the program said\n");
        char *copy = strdup(d->output), *save = NULL;
        for (char *line = copy ? strtok_r(copy, "\n", &save) : NULL; line;
             line = strtok_r(NULL, "\n", &save)) {
            char safe[2000];
            clean(safe, sizeof safe, line, p->columns - 4);
            fprintf(p->out, "    %s\n", safe);
        }
        free(copy);
    }
    story_sure(r, d, sentence, p);
    fputc('\n', p->out);
}

/* --- the bottom line ------------------------------------------------------------------------- */

static void bottom_line(const struct paper *p, const struct report *r) {
    char text[900];
    story_bottom(r, text, sizeof text);
    wrapped(p, "", text);
    for (int i = 0; i < r->note_count; i++)
        if (r->notes[i].kind == NOTE_NOT_COVERED)
            fprintf(p->out, "not covered: %s\n", r->notes[i].words);
    if (r->unconfirmed)
        fprintf(p->out, "%llu failures were not confirmed by a fresh process, and are not told\n",
                (unsigned long long)r->unconfirmed);
    if (r->out_of_time && !r->totals.schedules)
        fputs("out of time: not one schedule has ended (a hang is what takes --timeout S)\n",
              p->out);
    else if (r->out_of_time && r->asked)
        fputs("out of time: not all schedules were tried\n", p->out);
    if (r->defects_lost)
        fprintf(p->out, "%d more defects were counted only\n", r->defects_lost);
}

void report_text(const struct report *r, FILE *out, int columns, bool colour) {
    struct paper p = {.out = out, .columns = columns, .colour = colour};
    for (int i = 0; i < r->defect_count; i++) {
        p.d = &r->defects[i];
        one(&p, r);
    }
    if (!r->replay)
        bottom_line(&p, r);
    else if (!r->defect_count)
        fputs(r->out_of_time ? "out of time: the replay has not ended\n"
                             : "the schedule was replayed, and nothing failed\n",
              out);
}
