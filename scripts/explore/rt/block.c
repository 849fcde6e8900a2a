/*
 * block.c - a thread that cannot go on lets others run; where that leaves nobody, whose
 * wait is the reason. And how threads begin and end.
 */
#include "clock.h"
#include "fiber.h"
#include "policy.h"
#include "rt.h"

static struct frame_entry frames_of[THREADS_MAX][FRAMES_MAX];

/* --- blocking ---------------------------------------------------------------------------- */

/* Calls `visit` for each who must do something before t can go on, where that is known:
 * a mutex's owner, a rwlock's readers, whom it joins. True as soon as that says so. */
static bool each_holder(const struct thread *t, bool (*visit)(struct thread *)) {
    if (t->wait_thread >= 0)
        return visit(&threads[t->wait_thread]);
    const struct object *o = t->wait_for;
    if (!o)
        return false;
    if (o->type == OBJECT_MUTEX || o->type == OBJECT_RWLOCK || o->type == OBJECT_SPIN
        || o->type == OBJECT_ONCE) {
        if (t->waits == EVENT_COND_WAIT)
            return false;
        if (o->owner)
            return visit(&threads[o->owner - 1]);
        for (int i = 0; o->readers && i < rt.thread_count; i++)
            if (o->held_by[i] && visit(&threads[i]))
                return true;
    }
    return false;
}

static struct thread *sought; /* whom a search for a circle began with */
static int16_t path[16], path_length;

static bool leads_back(struct thread *holder) {
    if (holder == sought)
        return true;
    if (holder->state != THREAD_BLOCKED || holder->deadline || path_length == 16)
        return false;
    for (int i = 0; i < path_length; i++)
        if (path[i] == holder->id)
            return false;
    path[path_length++] = (int16_t)holder->id;
    if (each_holder(holder, leads_back))
        return true;
    path_length--;
    return false;
}

static bool circle(struct thread *t) {
    sought = t;
    path[0] = (int16_t)t->id;
    path_length = 1;
    if (t->deadline || !each_holder(t, leads_back))
        return false;
    rt.failure.cycle_count = path_length;
    for (int i = 0; i < path_length; i++)
        rt.failure.cycle[i] = path[i];
    return true;
}

static bool has_ended(struct thread *t) {
    return t->state == THREAD_FINISHED;
}

static uptr waited_for(const struct thread *t) {
    return t->wait_for ? t->wait_for->address : 0;
}

/* Nobody can run, and no time will change that. Whose wait is the reason? */
static _Noreturn void nobody_can_run(void) {
    struct thread *lost = NULL, *ended = NULL, *any = NULL;
    for (int i = 0; i < rt.thread_count; i++) {
        struct thread *t = &threads[i];
        if (t->state != THREAD_BLOCKED)
            continue;
        if (circle(t))
            fail(FAILURE_DEADLOCK, waited_for(t), t->last_pc, NULL);
        if (t->wait_thread < 0 && each_holder(t, has_ended))
            ended = t;
        if (t->waits == EVENT_COND_WAIT || t->waits == EVENT_SEM_WAIT)
            lost = lost ? lost : t;
        if (!any || t->wait_thread < 0)
            any = t;
    }
    struct thread *t = ended ? ended : lost ? lost : any;
    rt.failure.thread = t ? (int16_t)t->id : 0;
    if (ended)
        fail(FAILURE_DEADLOCK, waited_for(t), t->last_pc, "its holder has ended");
    if (lost)
        fail(FAILURE_LOST_WAKEUP, waited_for(t), t->last_pc, NULL);
    fail(FAILURE_DEADLOCK, t ? waited_for(t) : 0, t ? t->last_pc : 0, "%s", stuck_words(t));
}

/* Time passes when nobody can run but somebody waits for a time. */
static struct thread *next_to_run(void) {
    for (;;) {
        struct thread *t = policy_pick();
        if (t)
            return t;
        struct thread *first = NULL;
        for (int i = 0; i < rt.thread_count; i++)
            if (threads[i].state == THREAD_BLOCKED && threads[i].deadline
                && (!first || threads[i].deadline < first->deadline))
                first = &threads[i];
        if (system_passes(first ? first->deadline : 0))
            continue;
        if (!first)
            nobody_can_run();
        if (first->deadline > rt.now)
            rt.now = first->deadline;
        first->timed_out = true;
        thread_runnable(first, true);
    }
}

bool block(enum event_kind kind, struct object *what, int thread, u64 deadline) {
    struct thread *c = rt.current;
    c->waits = (u8)kind;
    c->wait_for = what;
    c->wait_thread = thread;
    c->deadline = deadline;
    c->timed_out = false;
    thread_runnable(c, false);
    if (rt.traced)
        trace_flag(EVENT_BLOCKED);
    if (circle(c)) {
        rt.failure.thread = (int16_t)c->id;
        fail(FAILURE_DEADLOCK, waited_for(c), c->last_pc, NULL);
    }
    rt.waiter_count += what != NULL;
    switch_to(next_to_run(), END_BLOCKED);
    rt.waiter_count -= what != NULL;
    rt.step++;  /* what follows is later than what others did meanwhile … */
    c->since++; /* … and is no event of its own */
    set_stop();
    bool in_time = !c->timed_out;
    if (rt.traced && !in_time)
        trace_flag(EVENT_TIMED_OUT);
    return signals_check(), in_time;
}

void unblock(struct thread *t) {
    if (t->state != THREAD_BLOCKED)
        return;
    t->wait_for = NULL;
    t->wait_thread = -1;
    t->deadline = 0;
    t->waits = 0;
    policy_thread(t, false);
    thread_runnable(t, true);
}

void unblock_waiters(const struct object *o) {
    for (int i = 0; rt.waiter_count && i < rt.thread_count; i++)
        if (threads[i].state == THREAD_BLOCKED && threads[i].wait_for == o)
            unblock(&threads[i]);
}

/* --- threads begin and end ------------------------------------------------------------------ */

struct thread *thread_new(void) {
    int id = rt.thread_count;
    if (id == THREADS_MAX)
        for (id = 1; id < THREADS_MAX; id++) /* the place of one that is over and joined */
            if (threads[id].state == THREAD_FINISHED
                && (threads[id].joined || threads[id].detached))
                break;
    if (id == THREADS_MAX)
        return NULL;
    struct thread *t = &threads[id];
    u32 token = t->queue_token;
    __builtin_memset(t, 0, offsetof(struct thread, clock));
    __builtin_memset(&t->start, 0, offsetof(struct thread, sp) - offsetof(struct thread, start));
    keys_fresh(t);
    t->queue_token = token + 1;
    t->id = (u16)id;
    t->creator = -1;
    t->wait_thread = -1;
    t->watch_after = WATCH_AFTER;
    t->frames = t->top = frames_of[id];
    t->frames[0].sp = ~(uptr)0;
    t->limit = t->frames + FRAMES_MAX - 1;
    if (id == rt.thread_count)
        rt.thread_count++;
    t->born = (u32)rt.step;
    t->epoch = (u32)rt.step + 1;
    policy_thread(t, true);
    thread_runnable(t, true);
    return t;
}

void thread_ends(void) {
    struct thread *c = rt.current;
    clock_tick();
    thread_runnable(c, false);
    c->state = THREAD_FINISHED;
    for (int i = 0; i < rt.thread_count; i++)
        if (threads[i].state == THREAD_BLOCKED && threads[i].wait_thread == c->id)
            unblock(&threads[i]);
    switch_to(next_to_run(), END_FINISHED);
    __builtin_unreachable();
}
