/*
 * sure.c - how sure it all is: see story.h. Never "correct": what was tried, and what was
 * not.
 */
#include <stdio.h>

#include "story.h"

void story_sure(const struct report *r, const struct defect *d, crossing_teller *tell, void *data) {
    char text[900];
    if (!r->replay && d->failure.kind != FAILURE_HANG) {
        int n =
            snprintf(text, sizeof text,
                     "%u preemption%s suffice%s (%u in the schedule found, %u replays, %.0f ms)",
                     d->preemptions, d->preemptions == 1 ? "" : "s", d->preemptions == 1 ? "s" : "",
                     d->preemptions_before, d->shrink_replays, d->shrink_seconds * 1e3);
        if (d->preemptions && d->fewer_tried)
            snprintf(text + n, sizeof text - (size_t)n, "; %u did not, in the %llu schedules tried",
                     d->preemptions - 1, (unsigned long long)d->fewer_tried);
        tell(text, 0, data);
        snprintf(text, sizeof text,
                 "Replayed %d of %d times in fresh processes. Found by %s, as schedule %llu.",
                 d->confirmed, d->confirmed_of, d->policy, (unsigned long long)d->found_at);
        tell(text, 0, data);
    }
    if (d->schedule_file)
        snprintf(text, sizeof text, "Again: explore --replay %s -- %s", d->schedule_file,
                 r->program);
    else
        snprintf(text, sizeof text, "To keep it: %s--seed %llu --schedules 1 --save FILE",
                 r->weak ? "--weak " : "", (unsigned long long)d->seed);
    tell(text, 0, data);
}

void story_bottom(const struct report *r, char *to, size_t size) {
    const struct totals *t = &r->totals;
    uint64_t failed = t->schedules - t->by_failure[FAILURE_NONE];
    if (r->replay) {
        snprintf(to, size, "one schedule, replayed%s",
                 r->defect_count ? "" : ", and nothing failed");
        return;
    }
    int n = failed ? snprintf(to, size, "%llu of %llu schedules failed", (unsigned long long)failed,
                              (unsigned long long)t->schedules)
                   : snprintf(to, size, "no failure in %llu schedules of %d policies",
                              (unsigned long long)t->schedules, r->policy_count);
    if (r->races_looked_for)
        n += snprintf(to + n, size - (size_t)n, ", %s%llu with a data race",
                      t->by_failure[FAILURE_RACE] ? "" : "and ",
                      (unsigned long long)t->by_failure[FAILURE_RACE]);
    snprintf(
        to + n, size - (size_t)n,
        "%s; %s%llu distinct interleavings of the shared accesses seen; %.1f s, %d job%s, reset "
        "by %s%s%s",
        r->weak ? ", with weak memory" : "", t->distinct_at_least ? "at least " : "",
        (unsigned long long)t->distinct_shared, r->seconds, r->jobs, r->jobs == 1 ? "" : "s",
        r->reset == RESET_FORK ? "fork" : "snapshot", r->reset_why ? ": the program " : "",
        r->reset_why ? r->reset_why : "");
}
