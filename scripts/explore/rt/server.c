/*
 * server.c - see server.h. How one schedule goes:
 *
 *     prepare()     everything that a schedule begins with
 *     main_entry()  on main's stack; the program runs, until
 *     schedule_over() fills in the result
 *     then, in process: all memory becomes as it was; or the child of the fork ends.
 */
#include "server.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "clock.h"
#include "fiber.h"
#include "io.h"
#include "policy.h"
#include "shadow.h"
#include "signals.h"
#include "snapshot.h"
#include "sys.h"
#include "weak.h"

static void start_anew(void) { /* step numbers are nearly used up */
    shadow_clear();
    objects_clear();
    weak_clear();
    for (int i = 0; i < THREADS_MAX; i++)
        for (int k = 0; k < CLOCK_THREADS; k++)
            threads[i].clock[k] = threads[i].release_fence[k] = threads[i].acquire_fence[k] = 0;
    rt.step = 0;
}

static void prepare(u64 seed, u64 data_seed, const struct policy *policy) {
    const struct request *q = &rt.channel->request;
    if (rt.step > 0x80000000u)
        start_anew();
    rt.step++;
    rt.base = rt.step;
    rt.steps_max = q->steps_max;
    rt.traced = q->traced;
    rt.races = q->races;
    rt.weak = q->weak;
    rt.data_seed = data_seed;
    rt.now = (u64)1700000000 * 1000000000;
    rt.generation++;
    rt.thread_count = rt.runnable_count = rt.waiter_count = 0;
    __builtin_memset(rt.runnable, 0, sizeof rt.runnable);
    rt.watching = rt.reconsider = rt.freed = false;
    rt.segments = rt.channel->result.segments;
    rt.segment_count = 0;
    rt.segments_cut = false;
    rt.hash = 0xcbf29ce484222325;
    rt.shared_hash = 0;
    rt.switches = rt.preemptions = 0;
    rt.raced = false;
    rt.failure.kind = rt.race.kind = FAILURE_NONE;
    rt.failure.thread = -1;
    rt.failure.value = rt.race.value = 0;
    rt.ending = rt.peeking = false;
    rt.failure.words[0] = rt.race.words[0] = 0;
    rt.failure.cycle_count = 0;
    rt.failure.other = -1;
    rt.failure.other_step = 0;
    rt.needs_fork = NULL;
    rt.pool_wanted = 0;
    rt.channel->result.over = false;
    weak_begin();
    policy_begin(seed, policy);
    struct thread *main = thread_new();
    thread_is_current(main);
    main->since = rt.step;
    fiber_main();
    keys_begin();
    exit_begin();
    wait_begin();
    descriptors_begin();
    mappings_begin();
    named_begin();
    timers_begin();
    signals_begin();
    if (rt.traced)
        trace_begin();
    due_now();
}

static void describe_threads(struct result *r) {
    for (int i = 0; i < rt.thread_count; i++) {
        struct thread *t = &threads[i];
        struct thread_end *e = &r->threads[i];
        print_into(e->name, sizeof e->name, "%s", t->name);
        e->start = (u64)(uptr)t->start;
        e->state = t->state;
        e->waits = t->waits;
        e->creator = (int16_t)t->creator;
        e->detached = t->detached;
        e->joined = t->joined;
        e->step = t->last_step;
        e->events = t->own + (t == rt.current ? (u32)(rt.step - t->since) : 0);
        e->holder = -1;
        e->wait_for = 0;
        if (t->state != THREAD_BLOCKED)
            continue;
        if (t->wait_thread >= 0) {
            e->holder = (int16_t)t->wait_thread;
            e->wait_for = (u64)t->wait_thread;
        } else if (t->wait_for) {
            e->wait_for = t->wait_for->address;
            if (t->waits != EVENT_COND_WAIT && t->wait_for->owner)
                e->holder = (int16_t)(t->wait_for->owner - 1);
        }
    }
}

