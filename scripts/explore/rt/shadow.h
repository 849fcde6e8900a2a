/*
 * shadow.h - what is remembered of each word of memory: who touched it when.
 *
 * For each 8 bytes four slots of 8 bytes, the newest first (the design of
 * ThreadSanitizer's first versions: Serebryany and Iskhodzhanov, WBIA 2009):
 *
 *     bits  0-31  step of the access (clock.h); before this schedule: empty
 *          32-39  thread; THREAD_FREED: the memory was freed at that step
 *          40-47  which of the 8 bytes
 *          48     it was a write
 *          49     it was atomic
 *          50     the memory was freed (and the thread is who did that)
 *
 * Shadow memory is found through a table of windows of 16 MiB, so that it is linear
 * within each, and any address can have one. An access that repeats one of the same
 * epoch (FastTrack: Flanagan and Freund, PLDI 2009) costs a few instructions.
 */
#ifndef EXPLORE_SHADOW_H
#define EXPLORE_SHADOW_H

#include "rt.h"

enum { WINDOW_BITS = 24, WINDOWS = 1 << 12, CELL_SLOTS = 4 };
#define SLOT_THREAD ((u64)0xFF << 32)
#define SLOT_BYTES ((u64)0xFF << 40)
#define SLOT_WRITE ((u64)1 << 48)
#define SLOT_ATOMIC ((u64)1 << 49)
#define SLOT_FREED ((u64)1 << 50)

extern uptr shadow_base;            /* of all windows' shadows */
extern uptr shadow_window[WINDOWS]; /* which window a place is taken by: address >> 24 */

void shadow_start(void);
void shadow_clear(void); /* all, when steps begin anew */

/* The cell of an address whose window is not where it is looked for first. */
u64 *shadow_cell_elsewhere(uptr address);

INLINE u64 *shadow_cell_at(uptr place, uptr address) {
    return (u64 *)(shadow_base + (place << (WINDOW_BITS + 2))
                   + ((address & (((uptr)1 << WINDOW_BITS) - 8)) << 2));
}
INLINE u64 *shadow_cell(uptr address) {
    uptr window = address >> WINDOW_BITS, place = window % WINDOWS;
    if (unlikely(shadow_window[place] != window))
        return shadow_cell_elsewhere(address);
    return shadow_cell_at(place, address);
}

/* Accesses that shadow_word() has no short way for: not the newest in their cell (`mine`:
 * the slot they make), in a window elsewhere, of more than one word. Each is called last,
 * so that the short way needs no stack. */
void shadow_check(u64 *cell, u64 mine, uptr address, uptr pc);
void shadow_elsewhere(uptr address, u64 mine, uptr pc);
void shadow_range(uptr address, size_t size, bool write, bool atomic, uptr pc);

INLINE void shadow_in_cell(u64 *cell, uptr address, u64 mine, uptr pc) {
    u64 newest = *cell, differs = (newest ^ mine) >> 32, now = mine | (u32)rt.step;
    if (likely(differs == 0 && (u32)newest > (u32)rt.base)) {
        /* Whoever else is in here was looked at when this was written. */
        *cell = now;
        return;
    }
    if (!(mine & SLOT_WRITE) && differs == SLOT_WRITE >> 32 && (u32)newest >= rt.current->epoch)
        return; /* it wrote there in the same epoch: reading adds nothing */
    shadow_check(cell, now, address, pc);
}

/* An access of any size. */
INLINE void shadow_access(uptr address, size_t size, bool write, bool atomic, uptr pc) {
    u32 offset = address & 7;
    if (unlikely(offset + size > 8)) {
        shadow_range(address, size, write, atomic, pc);
        return;
    }
    u64 mine = rt.self | (((u64)1 << size) - 1) << (40 + offset) | (write ? SLOT_WRITE : 0)
               | (atomic ? SLOT_ATOMIC : 0);
    uptr window = address >> WINDOW_BITS, place = window % WINDOWS;
    if (unlikely(shadow_window[place] != window))
        shadow_elsewhere(address, mine, pc);
    else
        shadow_in_cell(shadow_cell_at(place, address), address, mine, pc);
}

/* Fails if that memory was freed: for objects whose operations are no accesses. */
void shadow_look_if_freed(uptr address, uptr pc);
INLINE void shadow_check_alive(uptr address, uptr pc) {
    if (unlikely(rt.freed))
        shadow_look_if_freed(address, pc);
}

/* A block was freed by the current thread, as its event; or is given out again. */
void shadow_freed(uptr address, size_t size);
void shadow_fresh(uptr address, size_t size);

#endif
