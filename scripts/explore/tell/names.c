/*
 * names.c - what a defect is called, and the list of them.
 */
#include <string.h>

#include "symbols.h"
#include "tell_report.h"

const char *defect_kind(const struct defect *d) {
    static const char *const kinds[] = {"none",      "race",        "crash",    "abort",
                                        "assertion", "exit",        "deadlock", "lost wakeup",
                                        "livelock",  "double free", "bad free", "use after free",
                                        "misuse",    "thread leak", "hang"};
    return kinds[d->failure.kind];
}

const char *event_words(int kind) {
    static const char *const words[] = {
#define X(name, text) text,
        EVENT_KINDS(X)
#undef X
    };
    return words[kind];
}

/* The last event of a thread: where it is when the schedule ends. */
static const struct event *last_of(const struct channel *c, int thread) {
    for (uint32_t i = c ? c->event_count : 0; i-- > 0;)
        if (c->events[i].thread == thread)
            return &c->events[i];
    return NULL;
}

static void pair_of(char *to, size_t size, const char *a, const char *b) {
    if (strcmp(a, b) > 0)
        snprintf(to, size, "%s/%s", b, a);
    else
        snprintf(to, size, "%s/%s", a, b);
}

const char *defect_pair(const struct report *r, const struct defect *d) {
    static char texts[4][256];
    static int next;
    char *to = texts[next++ % 4];
    const struct failure *f = &d->failure;
    const struct channel *c = d->trace;
    (void)r;
    *to = 0;
    if (c)
        symbols_open(d->program, c->load_bias);
    switch (f->kind) {
    case FAILURE_RACE:
    case FAILURE_USE_AFTER_FREE:
    case FAILURE_DOUBLE_FREE: {
        char a[120];
        snprintf(a, sizeof a, "%s", symbols_blame(c, event_at(c, f->step)));
        pair_of(to, 256, a, symbols_blame(c, event_at(c, f->other_step)));
        break;
    }
    case FAILURE_DEADLOCK: {
        char a[120];
        int first = f->cycle_count ? f->cycle[0] : f->thread;
        snprintf(a, sizeof a, "%s", symbols_blame(c, last_of(c, first)));
        if (f->cycle_count > 1)
            pair_of(to, 256, a, symbols_blame(c, last_of(c, f->cycle[1])));
        else
            snprintf(to, 256, "%s", a);
        break;
    }
    case FAILURE_CRASH: snprintf(to, 256, "SIG%s", sigabbrev_np(f->value)); break;
    case FAILURE_EXIT: snprintf(to, 256, "%d", f->value); break;
    case FAILURE_MISUSE: snprintf(to, 256, "%s", f->words); break;
    default:
        if (c && f->kind != FAILURE_HANG)
            snprintf(to, 256, "%s", symbols_blame(c, last_of(c, f->thread)));
    }
    return to;
}

void report_list(const struct report *r, FILE *out) {
    for (int i = 0; i < r->defect_count; i++)
        fprintf(out, "%s\t%s\t%s\n", defect_kind(&r->defects[i]), defect_pair(r, &r->defects[i]),
                r->defects[i].failure.words);
}
