/*
 * campaign.c - see campaign.h.
 *
 * One process looks at what the program does (audit), and what is learned of it
 * (calibrate); then --jobs of them try seeds, each its own share: seed, seed + jobs ….
 * When one finds something new, it waits; the schedule is examined in other processes,
 * told to all as known, and the search goes on or ends.
 */
#include "campaign.h"
#include "tell/tell_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LONG_ENOUGH = 1000000, CALIBRATION_STEPS = 10000000 };
static const double batch_seconds = 0.2;
/* What is found when time is nearly up is still examined, for so long after it. */
static const double last_seconds = 0.6;

struct campaign {
    const struct options *o;
    struct report *r;
    struct schedule *first;
    struct worker workers[64];
    int jobs;
    uint64_t end; /* seeds from o->seed to here; grows smaller when one has failed */
    double begin, deadline;
    struct calibration calibration;
    struct known known[KNOWN_MAX];
    int told_as[KNOWN_MAX]; /* which of the known ones stands for it: of the same functions */
    uint32_t known_count, steps_max;
    enum reset_kind reset;
    bool done;
};

/* --- counting ---------------------------------------------------------------------- */

static void add_totals(struct totals *to, const struct totals *t) {
    to->schedules += t->schedules;
    to->steps += t->steps;
    to->switches += t->switches;
    to->hash_of_hashes += t->hash_of_hashes;
    for (int i = 0; i < FAILURE_KIND_COUNT; i++)
        to->by_failure[i] += t->by_failure[i];
    for (int i = 0; i < 16; i++) {
        to->by_policy[i] += t->by_policy[i];
        to->failed_by_policy[i] += t->failed_by_policy[i];
    }
}

/* A worker is ended; what it counted is kept. */
static void retire(struct campaign *c, struct worker *w) {
    if (!w->pid)
        return;
    add_totals(&c->r->totals, &w->channel->totals);
    for (uint32_t i = 0; i < w->channel->known_count && i < c->known_count; i++)
        c->known[i].count += w->channel->known[i].count;
    for (uint32_t i = 0; i < w->channel->note_count; i++) {
        const struct channel_note *n = &w->channel->notes[i];
        bool have = false;
        for (int k = 0; k < c->r->note_count; k++)
            have |= strcmp(c->r->notes[k].words, n->words) == 0;
        if (!have && c->r->note_count < NOTES_MAX)
            c->r->notes[c->r->note_count++] = *n;
        if (n->kind == NOTE_NEEDS_FORK && !c->r->reset_why)
            c->r->reset_why = strdup(n->words);
    }
    worker_end(w, false);
}

static void progress(const struct campaign *c) {
    static double last;
    double t = now();
    if (!isatty(STDERR_FILENO) || t - c->begin < 2 || t - last < 0.2)
        return;
    last = t;
    uint64_t n = c->r->totals.schedules;
    for (int i = 0; i < c->jobs; i++)
        n += c->workers[i].pid ? c->workers[i].channel->totals.schedules : 0;
    fprintf(stderr, "\r\033[K%llu schedules, %.0f s ", (unsigned long long)n, t - c->begin);
}

/* --- beginning ------------------------------------------------------------------------ */

static void died_early(struct worker *w) {
    if (w->channel->cannot[0])
        stop(3, "%s", w->channel->cannot);
    if (worker_stop_signal)
        return;
    if (!w->channel->beat && w->late)
        stop(124, "out of time: %s has not come to its main", w->program);
    if (!w->channel->beat)
        stop(3, "%s dies before its main can begin", w->program);
}

static void fill_request(const struct campaign *c, struct request *q) {
    q->reset = c->reset;
    q->steps_max = c->steps_max;
    q->races = c->o->races;
    q->stop_at_race = c->o->until == UNTIL_RACE;
    q->traced = q->output = q->by_seed = false;
    q->race_pc = 0;
    q->segment_count = 0;
    q->policy_count = (uint32_t)options_policies(c->o, q->policies);
}

