/*
 * schedule.c - points, and how the one thread that runs is exchanged for another.
 *
 * States of a thread: runnable (one of these runs) - blocked (in block(), until
 * unblock() or its deadline) - finished. A switch is a preemption when the thread that
 * is left could have gone on.
 */
#include "clock.h"
#include "fiber.h"
#include "rt.h"
#include "sys.h"

/* Before main there is one thread and nothing to explore, but functions ask for it. */
static struct frame_entry first_frames[64] = {{.sp = ~(uptr)0}};
static struct thread before_main = {
    .frames = first_frames, .top = first_frames, .limit = first_frames + 63};
struct runtime rt = {.current = &before_main};
struct thread threads[THREADS_MAX];
static struct frame_entry frames_of[THREADS_MAX][FRAMES_MAX];

/* --- who can run ------------------------------------------------------------------- */

void thread_runnable(struct thread *t, bool yes) {
    u64 bit = (u64)1 << (t->id % 64), *word = &rt.runnable[t->id / 64];
    if (yes == !!(*word & bit))
        return;
    *word ^= bit;
    rt.runnable_count += yes ? 1 : -1;
    t->state = yes ? THREAD_RUNNABLE : THREAD_BLOCKED;
    if (yes)
        rt.reconsider = true, rt.stop = 0;
}

struct thread *runnable_nth(int n) {
    for (int w = 0; w < CLOCK_THREADS / 64; w++)
        for (u64 bits = rt.runnable[w]; bits; bits &= bits - 1)
            if (n-- == 0)
                return &threads[w * 64 + __builtin_ctzll(bits)];
    return NULL;
}

struct thread *runnable_next(int id) {
    for (int i = 1; i <= rt.thread_count; i++) {
        struct thread *t = &threads[(id + i) % rt.thread_count];
        if (t->state == THREAD_RUNNABLE)
            return t;
    }
    return NULL;
}

struct thread *runnable_best(void) {
    struct thread *best = NULL;
    for (int w = 0; w * 64 < rt.thread_count; w++)
        for (u64 bits = rt.runnable[w]; bits; bits &= bits - 1) {
            struct thread *t = &threads[w * 64 + __builtin_ctzll(bits)];
            if (!best || t->priority > best->priority)
                best = t;
        }
    return best;
}

/* --- switching ------------------------------------------------------------------------ */

INLINE u32 own_done(const struct thread *t) {
    return t->own + (t == rt.current ? (u32)(rt.step - t->since) : 0);
}

/* The segment of the current thread ends here. */
static void record(enum segment_end end) {
    struct thread *t = rt.current;
    rt.preemptions += end == END_PREEMPTED;
    if (rt.segment_count < SEGMENTS_MAX)
        rt.segments[rt.segment_count++] = (struct segment){t->id, (u16)end, own_done(t) + 1};
    else
        rt.segments_cut = true;
}

enum { WATCH_AFTER = 2000, WATCH_FOR = 512, SPINS = 20 };

static void set_stop(void) {
    u64 stop = rt.base + rt.steps_max;
    if (rt.traced || rt.watching || rt.reconsider || rt.signals_due)
        stop = 0;
    else if (may_wait() || rt.policy.kind == POLICY_REPLAY) {
        u64 due = policy_stop();
        if (due < stop)
            stop = due;
        due = rt.current->since + rt.current->watch_after;
        if (due < stop)
            stop = due;
    }
    rt.stop = stop;
}

/* For a debugger: a breakpoint here stops at each switch. (gdb.c) */
char explore_switch_words[80];
NOINLINE void explore_switched(void) {
    __asm__ volatile("" : : : "memory");
}

