/*
 * shadow.c - see shadow.h.
 */
#include "shadow.h"

#include <sys/mman.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "clock.h"
#include "sys.h"
#include "weak.h"

uptr shadow_base;
uptr shadow_window[WINDOWS];
static const size_t shadow_size = (size_t)WINDOWS << (WINDOW_BITS + 2);

void shadow_start(void) {
    shadow_base = (uptr)map_memory(0, shadow_size);
    sys(SYS_madvise, shadow_base, shadow_size, MADV_DONTDUMP);
}

void shadow_clear(void) {
    sys(SYS_madvise, shadow_base, shadow_size, MADV_DONTNEED);
}

u64 *shadow_cell_elsewhere(uptr address) {
    static u64 nowhere[CELL_SLOTS];
    uptr window = address >> WINDOW_BITS;
    for (uptr i = 0; i < WINDOWS; i++) {
        uptr place = (window + i) % WINDOWS;
        if (!shadow_window[place])
            shadow_window[place] = window;
        if (shadow_window[place] == window)
            return shadow_cell_at(place, address);
    }
    note(NOTE_NOT_COVERED, "memory beyond 64 GiB: races there are not seen");
    __builtin_memset(nowhere, 0, sizeof nowhere);
    return nowhere;
}

/* --- a slot ------------------------------------------------------------------------- */

INLINE u32 step_of(u64 slot) {
    return (u32)slot;
}
INLINE u32 thread_of_slot(u64 slot) {
    return (u32)(slot >> 32) & 0xFF;
}
INLINE u32 mask_of(u64 slot) {
    return (u32)(slot >> 40) & 0xFF;
}

static enum event_kind access_of(u64 slot) {
    if (slot & SLOT_FREED)
        return EVENT_FREE;
    if (slot & SLOT_ATOMIC)
        return slot & SLOT_WRITE ? EVENT_ATOMIC_STORE : EVENT_ATOMIC_LOAD;
    return slot & SLOT_WRITE ? EVENT_WRITE : EVENT_READ;
}

/* --- races ---------------------------------------------------------------------------- */

/* The driver names the races it has told already, by the code of their later side; and
 * when it replays a schedule for one race, all others are left out. */
static bool is_known(uptr pc) {
    struct channel *c = rt.channel;
    for (u32 i = 0; i < c->known_count; i++) {
        struct known *k = &c->known[i];
        if (k->kind != FAILURE_RACE || k->pc != pc)
            continue;
        k->count += k->beat != c->beat; /* once in a schedule */
        k->beat = c->beat;
        return true;
    }
    return false;
}

static NOINLINE void race(u64 mine, u64 other, uptr address, uptr pc) {
    u64 wanted = rt.channel->request.race_pc, here = pc - rt.channel->load_bias;
    rt.raced = true;
    if (!rt.races || rt.race.kind || (wanted ? wanted != here : is_known(here)))
        return;
    struct failure *f = &rt.race;
    *f = (struct failure){
        .kind = FAILURE_RACE,
        .access = (u8)access_of(mine),
        .other_access = (u8)access_of(other),
        .size = (u8)__builtin_popcount(mask_of(mine)),
        .thread = (int16_t)thread_of_slot(mine),
        .other = (int16_t)thread_of_slot(other),
        .step = step_now(),
        .other_step = (u32)(step_of(other) - rt.base),
        .pc = pc,
        .address = (address & ~(uptr)7) + (uptr)__builtin_ctz(mask_of(mine) & mask_of(other)),
    };
    if (rt.channel->request.stop_at_race) {
        rt.failure = *f;
        finish(0);
    }
}

/* --- a cell ------------------------------------------------------------------------------ */

static NOINLINE void freed(u64 slot, u64 mine, uptr address, uptr pc) {
    rt.failure.access = (u8)access_of(mine);
    rt.failure.other_access = EVENT_FREE;
    rt.failure.size = (u8)__builtin_popcount(mask_of(mine));
    fail_with(FAILURE_USE_AFTER_FREE, address, pc, (int)thread_of_slot(slot),
              (u32)(step_of(slot) - rt.base), NULL);
}