/* How schedules are reset, and how long they may be. */
static void look_at(struct campaign *c) {
    struct worker w;
    c->steps_max = CALIBRATION_STEPS;
    c->reset = RESET_FORK;
    worker_start(&w, c->o, false);
    fill_request(c, &w.channel->request);
    if (!worker_do(&w, REQUEST_AUDIT, c->o->timeout))
        died_early(&w);
    bool hangs = w.late;
    bool snapshot = !w.dead && w.channel->fibers;
    c->r->fibers = w.channel->fibers;
    for (uint32_t i = 0; i < w.channel->note_count; i++)
        if (w.channel->notes[i].kind == NOTE_NEEDS_FORK)
            snapshot = false;
    if (!w.channel->fibers && !w.dead)
        w.channel->note_count = 0,
        c->r->reset_why = "this processor or kernel cannot switch threads in user space";
    c->reset = c->o->reset >= 0 && (c->o->reset == RESET_FORK || w.channel->fibers)
                   ? (enum reset_kind)c->o->reset
               : snapshot ? RESET_SNAPSHOT
                          : RESET_FORK;
    for (int tries = 0; tries < 2 && !hangs; tries++) { /* or it would do that here, too */
        if (w.dead) {
            retire(c, &w);
            worker_start(&w, c->o, false);
        }
        fill_request(c, &w.channel->request);
        bool ok = worker_do(&w, REQUEST_CALIBRATE, c->o->timeout + 5);
        if (!ok)
            died_early(&w);
        if ((ok && w.channel->answer.kind != ANSWER_NEEDS_FORK) || worker_late())
            break;
        c->reset = RESET_FORK;
    }
    c->calibration = w.channel->calibration;
    retire(c, &w);
    uint64_t usual = (uint64_t)c->calibration.events * 20;
    if (c->calibration.events >= CALIBRATION_STEPS) /* it did not end: no more than that */
        usual = CALIBRATION_STEPS;
    c->steps_max = c->o->steps ? c->o->steps : usual > LONG_ENOUGH ? (uint32_t)usual : LONG_ENOUGH;
}

static void begin_worker(struct campaign *c, struct worker *w, uint64_t next) {
    worker_start(w, c->o, false);
    w->next = next;
    w->channel->calibration = c->calibration;
    memcpy(w->channel->known, c->known, sizeof c->known);
    for (uint32_t i = 0; i < c->known_count; i++)
        w->channel->known[i].count = 0;
    w->channel->known_count = c->known_count;
}

/* --- going on ---------------------------------------------------------------------------- */

static void give_work(struct campaign *c, struct worker *w) {
    if (w->busy || !w->pid || w->next >= c->end)
        return;
    struct request *q = &w->channel->request;
    fill_request(c, q);
    q->first = w->next;
    q->stride = (uint64_t)c->jobs;
    q->count = (c->end - w->next + q->stride - 1) / q->stride;
    q->seconds = batch_seconds;
    worker_ask(w, REQUEST_EXPLORE);
}

static void know(struct campaign *c, const struct failure *f) {
    if (c->known_count == KNOWN_MAX) {
        c->r->defects_lost++;
        return;
    }
    struct known k = {.kind = f->kind, .value = f->value, .pc = f->pc};
    /* deadlocks that close at another lock may be others: told_already() sees whether */
    if (f->kind == FAILURE_LOST_WAKEUP || f->kind == FAILURE_EXIT || f->kind == FAILURE_LIVELOCK
        || f->kind == FAILURE_HANG)
        k.pc = 0;
    c->told_as[c->known_count] = (int)c->known_count;
    c->known[c->known_count++] = k;
    for (int i = 0; i < c->jobs; i++) {
        struct channel *to = c->workers[i].pid ? c->workers[i].channel : NULL;
        if (to && to->known_count < KNOWN_MAX) {
            to->known[to->known_count] = k;
            __atomic_store_n(&to->known_count, to->known_count + 1, __ATOMIC_RELEASE);
        }
    }
}

