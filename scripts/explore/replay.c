/*
 * replay.c - see replay.h.
 */
#include "replay.h"

#include <stdlib.h>
#include <string.h>

struct schedule schedule_of(const struct worker *w) {
    const struct channel *c = w->channel;
    const struct result *r = &c->result;
    struct schedule s = {.count = r->segment_count,
                         .seed = r->seed,
                         .data_seed = r->data_seed,
                         .by_seed = r->segments_cut,
                         .policy_count = c->request.policy_count,
                         .steps_max = c->request.steps_max,
                         .hash = r->hash};
    memcpy(s.policies, c->request.policies, sizeof s.policies);
    s.segments = malloc((s.count + 1) * sizeof *s.segments);
    if (!s.segments)
        stop(3, "out of memory");
    memcpy(s.segments, r->segments, s.count * sizeof *s.segments);
    return s;
}

void schedule_free(struct schedule *s) {
    free(s->segments);
    s->segments = NULL;
}

/* These are known by what happened, not by which instruction came last. */
static bool placeless(int kind) {
    return kind == FAILURE_DEADLOCK || kind == FAILURE_LOST_WAKEUP || kind == FAILURE_LIVELOCK
           || kind == FAILURE_EXIT || kind == FAILURE_HANG;
}

struct failure relative(const struct failure *f, const struct channel *of) {
    struct failure r = *f;
    r.pc -= of->load_bias;
    return r;
}

bool same_failure(const struct failure *a, const struct failure *b) {
    return a->kind == b->kind && a->value == b->value && (placeless(a->kind) || a->pc == b->pc);
}

struct failure replay(struct worker *w, const struct options *o, const struct schedule *s,
                      const struct failure *wanted, enum reset_kind reset, bool traced) {
    static const struct failure none;
    struct channel *c = w->channel;
    worker_meet(w);
    if (w->dead)
        return none;
    struct request *q = &c->request;
    q->reset = reset;
    q->traced = traced;
    q->output = traced;
    q->races = o->races || (wanted && wanted->kind == FAILURE_RACE);
    q->stop_at_race = wanted && wanted->kind == FAILURE_RACE;
    q->race_pc = q->stop_at_race ? wanted->pc : 0;
    q->steps_max = s->steps_max;
    q->by_seed = s->by_seed;
    q->first = s->seed;
    q->data_seed = s->data_seed;
    q->segment_count = s->by_seed ? 0 : s->count;
    memcpy(q->policies, s->policies, sizeof q->policies);
    q->policy_count = s->policy_count;
    if (!s->by_seed)
        memcpy(c->replay, s->segments, s->count * sizeof *s->segments);
    if (!worker_do(w, REQUEST_REPLAY, o->timeout))
        return worker_late() ? none : (struct failure){.kind = FAILURE_HANG, .other = -1};
    if (c->answer.kind != ANSWER_FAILURE)
        return none;
    return relative(c->result.failure.kind ? &c->result.failure : &c->result.race, c);
}