static void switch_to(struct thread *t, enum segment_end end) {
    struct thread *c = rt.current;
    static const char *const why[] = {"is preempted", "waits", "yields", "has ended"};
    if (unlikely(rt.channel->request.gdb)) {
        print_into(explore_switch_words, sizeof explore_switch_words, "T%d %s, T%d goes on", c->id,
                   why[end], t->id);
        explore_switched();
    }
    record(end);
    c->own = own_done(c);
    rt.hash = (rt.hash ^ ((u64)t->id << 32 | c->own)) * 0x100000001B3u;
    rt.hash ^= rt.hash >> 29;
    rt.switches++;
    rt.watching = false;
    rt.current = t;
    t->since = rt.step;
    t->watch_after = WATCH_AFTER;
    set_stop();
    if (t != c)
        fiber_switch(c, t);
}

/* --- points ------------------------------------------------------------------------------ */

/* A loop that waits for another thread makes no progress by running on. It is one when
 * the same instruction reads the same value from the same place again and again in a
 * long run of events. */
static struct {
    uptr pc, address;
    u64 value;
    u32 count;
} looked[16];

static bool spins(enum event_kind kind, uptr address, u32 size, uptr pc) {
    if (kind != EVENT_READ && kind != EVENT_ATOMIC_LOAD && kind != EVENT_ATOMIC_RMW)
        return false;
    if (size > 8 || (size & (size - 1)))
        return false;
    u64 value = 0;
    rt.peeking = true;
    __builtin_memcpy(&value, (const void *)address, size);
    rt.peeking = false;
    u32 i = (u32)((pc ^ address) * 0x9E3779B97F4A7C15u >> 60);
    if (looked[i].pc != pc || looked[i].address != address || looked[i].value != value) {
        looked[i].pc = pc, looked[i].address = address, looked[i].value = value;
        looked[i].count = 0;
    }
    return ++looked[i].count >= SPINS;
}

static NOINLINE void watch(enum event_kind kind, uptr address, u32 size, uptr pc) {
    struct thread *c = rt.current;
    if (!rt.watching) {
        rt.watching = true;
        rt.watch_end = rt.step + WATCH_FOR;
        for (u32 i = 0; i < sizeof looked / sizeof *looked; i++)
            looked[i].pc = 0;
    }
    if (spins(kind, address, size, pc)) {
        rt.watching = false;
        yield_now();
    } else if (rt.step >= rt.watch_end) {
        rt.watching = false;
        c->watch_after = (u32)(rt.step - c->since) * 2;
    }
}

NOINLINE bool point_slow(enum event_kind kind, uptr address, u32 size, uptr pc) {
    if (!rt.active)
        return false;
    struct thread *c = rt.current;
    if (rt.step - rt.base > rt.steps_max) {
        rt.stop = rt.base + rt.steps_max;
        fail(FAILURE_LIVELOCK, 0, pc, "no end after %u events", (u32)rt.steps_max);
    }
    rt.step--; /* it has not happened yet */
    c->last_pc = pc;
    signals_check(); /* before it: those are events, too */
    if (unlikely(rt.watching || (rt.step >= c->since + c->watch_after && may_wait())))
        watch(kind, address, size, pc);
    struct thread *next = policy_decide(kind, address, pc);
    rt.reconsider = false;
    if (next != c)
        switch_to(next, END_PREEMPTED);
    rt.step++;
    set_stop();
    if (rt.traced)
        trace_event(kind, address, size, pc);
    return true;
}

NOINLINE bool point_sync(enum event_kind kind, const void *address, uptr pc) {
    if (!rt.active)
        return false;
    rt.stop = 0;
    rt.step++;
    point_slow(kind, (uptr)address, 0, pc);
    rt.current->last_step = step_now();
    return true;
}

void yield_now(void) {
    struct thread *c = rt.current, *next = policy_yield();
    c->spin_count = 0;
    if (next && next != c)
        switch_to(next, END_YIELDED);
}

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
    switch_to(next_to_run(), END_BLOCKED);
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
    for (int i = 0; i < rt.thread_count; i++)
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
    __builtin_memset(t->specific, 0, sizeof t->specific);
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
