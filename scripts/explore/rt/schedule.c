/*
 * schedule.c - points, and how the one thread that runs is exchanged for another.
 *
 * States of a thread: runnable (one of these runs) - blocked (in block(), until
 * unblock() or its deadline) - finished. A switch is a preemption when the thread that
 * is left could have gone on.
 */
#include "clock.h"
#include "fiber.h"
#include "policy.h"
#include "rt.h"
#include "sys.h"

/* Before main there is one thread and nothing to explore, but functions ask for it. */
static struct frame_entry first_frames[64] = {{.sp = ~(uptr)0}};
static struct thread before_main = {
    .frames = first_frames, .top = first_frames, .limit = first_frames + 63};
struct runtime rt = {.current = &before_main};
struct thread threads[THREADS_MAX];

/* --- who can run ------------------------------------------------------------------- */

void thread_runnable(struct thread *t, bool yes) {
    u64 bit = (u64)1 << (t->id % 64), *word = &rt.runnable[t->id / 64];
    if (yes == !!(*word & bit))
        return;
    *word ^= bit;
    rt.runnable_count += yes ? 1 : -1;
    t->state = yes ? THREAD_RUNNABLE : THREAD_BLOCKED;
    if (yes)
        rt.reconsider = true, due_now();
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

/* Before `quiet` nothing is due but the policy, before `stop` not even that. */
void set_stop(void) {
    bool asked = may_wait() || rt.policy.kind == POLICY_REPLAY;
    u64 quiet = rt.base + rt.steps_max, due = asked ? rt.due : ~(u64)0;
    if (asked && rt.current->since + rt.current->watch_after < quiet)
        quiet = rt.current->since + rt.current->watch_after;
    if (unlikely(rt.traced) || unlikely(rt.watching) || unlikely(rt.reconsider)
        || unlikely(rt.signals_due))
        quiet = 0;
    else if (unlikely(rt.policy.kind == POLICY_REPLAY))
        due = policy_stop();
    rt.quiet = quiet;
    rt.stop = due < quiet ? due : quiet;
}

/* For a debugger: a breakpoint here stops at each switch. (gdb.c) */
char explore_switch_words[80];
NOINLINE void explore_switched(void) {
    __asm__ volatile("" : : : "memory");
}

void switch_to(struct thread *t, enum segment_end end) {
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
    thread_is_current(t);
    t->since = rt.step;
    t->watch_after = WATCH_AFTER;
    set_stop();
    if (t != c)
        fiber_switch(c, t);
}

/* --- points ------------------------------------------------------------------------------ */

/* Something else than the policy is due, or may be. */
NOINLINE bool point_full(enum event_kind kind, uptr address, u32 size, uptr pc) {
    struct thread *c = rt.current;
    if (!rt.active)
        return false;
    c->last_pc = pc;
    if (rt.step - rt.base > rt.steps_max) {
        rt.stop = rt.base + rt.steps_max;
        fail(FAILURE_LIVELOCK, 0, pc, "no end after %u events", (u32)rt.steps_max);
    }
    rt.step--;       /* it has not happened yet */
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

/* The policy wants to be asked. */
NOINLINE void point_asked(enum event_kind kind, uptr address) {
    rt.step--;
    struct thread *next = policy_choose(kind, address);
    if (next != rt.current)
        switch_to(next, END_PREEMPTED);
    rt.step++;
    if (rt.due) /* policies that count events, not steps, look at each: stop is zero */
        set_stop();
}

NOINLINE bool point_slow(enum event_kind kind, uptr address, u32 size, uptr pc) {
    return point_due(kind, address, size, pc);
}

NOINLINE bool point_sync(enum event_kind kind, const void *address, uptr pc) {
    if (unlikely(!rt.active))
        return false;
    rt.step++;
    if (rt.step < rt.stop && rt.step < rt.due) /* nor does the policy count these */
        rt.current->last_pc = pc;
    else
        point_due(kind, (uptr)address, 0, pc);
    rt.current->last_step = step_now();
    return true;
}

void yield_now(void) {
    struct thread *c = rt.current, *next = policy_yield();
    c->spin_count = 0;
    if (next && next != c)
        switch_to(next, END_YIELDED);
}
