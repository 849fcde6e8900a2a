/*
 * weak.c - see weak.h. `read` and `clock` of a store are vectors by thread; steps of an
 * earlier schedule are older than any of this one, and so need no clearing (clock.h).
 */
#include "weak.h"

#include <sys/mman.h>

#include "clock.h"
#include "sys.h"

enum { STORES = 8, LOCATIONS = 1 << 12, LOCATIONS_FULL = LOCATIONS - LOCATIONS / 8, FENCES = 16 };
enum { SPINS = 8 }; /* loads of one value after which only the newest will do */

struct store {
    u64 value;
    int thread;  /* -1: what was there when the location was met */
    bool change; /* by a read-modify-write */
    u32 step;
    u32 seq_cst;             /* step of the first seq_cst operation that wrote or read it */
    u32 read[CLOCK_THREADS]; /* step at which each thread first read it */
    u32 clock[CLOCK_THREADS];
};

struct location {
    uptr address;
    u32 era; /* the schedule it belongs to */
    u32 size;
    u32 newest, count; /* stores[newest], and count - 1 before it, around the end */
    struct store stores[STORES];
};

struct fence { /* seq_cst */
    int thread;
    u32 step;
    u32 before[CLOCK_THREADS]; /* what happens before it or an earlier one */
};

static struct location *locations; /* a hash table, open addressing */
static u16 used[LOCATIONS];        /* places taken in this schedule */
static u32 used_count, era;
static struct fence fences[FENCES]; /* the last ones, around the end */
static u32 fence_count;             /* of all in this schedule */
static u32 before_fences[CLOCK_THREADS];

void weak_start(void) {
    locations = map_memory(0, sizeof *locations * LOCATIONS);
    sys(SYS_madvise, locations, sizeof *locations * LOCATIONS, MADV_DONTDUMP);
}

void weak_clear(void) {
    if (locations)
        sys(SYS_madvise, locations, sizeof *locations * LOCATIONS, MADV_DONTNEED);
    __builtin_memset(before_fences, 0, sizeof before_fences);
    __builtin_memset(fences, 0, sizeof fences);
    era = 0;
}

void weak_begin(void) {
    era++;
    used_count = fence_count = 0;
}

INLINE bool happened(u32 step) { /* in this schedule */
    return step > (u32)rt.base;
}

/* --- locations --------------------------------------------------------------------------- */

static struct store *store_add(struct location *l, u64 value, int thread) {
    l->newest = (l->newest + 1) % STORES;
    l->count += l->count < STORES;
    struct store *s = &l->stores[l->newest];
    s->value = value;
    s->thread = thread;
    s->change = false;
    s->step = (u32)rt.step;
    s->seq_cst = 0;
    for (int i = 0; i < rt.thread_count; i++)
        s->read[i] = s->clock[i] = 0;
    return s;
}

INLINE struct store *store_of_age(struct location *l, u32 age) {
    return &l->stores[(l->newest + STORES - age) % STORES];
}

static struct location *find(uptr address) {
    u32 i = (u32)((address * 0x9E3779B97F4A7C15u) >> 52);
    while (locations[i].era == era && locations[i].address != address)
        i = (i + 1) % LOCATIONS;
    struct location *l = &locations[i];
    if (l->era == era)
        return l;
    if (used_count == LOCATIONS_FULL)
        return NULL;
    used[used_count++] = (u16)i;
    l->address = address;
    l->era = era;
    l->count = 0;
    return l;
}

/* What is known of a location ends where something else than its newest value is there. */
static struct location *location_at(uptr address, u32 size, u64 now) {
    struct location *l = find(address);
    if (l && (!l->count || l->size != size || store_of_age(l, 0)->value != now)) {
        l->size = size;
        l->count = 0;
        store_add(l, now, -1);
    }
    return l;
}

void weak_forget(uptr address, size_t size) {
    for (u32 i = 0; i < used_count; i++)
        if (locations[used[i]].address - address < size)
            locations[used[i]].count = 0;
}

/* --- which stores a load may not go behind ------------------------------------------------- */