void schedule_over(void) {
    struct result *r = &rt.channel->result;
    if (!rt.ending) {
        rt.ending = true;
        descriptors_end();
        mappings_end();
    }
    rt.active = false;
    due_now();
    r->failure.kind = rt.failure.kind;
    r->race.kind = rt.race.kind;
    r->raced = rt.raced;
    r->steps = step_now();
    r->switches = rt.switches;
    r->preemptions = rt.preemptions;
    r->segments_cut = rt.segments_cut;
    r->data_seed = rt.data_seed;
    r->hash = (rt.hash ^ r->steps ^ (u64)rt.failure.kind << 56) * 0x9E3779B97F4A7C15u;
    r->shared_hash = rt.shared_hash;
    r->thread_count = (u32)rt.thread_count;
    if (rt.failure.kind || rt.race.kind || rt.policy.kind == POLICY_REPLAY) {
        r->failure = rt.failure;
        r->race = rt.race;
        if (rt.segment_count < SEGMENTS_MAX)
            rt.segments[rt.segment_count++] =
                (struct segment){rt.current->id, END_FINISHED,
                                 rt.current->own + (u32)(rt.step - rt.current->since) + 1};
        describe_threads(r);
        if (rt.traced)
            trace_end();
    } else if (rt.traced) {
        trace_end();
    }
    r->segment_count = rt.segment_count;
    if (rt.channel->request.kind == REQUEST_AUDIT)
        audit_after();
    r->over = true;
    if (rt.alone)
        end_alone();
    if (rt.is_fork) {
        rt.channel->pool_wanted = (u32)rt.pool_wanted;
        sys(SYS_exit_group, 0);
    }
    server_resume();
}

void finish_for_more_threads(void) {
    schedule_over();
}

/* --- one schedule ------------------------------------------------------------------------ */

static void in_process(void) {
    rt.snapshots = true;
    snapshot_protect();
    rt.active = true;
    server_run(main_sp, main_entry);
    snapshot_restore();
    rt.snapshots = false;
    rt.channel->pool_wanted = (u32)rt.pool_wanted;
}

/* A child that ended by itself, past all that we interpose. */
static void ended_unseen(int status) {
    struct result *r = &rt.channel->result;
    __builtin_memset(&r->failure, 0, sizeof r->failure);
    r->failure.other = -1;
    r->race.kind = FAILURE_NONE;
    r->segment_count = 0;
    r->segments_cut = true;
    r->thread_count = 0;
    if (WIFSIGNALED(status)) {
        r->failure.kind = FAILURE_CRASH;
        r->failure.value = WTERMSIG(status);
    } else if (WEXITSTATUS(status)) {
        r->failure.kind = FAILURE_EXIT;
        r->failure.value = WEXITSTATUS(status);
    }
}

/* Under GDB: here, and once. */
static _Noreturn void in_place(void) {
    rt.is_fork = true;
    rt.active = true;
    server_run(main_sp, main_entry);
    __builtin_unreachable();
}

