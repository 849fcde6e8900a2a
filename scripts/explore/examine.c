/*
 * examine.c - what is done with a failing schedule before it is reported: fresh processes
 * must fail alike, then it is shrunk, then traced.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "campaign.h"

enum { CONFIRMATIONS = 3 };
static const double shrink_seconds = 1.0;

/* Replays it in a process that has done nothing else. */
static bool confirmed(const struct options *o, const struct schedule *s, const struct failure *f) {
    struct worker w;
    worker_start(&w, o, false);
    struct failure again = replay(&w, o, s, f, RESET_FORK, false);
    bool same =
        f->kind == FAILURE_HANG ? again.kind == FAILURE_HANG : !w.dead && same_failure(&again, f);
    worker_end(&w, false);
    return same;
}

bool trace_defect(const struct options *o, const struct schedule *s, struct defect *d) {
    struct worker w;
    worker_start(&w, o, true);
    struct failure f = replay(&w, o, s, &d->failure, RESET_FORK, true);
    bool traced = f.kind && !w.dead;
    if (traced) {
        d->failure = f;
        d->failure.pc += w.channel->load_bias;
    }
    d->output = worker_said(&w);
    d->program = o->program[0];
    d->trace = w.channel;
    worker_end(&w, true);
    return traced || d->failure.kind == FAILURE_HANG || !worker_late();
}

/* Fewer preemptions, if they fail alike; else *s stays. At most for so long: an attempt
 * may hang. */
static void make_smaller(const struct options *o, struct schedule *s, struct defect *d,
                         enum reset_kind reset, double seconds) {
    struct worker w;
    double deadline = worker_deadline;
    worker_deadline = now() + seconds;
    worker_start(&w, o, false);
    struct schedule found = *s;
    s->segments = malloc((s->count + 1) * sizeof *s->segments);
    if (!s->segments)
        stop(3, "out of memory");
    memcpy(s->segments, found.segments, s->count * sizeof *s->segments);
    shrink(&w, o, s, d, reset, seconds < shrink_seconds ? seconds : shrink_seconds);
    worker_end(&w, false);
    worker_deadline = deadline;
    if (confirmed(o, s, &d->failure)) {
        schedule_free(&found);
    } else { /* what fails after other schedules only is no schedule to tell */
        schedule_free(s);
        *s = found;
        d->preemptions = d->preemptions_before;
        d->fewer_tried = 0;
    }
}

/* Where time is short, it goes to the trace first, without which nothing can be told; a
 * traced replay takes about three times what one takes. */
bool examine(const struct options *o, struct schedule *s, struct defect *d, enum reset_kind reset) {
    double begin = now();
    if (!confirmed(o, s, &d->failure))
        return false;
    double once = now() - begin, traced = d->failure.kind == FAILURE_HANG ? once : 3 * once;
    double left = worker_deadline - now() - traced - (1 + CONFIRMATIONS) * once;
    d->preemptions = d->preemptions_before;
    if (d->failure.kind != FAILURE_HANG && left > 0)
        make_smaller(o, s, d, reset, left);
    for (int i = 0; i < CONFIRMATIONS && now() + once + traced < worker_deadline; i++) {
        d->confirmed += confirmed(o, s, &d->failure);
        d->confirmed_of++;
    }
    if (!d->confirmed_of) /* the first has to do */
        d->confirmed = d->confirmed_of = 1;
    return trace_defect(o, s, d);
}

void report_free(struct report *r) {
    for (int i = 0; i < r->defect_count; i++) {
        free((void *)(uintptr_t)r->defects[i].output);
        if (r->defects[i].trace)
            munmap((void *)(uintptr_t)r->defects[i].trace, sizeof(struct channel));
    }
}