/* Was it done, or read, by what happens before now by that clock, or by `self` (-1: nobody)? */
static bool seen(const struct store *s, const u32 *clock, int self) {
    if (s->thread < 0 || s->thread == self || s->step <= clock[s->thread])
        return true;
    for (int i = 0; i < rt.thread_count; i++)
        if (happened(s->read[i]) && (i == self || s->read[i] <= clock[i]))
            return true;
    return false;
}

/* The last seq_cst fence that happens before the current event. Where it may be one that is
 * no longer known, the oldest that is: that one forbids no less. */
static const struct fence *fence_before(void) {
    const struct thread *t = rt.current;
    u32 known = fence_count < FENCES ? fence_count : FENCES;
    for (u32 i = 1; i <= known; i++) {
        const struct fence *f = &fences[(fence_count - i) % FENCES];
        if (f->thread == t->id || f->step <= t->clock[f->thread])
            return f;
    }
    return fence_count > FENCES ? &fences[fence_count % FENCES] : NULL;
}

static bool ends_choice(const struct store *s, int order, const struct fence *f) {
    const struct thread *t = rt.current;
    if (seen(s, t->clock, t->id))
        return true;
    if (order == SEQ_CST && (happened(s->seq_cst) || seen(s, before_fences, -1)))
        return true;
    return f && ((happened(s->seq_cst) && s->seq_cst <= f->step) || seen(s, f->before, -1));
}

/* How many stores back the next load of this thread would like to look. Some schedules are
 * nearly consistent, in some every other load is old. */
static u32 wished_age(uptr address) {
    static const u8 rates[] = {8, 32, 80, 128}; /* of 256 */
    struct thread *t = rt.current;
    u64 draw = draw_of((u64)t->id << 32 | ++t->loads);
    bool spins = t->spin_address == address && t->spin_count >= SPINS;
    if (spins || (draw & 255) >= rates[draw_of(~(u64)0) & 3])
        return 0;
    return draw & 256 ? 1 : 1 + (u32)(draw >> 9) % (STORES - 1);
}

/* --- events --------------------------------------------------------------------------------- */

static void reads(struct store *s, int order) {
    u32 *first = &s->read[rt.current->id];
    if (!happened(*first))
        *first = (u32)rt.step;
    if (order == SEQ_CST && !happened(s->seq_cst))
        s->seq_cst = (u32)rt.step;
}

struct weak_value weak_load(uptr address, u32 size, u64 now, int order) {
    u32 wish = wished_age(address), age = 0;
    struct location *l = location_at(address, size, now);
    if (!l)
        return (struct weak_value){now, false, NULL};
    const struct fence *f = wish && fence_count ? fence_before() : NULL;
    while (age < wish && age + 1 < l->count && !ends_choice(store_of_age(l, age), order, f))
        age++;
    struct store *s = store_of_age(l, age);
    reads(s, order);
    if (age)
        rt.hash = (rt.hash ^ age) * 0x100000001B3u; /* another schedule */
    return (struct weak_value){s->value, age > 0, s->clock};
}

/* A release sequence goes on with the stores of the same thread, as C11 has it (C++20 has
 * not), and with changes by anybody. */
void weak_store(uptr address, u32 size, u64 now, u64 value, int order, bool changes) {
    const struct thread *t = rt.current;
    struct location *l = location_at(address, size, now);
    if (!l)
        return;
    const struct store *last = store_of_age(l, 0);
    bool goes_on = changes || last->thread == t->id || last->change;
    struct store *s = store_add(l, value, t->id);
    s->change = changes;
    if (order == SEQ_CST)
        s->seq_cst = (u32)rt.step;
    if (goes_on)
        clock_join(s->clock, last->clock);
    if (order >= RELEASE)
        clock_join(s->clock, t->clock);
    else if (t->fence_release)
        clock_join(s->clock, t->release_fence);
}

struct weak_value weak_newest(uptr address, u32 size, u64 now, int order) {
    struct location *l = location_at(address, size, now);
    struct weak_value v = {now, false, NULL};
    if (l) {
        reads(store_of_age(l, 0), order);
        v.clock = store_of_age(l, 0)->clock;
    }
    return v;
}

void weak_fence(void) {
    struct fence *f = &fences[fence_count++ % FENCES];
    clock_join(before_fences, rt.current->clock);
    f->thread = rt.current->id;
    f->step = (u32)rt.step;
    clock_copy(f->before, before_fences);
}