static void in_a_child(void) {
    rt.channel->pool_wanted = 0;
    long pid = sys(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid < 0)
        cannot("fork fails (error %d)", (int)-pid);
    if (pid == 0) {
        rt.is_fork = true;
        sys(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
        if (rt.channel->request.kind == REQUEST_AUDIT)
            audit_before();
        rt.active = true;
        server_run(main_sp, main_entry);
    }
    int status = 0;
    while (sys(SYS_wait4, pid, &status, __WALL, NULL) == -4 /* EINTR */)
        ;
    left_kill();
    if (!rt.channel->result.over)
        ended_unseen(status);
}

static void run(u64 seed, u64 data_seed, const struct policy *policy) {
    struct channel *c = rt.channel;
    for (;;) {
        c->seed = seed;
        c->beat++;
        prepare(seed, data_seed, policy);
        if (c->request.reset == RESET_NONE)
            in_place();
        if (c->request.reset == RESET_SNAPSHOT && c->request.kind != REQUEST_AUDIT)
            in_process();
        else
            in_a_child();
        if (!c->pool_wanted || (u32)rt.pool_count >= THREADS_MAX * 4)
            break;
        fibers_make((int)c->pool_wanted);
        snapshot_pool();
    }
    c->result.seed = seed;
}

/* --- counting ---------------------------------------------------------------------------- */

static bool first_time(u64 *slots, u64 hash, u64 *count) {
    hash |= 1;
    for (u32 i = (u32)(hash >> 40), n = 0; n < 64; n++) {
        u64 *slot = &slots[(i + n) % SEEN_SLOTS], empty = 0;
        if (*slot == hash)
            return false;
        if (!*slot
            && __atomic_compare_exchange_n(slot, &empty, hash, false, __ATOMIC_RELAXED,
                                           __ATOMIC_RELAXED)) {
            __atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
            return true;
        }
        if (*slot == hash)
            return false;
    }
    rt.seen->full = true;
    return false;
}

/* Has the driver told this one already? Counts it. */
static bool known(const struct failure *f) {
    struct channel *c = rt.channel;
    for (u32 i = 0; i < c->known_count; i++) {
        struct known *k = &c->known[i];
        if (k->kind == f->kind && k->value == f->value
            && (!k->pc || k->pc == f->pc - c->load_bias)) {
            k->count++;
            return true;
        }
    }
    return false;
}

/* Does the batch end with this one? */
static bool counted(u32 policy) {
    struct channel *c = rt.channel;
    struct result *r = &c->result;
    c->totals.schedules++;
    c->totals.steps += r->steps;
    c->totals.switches += r->switches;
    c->totals.by_failure[r->failure.kind]++;
    c->totals.by_failure[FAILURE_RACE] += r->raced && r->failure.kind != FAILURE_RACE;
    c->totals.by_policy[policy]++;
    c->totals.failed_by_policy[policy] += r->failure.kind != FAILURE_NONE;
    c->totals.hash_of_hashes += r->hash;
    first_time(rt.seen->by_schedule, r->hash, &rt.seen->schedules);
    first_time(rt.seen->by_shared, r->shared_hash, &rt.seen->shared);
    if (r->failure.kind && !known(&r->failure))
        return true;
    return r->race.kind && !known(&r->race);
}

/* --- requests ------------------------------------------------------------------------------- */

static enum answer_kind explore(void) {
    struct channel *c = rt.channel;
    const struct request *q = &c->request;
    double begin = seconds_now();
    for (u64 i = 0, seed = q->first; i < q->count; i++, seed += q->stride) {
        u32 which = (u32)(seed % q->policy_count);
        run(seed, seed, &q->policies[which]);
        c->answer.next = seed + q->stride;
        if (rt.needs_fork && q->reset == RESET_SNAPSHOT) {
            c->answer.next = seed;
            return ANSWER_NEEDS_FORK;
        }
        if (counted(which))
            return ANSWER_FAILURE;
        if ((i % 16 == 15 || c->result.steps > 20000) && seconds_now() - begin > q->seconds)
            return ANSWER_OUT_OF_TIME;
    }
    return ANSWER_DONE;
}

/* Always the same ones: what is learned must be the same in every process. */
static enum answer_kind calibrate(void) {
    struct channel *c = rt.channel;
    static const struct policy policies[] = {
        {POLICY_REPLAY, 0, false, false}, {POLICY_WALK, 1, false, false},
        {POLICY_WALK, 6, false, false},   {POLICY_WALK, 40, false, false},
        {POLICY_WALK, 2, false, false},   {POLICY_WALK, 20, false, false},
    };
    c->request.traced = true;
    c->request.segment_count = 0;
    __builtin_memset(&c->calibration, 0, sizeof c->calibration);
    for (u64 i = 0; i < sizeof policies / sizeof *policies; i++) {
        run(i, i, &policies[i]);
        if (rt.needs_fork && c->request.reset == RESET_SNAPSHOT)
            return ANSWER_NEEDS_FORK;
        calibrate_from_trace();
        if (c->result.steps > EVENTS_MAX)
            break; /* a long program: this has to do */
    }
    c->calibration.done = true;
    return ANSWER_DONE;
}

static enum answer_kind replay(void) {
    struct channel *c = rt.channel;
    static const struct policy list = {POLICY_REPLAY, 0, false, false};
    const struct request *q = &c->request;
    if (q->by_seed)
        run(q->first, q->first, &q->policies[q->first % q->policy_count]);
    else
        run(0, q->data_seed, &list);
    if (rt.needs_fork && c->request.reset == RESET_SNAPSHOT)
        return ANSWER_NEEDS_FORK;
    return c->result.failure.kind || c->result.race.kind ? ANSWER_FAILURE : ANSWER_DONE;
}

static enum answer_kind answer(void) {
    switch (rt.channel->request.kind) {
    case REQUEST_EXPLORE: return explore();
    case REQUEST_CALIBRATE: return calibrate();
    case REQUEST_REPLAY:
    case REQUEST_AUDIT: return replay();
    default: sys(SYS_exit_group, 0); return ANSWER_DONE;
    }
}

void run_alone(void) {
    static const struct policy walk = {POLICY_WALK, 200, false, false};
    prepare(0, 0, &walk);
    rt.active = true;
    main_entry();
}

void serve(void) {
    char byte = 0;
    left_begin();
    sys(SYS_write, rt.socket, &byte, 1); /* "here I am" */
    for (;;) {
        long n = sys(SYS_read, rt.socket, &byte, 1);
        if (n == -4)
            continue;
        if (n <= 0)
            sys(SYS_exit_group, 0); /* the driver is gone */
        rt.channel->answer.kind = answer();
        if (sys(SYS_write, rt.socket, &byte, 1) != 1)
            sys(SYS_exit_group, 0);
    }
}