/* What is in a cell when `mine` comes, a bit for each slot; bit 0: the newest. */
struct slots {
    u32 used;      /* in this schedule; then empty ones */
    u32 freed;     /* the memory was freed */
    u32 own;       /* of the current thread */
    u32 conflicts; /* of others: they touch the same bytes, and one of both writes */
    u32 covered;   /* `mine` touches all that it did and is no less of an access: whoever
                      races with it races with `mine` */
};

#ifdef __SSE2__
INLINE u32 bits(__m128i lanes) {
    return (u32)_mm_movemask_ps(_mm_castsi128_ps(lanes));
}
INLINE __m128i none(__m128i lanes, u64 flags) { /* of these flags is set */
    __m128i wanted = _mm_set1_epi32((int)(flags >> 32));
    return _mm_cmpeq_epi32(_mm_and_si128(lanes, wanted), _mm_setzero_si128());
}

INLINE __m128 two(const u64 *slots) { /* as they were stored, one by one: that is faster */
    __m128 first = _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)slots));
    return _mm_loadh_pi(first, (const __m64 *)(slots + 1));
}

/* All four at once: branches on what is in a cell can't be foretold. */
INLINE struct slots look(const u64 *cell, u64 mine) {
    __m128 newer = two(cell), older = two(cell + 2);
    __m128i steps = _mm_castps_si128(_mm_shuffle_ps(newer, older, _MM_SHUFFLE(2, 0, 2, 0)));
    __m128i rest = _mm_castps_si128(_mm_shuffle_ps(newer, older, _MM_SHUFFLE(3, 1, 3, 1)));
    __m128i me = _mm_set1_epi32((int)(mine >> 32)), half = _mm_set1_epi32(INT32_MIN);
    __m128i base = _mm_set1_epi32((int)((u32)rt.base ^ 1u << 31)); /* they compare as signed */
    __m128i more = none(_mm_andnot_si128(me, rest), SLOT_BYTES | SLOT_WRITE);
    __m128i apart = none(_mm_and_si128(me, rest), SLOT_BYTES);
    __m128i reads = none(_mm_or_si128(me, rest), SLOT_WRITE);
    struct slots s;
    s.used = bits(_mm_cmpgt_epi32(_mm_xor_si128(steps, half), base));
    s.freed = ~bits(none(rest, SLOT_FREED)) & s.used;
    s.own = bits(none(_mm_xor_si128(me, rest), SLOT_THREAD)) & s.used;
    s.conflicts = ~bits(_mm_or_si128(apart, reads)) & ~s.own & s.used;
    s.covered = bits(_mm_and_si128(more, none(_mm_andnot_si128(rest, me), SLOT_ATOMIC)));
    return s;
}
#else
INLINE struct slots look(const u64 *cell, u64 mine) {
    struct slots s = {0, 0, 0, 0, 0};
    for (u32 i = 0, bit = 1; i < CELL_SLOTS && step_of(cell[i]) > (u32)rt.base; i++, bit *= 2) {
        u64 slot = cell[i];
        s.used |= bit;
        if (slot & SLOT_FREED)
            s.freed |= bit;
        if (!((slot ^ mine) & SLOT_THREAD))
            s.own |= bit;
        else if (slot & mine & SLOT_BYTES && (slot | mine) & SLOT_WRITE)
            s.conflicts |= bit;
        if (!((slot & ~mine & (SLOT_BYTES | SLOT_WRITE)) | (mine & ~slot & SLOT_ATOMIC)))
            s.covered |= bit;
    }
    return s;
}
#endif

/* `mine` becomes the newest. Who gives way: the oldest of those that it makes superfluous;
 * else an empty slot; else the oldest. */
INLINE void put_first(u64 *cell, struct slots s, u32 superfluous, u64 mine) {
    int used = __builtin_ctz(~s.used), place = used < CELL_SLOTS ? used : CELL_SLOTS - 1;
    if (superfluous)
        place = 31 - __builtin_clz(superfluous);
    u64 first = cell[0], second = cell[1], third = cell[2], fourth = cell[3];
    cell[0] = mine;
    cell[1] = place >= 1 ? first : second;
    cell[2] = place >= 2 ? second : third;
    cell[3] = place >= 3 ? third : fourth;
}

