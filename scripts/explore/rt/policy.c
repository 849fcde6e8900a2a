/*
 * policy.c - who goes on.
 *
 * PCT   (Burckhardt et al., ASPLOS 2010): random priorities, the highest runs; at d - 1
 *       random steps the running thread falls below all others. Finds a bug of depth d
 *       with a chance of at least 1/(n k^(d-1)).
 * walk  a random thread after a random number of events.
 * POS   (Yuan et al., CAV 2018): each event gets a random priority; those that race with
 *       the one that was done get a new one.
 * SURW  (Zhao et al., ASPLOS 2025): each order of the events at shared sites is to be as
 *       likely as any other: a thread is chosen in proportion to how many it has left.
 *
 * The first three can be confined to sites that two threads touch (`shared_only`), which
 * calibration found.
 */
#include "policy.h"

/* xorshift64* (Vigna, 2016) */
INLINE u64 random_next(void) {
    u64 x = rt.random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    rt.random = x;
    return x * 0x2545F4914F6CDD1Du >> 8;
}

/* splitmix64 (Steele et al., OOPSLA 2014), as a hash */
static u64 mix(u64 x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

u64 choose(u64 n) {
    struct thread *t = rt.current;
    return mix(rt.data_seed ^ mix((u64)t->id << 32 | ++t->choices)) % n;
}

u64 draw_of(u64 number) {
    return mix(~rt.data_seed ^ mix(number));
}

bool policy_in_half(uptr pc) {
    return mix(rt.data_seed ^ (pc - rt.channel->load_bias)) & 1;
}

/* 0 … n-1. A division takes longer than most events. */
INLINE u64 random_below(u64 n) {
    u64 x = random_next();
    return n & (n - 1) ? x % n : x & (n - 1);
}

INLINE u64 run_length(void) { /* uniform, of the wanted mean */
    return 1 + random_below(2u * rt.policy.parameter - 1);
}

/* The policy is asked at the step `due`, or, where events elsewhere than at shared sites
 * do not count, at the one that is the `turn`-th to count. */
static void ask_at(u64 turn) {
    rt.due = rt.policy.shared_only ? 0 : turn;
    rt.turn = rt.policy.shared_only ? turn : 0;
}

static void pct_next_change(void) {
    if (rt.change_next == rt.change_count)
        rt.due = rt.turn = ~(u64)0;
    else
        ask_at(rt.change[rt.change_next] + (rt.policy.shared_only ? 0 : rt.base));
}

static void pct_begin(void) {
    const struct calibration *cal = &rt.channel->calibration;
    u64 k = rt.policy.shared_only ? cal->shared_events : cal->events;
    if (!k)
        k = 1000;
    rt.change_count = rt.policy.parameter - 1;
    for (int i = 0; i < rt.change_count; i++) {
        u64 at = 1 + random_next() % k;
        int j = i;
        for (; j > 0 && rt.change[j - 1] > at; j--)
            rt.change[j] = rt.change[j - 1];
        rt.change[j] = at;
    }
    pct_next_change();
}

/* Priorities: from INITIAL on as drawn, from LOWERED on after a change point, below it
 * after a yield. */
enum { LOWERED = 1 << 20, INITIAL = 1 << 21 };

void policy_begin(u64 seed, const struct policy *policy) {
    rt.policy = *policy;
    rt.random = mix(seed) | 1;
    rt.change_next = rt.change_count = 0;
    rt.lowest = LOWERED;
    rt.eligible = 0;
    rt.intended = -1;
    rt.replay_next = 0;
    rt.replay_woken = false;
    rt.turn = 0;
    rt.due = policy->kind == POLICY_REPLAY; /* not zero: policy_stop() says it */
    if (policy->kind == POLICY_PCT)
        pct_begin();
    else if (policy->kind == POLICY_WALK)
        ask_at(run_length() + (rt.policy.shared_only ? 0 : rt.base));
    else if (policy->kind == POLICY_SURW)
        for (u32 i = 0; i < rt.channel->calibration.threads; i++) /* the others have none */
            rt.remaining[i] = rt.channel->calibration.shared_of[i];
}

INLINE u64 draw(void) {
    return INITIAL + (random_next() & 0xFFFFFFF);
}

void policy_thread(struct thread *t, bool new) {
    if (new || rt.policy.kind == POLICY_POS)
        t->priority = draw();
    t->pending = 0;
}

/* --- who can run --------------------------------------------------------------------------- */

INLINE struct thread *runnable_nth(int n) {
    for (int w = 0; w < CLOCK_THREADS / 64; w++)
        for (u64 bits = rt.runnable[w]; bits; bits &= bits - 1)
            if (n-- == 0)
                return &threads[w * 64 + __builtin_ctzll(bits)];
    return NULL;
}

static struct thread *runnable_next(int id) {
    for (int i = 1; i <= rt.thread_count; i++) {
        struct thread *t = &threads[(id + i) % rt.thread_count];
        if (t->state == THREAD_RUNNABLE)
            return t;
    }
    return NULL;
}

INLINE struct thread *runnable_best(void) {
    struct thread *best = NULL, *t;
    for_each_runnable(t) {
        if (!best || t->priority > best->priority)
            best = t;
    }
    return best;
}

/* --- replay ---------------------------------------------------------------------------------- */

/* Who runs according to the list; NULL when it is at its end.
 *
 * A segment may be without an event: a thread that waited is woken, takes the mutex that it
 * was promised, say, and is preempted before the next thing it does. Whether it was woken
 * first decides who gets the mutex, so it has its turn; once. */
static struct thread *replay_thread(void) {
    for (; rt.replay_next < rt.channel->request.segment_count; rt.replay_next++) {
        const struct segment *s = &rt.channel->replay[rt.replay_next];
        bool had_turn = rt.replay_woken;
        rt.replay_woken = false;
        if (s->thread >= rt.thread_count)
            continue;
        struct thread *t = &threads[s->thread];
        u32 done = t->own + (t == rt.current ? (u32)(rt.step - t->since) : 0);
        if (t->state != THREAD_RUNNABLE || done + 1 > s->until)
            continue;
        rt.replay_woken = had_turn || t != rt.current;
        if (done + 1 < s->until || (t != rt.current && !had_turn))
            return t;
        rt.replay_woken = false;
    }
    return NULL;
}

u64 policy_stop(void) {
    if (rt.replay_next == rt.channel->request.segment_count)
        return ~(u64)0;
    const struct segment *s = &rt.channel->replay[rt.replay_next];
    const struct thread *c = rt.current;
    u32 done = c->own + (u32)(rt.step - c->since);
    if (s->thread != c->id || s->until <= done)
        return 0;
    return rt.step + (s->until - done);
}

/* --- decisions -------------------------------------------------------------------------------- */

/* At a change point the running thread falls below all others. Was there one? */
static bool pct_change(void) {
    u64 done = rt.policy.shared_only ? rt.eligible : rt.step + 1 - rt.base;
    int first = rt.change_next;
    while (rt.change_next < rt.change_count && rt.change[rt.change_next] <= done) {
        rt.current->priority = LOWERED + (u64)(rt.change_count - rt.change_next);
        rt.change_next++;
    }
    if (rt.change_next == first)
        return false;
    pct_next_change();
    return true;
}

INLINE struct thread *walk_decide(bool counts) {
    u64 done = rt.policy.shared_only ? rt.eligible : rt.step + 1;
    if (!counts || done < (rt.policy.shared_only ? rt.turn : rt.due))
        return rt.current;
    ask_at(done + run_length());
    return runnable_nth((int)random_below((u64)rt.runnable_count));
}

static bool writes(enum event_kind kind) {
    return kind != EVENT_READ && kind != EVENT_ATOMIC_LOAD;
}

INLINE struct thread *pos_decide(bool counts, enum event_kind kind, uptr address) {
    struct thread *c = rt.current;
    if (!counts)
        return c;
    c->priority = draw();
    c->pending = address >> 3;
    c->pending_write = writes(kind);
    struct thread *best = runnable_best();
    if (!best->pending)
        return best;
    struct thread *t; /* it is about to do that event: those that race with it draw anew */
    for_each_runnable(t) {
        if (t->pending == best->pending && t != best && (t->pending_write || best->pending_write))
            t->priority = draw();
    }
    return best;
}

/* Draws who does the next event at a shared site. */
static void surw_draw(void) {
    u64 sum = 0, weight;
    struct thread *t;
    for_each_runnable(t) {
        weight = rt.remaining[t->id];
        sum += weight ? weight : 1;
    }
    u64 n = random_below(sum);
    for_each_runnable(t) {
        weight = rt.remaining[t->id];
        weight = weight ? weight : 1;
        if (n < weight) {
            rt.intended = t->id;
            return;
        }
        n -= weight;
    }
}

INLINE struct thread *surw_decide(bool counts) {
    struct thread *c = rt.current;
    if (!counts)
        return c;
    if (rt.intended < 0 || threads[rt.intended].state != THREAD_RUNNABLE)
        surw_draw();
    struct thread *t = &threads[rt.intended];
    if (t == c) {
        if (rt.remaining[c->id])
            rt.remaining[c->id]--;
        surw_draw();
    }
    return t;
}

INLINE struct thread *decide(bool counts, enum event_kind kind, uptr address) {
    if (rt.runnable_count < 2)
        return rt.current;
    switch (rt.policy.kind) {
    case POLICY_WALK: return walk_decide(counts);
    case POLICY_POS: return pos_decide(counts, kind, address);
    default: return surw_decide(counts);
    }
}

struct thread *policy_choose(enum event_kind kind, uptr address) {
    if (rt.policy.kind == POLICY_PCT) /* the current thread is the best unless that changes it */
        return pct_change() ? runnable_best() : rt.current;
    if (rt.policy.kind != POLICY_REPLAY)
        return decide(true, kind, address);
    struct thread *t = replay_thread();
    return t ? t : rt.current;
}

struct thread *policy_decide(enum event_kind kind, uptr address, uptr pc) {
    bool counts = policy_counts(kind, pc);
    rt.eligible += counts;
    if (rt.policy.kind == POLICY_REPLAY)
        return policy_choose(kind, address);
    if (rt.policy.kind != POLICY_PCT)
        return decide(counts, kind, address);
    if (counts)
        pct_change();
    return runnable_best();
}

struct thread *policy_pick(void) {
    if (!rt.runnable_count)
        return NULL;
    switch (rt.policy.kind) {
    case POLICY_REPLAY: {
        struct thread *t = replay_thread();
        return t ? t : runnable_next(rt.thread_count - 1);
    }
    case POLICY_PCT:
    case POLICY_POS: return runnable_best();
    case POLICY_SURW:
        if (rt.intended >= 0 && threads[rt.intended].state == THREAD_RUNNABLE)
            return &threads[rt.intended];
        surw_draw();
        return &threads[rt.intended];
    default: return runnable_nth((int)random_below((u64)rt.runnable_count));
    }
}

struct thread *policy_yield(void) {
    struct thread *c = rt.current;
    system_idle();
    if (rt.runnable_count < 2)
        return c;
    switch (rt.policy.kind) {
    case POLICY_REPLAY: { /* a segment that goes on past here: nobody could, or would, take over */
        struct thread *t = replay_thread();
        return t ? t : runnable_next(c->id);
    }
    case POLICY_PCT:
    case POLICY_POS: c->priority = --rt.lowest; return runnable_best();
    default: { /* one of the others: the last stands in for itself */
        struct thread *t = runnable_nth((int)random_below((u64)rt.runnable_count - 1));
        return t == c ? runnable_nth(rt.runnable_count - 1) : t;
    }
    }
}
