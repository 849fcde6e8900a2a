/*
 * shadow.c - see shadow.h.
 */
#include "shadow.h"

#include <sys/mman.h>

#include "clock.h"
#include "sys.h"

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

/* Does an access make what an older one left superfluous? It touches all that that did, if
 * it is no less of an access: whoever races with the older one races with it. */
INLINE bool covers(u64 mine, u64 slot) {
    return !((slot & ~mine & (SLOT_BYTES | SLOT_WRITE)) | (mine & ~slot & SLOT_ATOMIC));
}

INLINE bool same_thread(u64 mine, u64 slot) {
    return !((mine ^ slot) & SLOT_THREAD);
}
/* Of two threads: they touch the same bytes, and one of them writes. */
INLINE bool conflicts(u64 mine, u64 slot) {
    return !same_thread(mine, slot) && mine & slot & SLOT_BYTES && (mine | slot) & SLOT_WRITE;
}

/* It conflicts with one of somebody else that did not happen before it, or the memory was
 * freed: the first of these, from the newest on, is told. */
static NOINLINE void tell(const u64 *cell, u64 mine, uptr address, uptr pc) {
    const u32 *clock = rt.current->clock;
    for (int i = 0; i < CELL_SLOTS && step_of(cell[i]) > (u32)rt.base; i++) {
        u64 slot = cell[i];
        if (slot & SLOT_FREED)
            freed(slot, mine, address, pc);
        if (conflicts(mine, slot) && step_of(slot) > clock[thread_of_slot(slot)]
            && !(mine & slot & SLOT_ATOMIC))
            race(mine, slot, address, pc);
    }
}

/* All slots, of whomever. */
static NOINLINE void check_all(u64 *cell, u64 mine, uptr address, uptr pc) {
    const u32 *clock = rt.current->clock;
    u32 base = (u32)rt.base;
    u64 edge = rt.self >> 32 ^ (pc - rt.channel->load_bias) << 16, hash = rt.shared_hash, told = 0;
    int place = CELL_SLOTS - 1; /* of the slot that gives way: the oldest … */
    for (int i = 0; i < CELL_SLOTS; i++) {
        u64 slot = cell[i];
        if (step_of(slot) <= base) { /* … or an empty one: those after it are empty, too */
            place = place < i ? place : i;
            break;
        }
        told |= slot & SLOT_FREED;
        bool gives_way = same_thread(mine, slot);
        if (!gives_way && conflicts(mine, slot)) {
            /* One edge of the order of accesses that threads share. */
            hash = (hash ^ edge ^ (u64)thread_of_slot(slot) << 8) * 0x9E3779B97F4A7C15u;
            hash ^= hash >> 32;
            gives_way = step_of(slot) <= clock[thread_of_slot(slot)];
            told |= gives_way ? 0 : ~(mine & slot) & SLOT_ATOMIC;
        }
        if (gives_way && covers(mine, slot))
            place = i; /* … or one that this access makes superfluous */
    }
    rt.shared_hash = hash;
    if (unlikely(told))
        tell(cell, mine, address, pc);
    u64 first = cell[0], second = cell[1], third = cell[2];
    if (place == 3)
        cell[3] = third;
    if (place >= 2)
        cell[2] = second;
    if (place >= 1)
        cell[1] = first;
    cell[0] = mine;
}

/* What comes of it where nobody else was, which is nearly always, told without looking
 * at each slot. */
NOINLINE void shadow_check(u64 *cell, u64 mine, uptr address, uptr pc) {
    u32 base = (u32)rt.base;
    u64 newest = cell[0];
    if (step_of(newest) <= base) { /* nobody was */
        cell[0] = mine;
        return;
    }
    if (((newest ^ mine) & ~SLOT_WRITE) >> 32) {
        check_all(cell, mine, address, pc);
        return;
    }
    /* The current thread, and reads now what it wrote, or the other way round. */
    if (step_of(cell[1]) <= base) { /* nothing but that: a write covers the read */
        if (!(mine & SLOT_WRITE))
            cell[1] = newest;
        cell[0] = mine;
    } else if ((cell[1] ^ mine) >> 32 == 0 && step_of(cell[2]) <= base) {
        cell[1] = newest; /* it does so in turns */
        cell[0] = mine;
    } else {
        check_all(cell, mine, address, pc);
    }
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
    for (uptr a = address; a < address + size; a += 8) {
        u64 *cell = shadow_cell(a);
        cell[0] = cell[1] = cell[2] = cell[3] = 0;
    }
}
