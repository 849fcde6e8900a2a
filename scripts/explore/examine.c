/*
 * examine.c - what is done with a failing schedule before it is reported: fresh processes
 * must fail alike, then it is shrunk, then traced.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "campaign.h"

enum { CONFIRMATIONS = 3, OUTPUT_MAX = 64 << 10 };
static const double shrink_seconds = 1.0;

/* Replays it in a process that has done nothing else. */
static bool confirmed(const struct options *o, const struct schedule *s, const struct failure *f) {
    struct worker w;
    worker_start(&w, o, NULL);
    struct failure again = replay(&w, o, s, f, RESET_FORK, false);
    bool same =
        f->kind == FAILURE_HANG ? again.kind == FAILURE_HANG : !w.dead && same_failure(&again, f);
    worker_end(&w, false);
    return same;
}

static char *read_output(const char *path) {
    FILE *f = fopen(path, "re");
    char *text = calloc(1, OUTPUT_MAX + 1);
    if (f && text && fread(text, 1, OUTPUT_MAX, f) == 0) {
        free(text);
        text = NULL;
    }
    if (f)
        fclose(f);
    return text;
}

void trace_defect(const struct options *o, const struct schedule *s, struct defect *d) {
    char path[] = "/tmp/explore-XXXXXX";
    int fd = mkstemp(path);
    struct worker w;
    worker_start(&w, o, fd >= 0 ? path : NULL);
    struct failure f = replay(&w, o, s, &d->failure, RESET_FORK, true);
    if (f.kind && !w.dead) {
        d->failure = f;
        d->failure.pc += w.channel->load_bias;
    }
    d->output = fd >= 0 ? read_output(path) : NULL;
    if (fd >= 0) {
        close(fd);
        unlink(path);
    }
    d->program = o->program[0];
    d->trace = w.channel;
    worker_end(&w, true);
}

bool examine(const struct options *o, struct schedule *s, struct defect *d, enum reset_kind reset) {
    if (!confirmed(o, s, &d->failure))
        return false;
    if (d->failure.kind != FAILURE_HANG) {
        struct worker w;
        worker_start(&w, o, NULL);
        struct schedule found = *s;
        s->segments = malloc((s->count + 1) * sizeof *s->segments);
        if (!s->segments)
            stop(3, "out of memory");
        memcpy(s->segments, found.segments, s->count * sizeof *s->segments);
        shrink(&w, o, s, d, reset, shrink_seconds);
        worker_end(&w, false);
        if (confirmed(o, s, &d->failure)) {
            schedule_free(&found);
        } else { /* what fails after other schedules only is no schedule to tell */
            schedule_free(s);
            *s = found;
            d->preemptions = d->preemptions_before;
            d->fewer_tried = 0;
        }
    }
    d->confirmed_of = CONFIRMATIONS;
    for (int i = 0; i < CONFIRMATIONS; i++)
        d->confirmed += confirmed(o, s, &d->failure);
    trace_defect(o, s, d);
    return true;
}

void report_free(struct report *r) {
    for (int i = 0; i < r->defect_count; i++) {
        free((void *)(uintptr_t)r->defects[i].output);
        if (r->defects[i].trace)
            munmap((void *)(uintptr_t)r->defects[i].trace, sizeof(struct channel));
    }
}