/* The same functions again, if the other way round? */
static bool told_already(struct campaign *c, struct defect *d) {
    struct report *r = c->r;
    for (int i = 0; i < r->defect_count; i++) {
        struct defect *e = &r->defects[i];
        if (e->failure.kind != d->failure.kind || e->failure.value != d->failure.value
            || strcmp(e->failure.words, d->failure.words) != 0
            || strcmp(defect_pair(r, e), defect_pair(r, d)) != 0)
            continue;
        e->count++;
        c->told_as[d->known_index] = e->known_index;
        return true;
    }
    return false;
}

/* What a fresh process does not confirm may be the snapshot's doing: from now on there are
 * none, and this seed is run again (see answered()). */
static void distrust(struct campaign *c, struct worker *w, uint8_t kind) {
    struct totals *t = &w->channel->totals;
    c->reset = RESET_FORK;
    c->r->reset_why = "failed as it does not in a fresh process";
    w->next = w->channel->result.seed;
    t->schedules--;
    t->by_failure[kind]--;
    t->hash_of_hashes -= w->channel->result.hash;
}

/* --save is for one schedule: a failure rather than a race, and the first of its kind. */
static void keep(struct campaign *c, struct defect *d, struct schedule *s) {
    struct defect *kept = NULL;
    for (int i = 0; i < c->r->defect_count; i++)
        if (c->r->defects[i].kept)
            kept = &c->r->defects[i];
    bool race = d->failure.kind == FAILURE_RACE;
    bool kept_race = kept && kept->failure.kind == FAILURE_RACE;
    if (kept && (race > kept_race || (race == kept_race && d->seed >= kept->seed))) {
        schedule_free(s);
        return;
    }
    if (kept)
        kept->kept = false;
    d->kept = true;
    schedule_free(c->first);
    *c->first = *s;
    c->first->seed = d->seed;
}

/* One failure, or race, of the schedule that a worker has just run. */
static void found(struct campaign *c, struct worker *w, const struct failure *failure) {
    struct report *r = c->r;
    const struct channel *ch = w->channel;
    const struct failure relative_one = relative(failure, ch), *f = &relative_one;
    uint64_t seed = ch->result.seed;
    struct schedule s = schedule_of(w);
    if (f->kind == FAILURE_HANG)
        s.by_seed = true, s.seed = seed;
    struct defect d = {.failure = *f, .seed = seed, .found_at = seed - c->o->seed + 1, .count = 1};
    d.preemptions_before = ch->result.preemptions;
    d.policy = strdup(policy_name(&ch->request.policies[seed % ch->request.policy_count]));
    worker_deadline = c->deadline + last_seconds;
    bool real = examine(c->o, &s, &d, c->reset);
    bool late = worker_late();
    worker_deadline = c->deadline;
    if (!real && !late && ch->request.reset == RESET_SNAPSHOT && c->o->reset < 0) {
        distrust(c, w, f->kind);
        schedule_free(&s);
        return;
    }
    know(c, f);
    if (!real) {
        r->unconfirmed++;
        schedule_free(&s);
        return;
    }
    d.known_index = (int)c->known_count - 1;
    if (told_already(c, &d)) {
        schedule_free(&s);
        return;
    }
    int at = r->defect_count; /* in the order of their seeds, whoever was faster */
    while (at > 0 && r->defects[at - 1].found_at > d.found_at)
        at--;
    if (r->defect_count == DEFECTS_MAX) {
        r->defects_lost++;
        schedule_free(&s);
        return;
    }
    memmove(&r->defects[at + 1], &r->defects[at], (size_t)(r->defect_count - at) * sizeof d);
    r->defects[at] = d;
    r->defect_count++;
    bool ends = f->kind != FAILURE_RACE || c->o->until == UNTIL_RACE;
    if (ends && c->o->until != UNTIL_END && seed + 1 < c->end)
        c->end = seed + 1; /* only smaller seeds are of interest now */
    keep(c, &r->defects[at], &s);
}

