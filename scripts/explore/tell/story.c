/*
 * story.c - see story.h.
 */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"
#include "tell_report.h"

enum { AROUND = 3 };

static bool about(const struct defect *d, const struct event *e) {
    const struct failure *f = &d->failure;
    if (e->step == f->step || (f->other_step && e->step == f->other_step))
        return true;
    if (!e->address || e->kind == EVENT_THREAD_JOIN)
        return false;
    if (f->kind == FAILURE_RACE || f->kind == FAILURE_USE_AFTER_FREE
        || f->kind == FAILURE_LOST_WAKEUP || f->kind == FAILURE_MISUSE)
        return f->address - e->address < (e->length ? e->length : 1);
    for (int i = 0; i < f->cycle_count; i++)
        if (d->trace->result.threads[f->cycle[i]].wait_for == e->address)
            return true;
    return false;
}

static bool *keep(const struct defect *d) {
    const struct channel *c = d->trace;
    uint32_t n = c->event_count;
    bool *kept = calloc(n + 1, sizeof *kept);
    for (uint32_t i = 0; kept && i < n; i++) {
        kept[i] |= i + AROUND >= n || about(d, &c->events[i]);
        if (i + 1 == n || c->events[i].thread == c->events[i + 1].thread)
            continue;
        for (uint32_t k = 0; k < AROUND; k++) {
            if (i >= k && c->events[i - k].thread == c->events[i].thread)
                kept[i - k] = true;
            if (i + 1 + k < n && c->events[i + 1 + k].thread == c->events[i + 1].thread)
                kept[i + 1 + k] = true;
        }
    }
    return kept;
}

static enum segment_end end_of(const struct channel *c, const struct event *e) {
    for (uint32_t i = 0; i < c->result.segment_count; i++) {
        const struct segment *s = &c->result.segments[i];
        if (s->thread == e->thread && s->until == e->own + 1)
            return (enum segment_end)s->end;
    }
    return END_BLOCKED;
}

static const struct event *next_of(const struct channel *c, uint32_t i) {
    for (uint32_t k = i + 1; k < c->event_count; k++)
        if (c->events[k].thread == c->events[i].thread)
            return &c->events[k];
    return NULL;
}

struct story_row *story_rows(const struct defect *d, uint32_t *count) {
    const struct channel *c = d->trace;
    bool *kept = keep(d);
    struct story_row *rows = calloc((size_t)c->event_count * 2 + 2, sizeof *rows), *r = rows;
    for (uint32_t i = 0; kept && rows && i < c->event_count; i++) {
        const struct event *e = &c->events[i];
        struct story_row *last = r > rows ? r - 1 : NULL;
        if (last && last->kind == (kept[i] ? ROW_EVENT : ROW_LEFT_OUT) && last->thread == e->thread
            && (!kept[i] || (last->event->pc == e->pc && last->event->kind == e->kind)))
            last->times++;
        else
            *r++ = (struct story_row){.kind = kept[i] ? ROW_EVENT : ROW_LEFT_OUT,
                                      .thread = e->thread,
                                      .times = 1,
                                      .event = e};
        if (i + 1 < c->event_count && c->events[i + 1].thread != e->thread)
            *r++ = (struct story_row){.kind = ROW_SWITCH,
                                      .thread = e->thread,
                                      .next = c->events[i + 1].thread,
                                      .event = e,
                                      .end = (uint8_t)end_of(c, e),
                                      .resumed = next_of(c, i)};
    }
    free(kept);
    *count = (uint32_t)(r - rows);
    return rows;
}

void story_who(const struct defect *d, int thread, char *to, size_t size) {
    const char *name = thread >= 0 && (uint32_t)thread < d->trace->result.thread_count
                           ? d->trace->result.threads[thread].name
                           : "";
    snprintf(to, size, *name ? "T%d (%s)" : "T%d", thread, name);
    if (thread == 0)
        snprintf(to, size, "main");
}

void story_verdict(const struct defect *d, char *to, size_t size) {
    const struct failure *f = &d->failure;
    char who[64], other[64], object[160];
    story_who(d, f->thread, who, sizeof who);
    story_who(d, f->other, other, sizeof other);
    symbols_data(d->trace, f->address, object, sizeof object);
    switch (f->kind) {
    case FAILURE_RACE:
        snprintf(to, size, "data race: %s and %s meet at %s, and nothing orders them", who, other,
                 object);
        break;
    case FAILURE_USE_AFTER_FREE:
        snprintf(to, size, "use after free: %s uses %s, which %s has freed", who, object, other);
        break;
    case FAILURE_DOUBLE_FREE:
        snprintf(to, size, "double free: %s frees %s, which %s has freed", who, object, other);
        break;
    case FAILURE_DEADLOCK: {
        int n = snprintf(to, size, "deadlock: ");
        for (int i = 0; i < f->cycle_count && n < (int)size; i++) {
            story_who(d, f->cycle[i], who, sizeof who);
            story_who(d, f->cycle[(i + 1) % f->cycle_count], other, sizeof other);
            n += snprintf(to + n, size - (size_t)n, "%s%s waits for %s", i ? ", " : "", who, other);
        }
        if (!f->cycle_count)
            snprintf(to + n, size - (size_t)n, "%s waits for %s: %s", who, object,
                     *f->words ? f->words : "nobody is left to let it go on");
        break;
    }
    case FAILURE_LOST_WAKEUP:
        snprintf(to, size, "lost wakeup: %s waits for %s, and nobody is left to wake it", who,
                 object);
        break;
    case FAILURE_CRASH:
        snprintf(to, size, "crash: %s dies of SIG%s", who, sigabbrev_np(f->value));
        break;
    case FAILURE_ABORT: snprintf(to, size, "abort: %s ends the program", who); break;
    case FAILURE_ASSERTION:
        snprintf(to, size, "assertion: %s finds that not: %s", who, f->words);
        break;
    case FAILURE_EXIT:
        snprintf(to, size, "exit status: the program exits with %d", f->value);
        break;
    case FAILURE_THREAD_LEAK:
        snprintf(to, size, "thread leak: %s has ended, and nobody joins or detaches it", who);
        break;
    case FAILURE_HANG: snprintf(to, size, "hang: no event any more, before the time limit"); break;
    default: snprintf(to, size, "%s: %s, by %s at %s", defect_kind(d), f->words, who, object);
    }
}