/* Others were there: did what they did happen before? */
static NOINLINE void check_order(u64 *cell, u64 mine, uptr address, uptr pc) {
    struct slots s = look(cell, mine);
    const u32 *clock = rt.current->clock;
    u64 edge = rt.self >> 32 ^ (pc - rt.channel->load_bias) << 16;
    u32 before = s.own;
    if (unlikely(s.freed))
        freed(cell[__builtin_ctz(s.freed)], mine, address, pc);
    for (u32 left = s.conflicts; left; left &= left - 1) {
        u64 slot = cell[__builtin_ctz(left)];
        /* One edge of the order of accesses that threads share. */
        u64 hash = (rt.shared_hash ^ edge ^ (u64)thread_of_slot(slot) << 8) * 0x9E3779B97F4A7C15u;
        rt.shared_hash = hash ^ hash >> 32;
        if (step_of(slot) <= clock[thread_of_slot(slot)])
            before |= left & (0 - left);
        else if (!(mine & slot & SLOT_ATOMIC))
            race(mine, slot, address, pc);
    }
    put_first(cell, s, before & s.covered, mine);
}

static NOINLINE void check_all(u64 *cell, u64 mine, uptr address, uptr pc) {
    struct slots s = look(cell, mine);
    if (s.conflicts | s.freed)
        check_order(cell, mine, address, pc);
    else
        put_first(cell, s, s.own & s.covered, mine);
}

/* Is there a slot that says the same already, of this epoch, and only the current thread was
 * here since? Then whoever else is in here was looked at when that was written, and the
 * order of the slots does not matter. */
INLINE bool said(u64 *cell, u64 mine) {
    u32 epoch = rt.current->epoch;
    for (int i = 1; i < CELL_SLOTS; i++) {
        u64 differs = (cell[i] ^ mine) >> 32;
        if (step_of(cell[i]) < epoch || (cell[i - 1] ^ mine) & SLOT_THREAD)
            return false; /* what is older is of older epochs, too, or not worth the search */
        if (differs == 0) {
            cell[i] = mine;
            return true;
        }
        if (differs == SLOT_WRITE >> 32 && !(mine & SLOT_WRITE))
            return true;
    }
    return false;
}

/* Does the current thread read and write in turns what nobody else touches? Then the slot
 * of its last access of this kind is the newest again, and nothing is to be looked at. */
INLINE bool takes_turns(u64 *cell, u64 mine) {
    u32 base = (u32)rt.base;
    u64 newest = cell[0], second = cell[1], third = cell[2], fourth = cell[3];
    if ((second ^ mine) >> 32 || step_of(second) <= base || (newest ^ mine) & SLOT_THREAD)
        return false;
    if (step_of(third) > base
        && ((third ^ mine) & SLOT_THREAD
            || (step_of(fourth) > base && (fourth ^ mine) & SLOT_THREAD)))
        return false;
    cell[0] = mine;
    cell[1] = newest;
    return true;
}

NOINLINE void shadow_check(u64 *cell, u64 mine, uptr address, uptr pc) {
    if (!said(cell, mine) && !takes_turns(cell, mine))
        check_all(cell, mine, address, pc);
}

void shadow_elsewhere(uptr address, u64 mine, uptr pc) {
    shadow_in_cell(shadow_cell_elsewhere(address), address, mine, pc);
}

void shadow_range(uptr address, size_t size, bool write, bool atomic, uptr pc) {
    while (size) {
        size_t here = 8 - (address & 7);
        if (here > size)
            here = size;
        shadow_access(address, here, write, atomic, pc);
        address += here;
        size -= here;
    }
}

void shadow_look_if_freed(uptr address, uptr pc) {
    u64 *cell = shadow_cell(address);
    if (rt.active && step_of(*cell) > (u32)rt.base && *cell & SLOT_FREED)
        freed(*cell, (u64)0xFF << 40, address, pc);
}

void shadow_freed(uptr address, size_t size) {
    u64 mine = rt.self | SLOT_BYTES | SLOT_WRITE | SLOT_FREED | (u32)rt.step;
    rt.freed = true;
    for (uptr a = address; a < address + size; a += 8) {
        u64 *cell = shadow_cell(a);
        cell[0] = mine;
        cell[1] = cell[2] = cell[3] = 0;
    }
}

void shadow_fresh(uptr address, size_t size) {
    if (unlikely(rt.weak))
        weak_forget(address, size);
    for (uptr a = address; a < address + size; a += 8) {
        u64 *cell = shadow_cell(a);
        cell[0] = cell[1] = cell[2] = cell[3] = 0;
    }
}