/* The process is gone, or hangs: at which seed? */
static void lost_worker(struct campaign *c, struct worker *w, bool hangs) {
    uint64_t seed = w->channel->seed;
    if (worker_late())
        return;
    died_early(w);
    if (c->reset == RESET_SNAPSHOT && !hangs) { /* it ended the whole process */
        c->reset = RESET_FORK;
        c->r->reset_why = "ends the process by ways of its own";
    } else {
        w->channel->result.seed = seed;
        w->channel->result.segment_count = 0;
        struct failure f = {.kind = FAILURE_HANG, .other = -1};
        found(c, w, &f);
        seed += (uint64_t)c->jobs;
    }
    retire(c, w);
    begin_worker(c, w, seed);
}

static void answered(struct campaign *c, struct worker *w) {
    if (w->dead) {
        lost_worker(c, w, false);
        return;
    }
    const struct channel *ch = w->channel;
    w->next = ch->answer.next;
    if (ch->answer.kind == ANSWER_NEEDS_FORK) {
        c->reset = RESET_FORK;
    } else if (ch->answer.kind == ANSWER_FAILURE) {
        struct failure failure = ch->result.failure, race = ch->result.race;
        if (race.kind)
            found(c, w, &race);
        bool again = w->next == ch->result.seed; /* distrusted */
        if (failure.kind && failure.kind != FAILURE_RACE && !again)
            found(c, w, &failure);
    }
    if (c->reset == RESET_FORK && ch->request.reset == RESET_SNAPSHOT) {
        uint64_t next = w->next; /* with memory that no snapshot has protected */
        retire(c, w);
        begin_worker(c, w, next);
    }
}

static void look_for_hangs(struct campaign *c) {
    double t = now();
    for (int i = 0; i < c->jobs; i++) {
        struct worker *w = &c->workers[i];
        if (!w->busy)
            continue;
        if (w->channel->beat != w->beat) {
            w->beat = w->channel->beat;
            w->beat_at = t;
        } else if (t - w->beat_at > c->o->timeout) {
            w->busy = false;
            lost_worker(c, w, true);
        }
    }
}

static bool work_left(struct campaign *c) {
    bool any = false;
    for (int i = 0; i < c->jobs; i++) {
        give_work(c, &c->workers[i]);
        any |= c->workers[i].busy;
    }
    return any;
}

void campaign(const struct options *o, struct report *r, struct schedule *first) {
    static struct campaign c;
    c = (struct campaign){.o = o, .r = r, .first = first, .jobs = o->jobs, .begin = now()};
    c.deadline = worker_deadline = c.begin + o->seconds;
    c.end = o->schedules ? o->seed + o->schedules : UINT64_MAX;
    if (o->schedules && o->schedules < (uint64_t)c.jobs)
        c.jobs = (int)o->schedules;
    check_program(o);
    workers_setup();
    look_at(&c);
    struct policy policies[16];
    r->policy_count = options_policies(o, policies);
    for (int i = 0; i < c.jobs; i++)
        begin_worker(&c, &c.workers[i], o->seed + (uint64_t)i);
    while (work_left(&c) && !(r->out_of_time = worker_late())) {
        int i = worker_wait(c.workers, c.jobs, 0.05);
        if (i >= 0)
            answered(&c, &c.workers[i]);
        look_for_hangs(&c);
        progress(&c);
        r->stopped = worker_stop_signal != 0;
        if (r->stopped)
            break;
    }
    for (int i = 0; i < c.jobs; i++)
        retire(&c, &c.workers[i]);
    for (int i = 0; i < r->defect_count; i++)
        for (uint32_t k = 0; k < c.known_count; k++)
            if (c.told_as[k] == r->defects[i].known_index)
                r->defects[i].count += c.known[k].count;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    r->totals.distinct = workers_seen->schedules;
    r->totals.distinct_shared = workers_seen->shared;
    r->totals.distinct_at_least = workers_seen->full;
    r->seconds = r->totals.seconds = now() - c.begin;
    r->reset = c.reset;
    r->jobs = c.jobs;
}
