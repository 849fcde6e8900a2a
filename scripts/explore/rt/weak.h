/*
 * weak.h - weak memory (--weak): what else than the newest value a load may return.
 *
 * Of each atomic the last few stores are kept. Stores take effect in the order in which
 * they are done, so modification order is that of the schedule; a load may return any of
 * those kept that C11 (7.17.3, with the order of seq_cst as C++20 mends it) allows it:
 * none older than one that
 *
 *     happens before the load, or was read by what happens before the load (coherence);
 *     a seq_cst operation wrote or read, if the load is seq_cst, too;
 *     … the same before a seq_cst fence that happens before the load;
 *     happens before a seq_cst fence (or was read before it), if the load is seq_cst or
 *     another such fence, that came later, happens before the load.
 *
 * Where that was simpler it is stronger than C11, and never weaker: read-modify-writes
 * and comparisons, also those that fail, read the newest; no load reads the future (load
 * buffering), and no store slips in behind one that was done (2+2W). Objects of more than
 * 8 bytes, and what there was no place for, have their newest value only.
 *
 * Which value is drawn from the data seed, the thread, and how many loads it did before:
 * a schedule that is replayed reads the same ones.
 */
#ifndef EXPLORE_WEAK_H
#define EXPLORE_WEAK_H

#include "rt.h"

enum { RELAXED, CONSUME, ACQUIRE, RELEASE, ACQ_REL, SEQ_CST }; /* as compilers number them */

struct weak_value {
    u64 value;
    bool old;         /* it is not that of the newest store, though it may be the same */
    const u32 *clock; /* what was released into that store; or NULL: not known */
};

void weak_start(void); /* once, if there will be any of this */
void weak_begin(void); /* a schedule begins: nothing was stored */
void weak_clear(void); /* steps begin anew */

/* All are for the current thread's event that is being done, whose step is rt.step. `now`
 * is what is in memory; that may be news, as not all stores are atomic. */
struct weak_value weak_load(uptr address, u32 size, u64 now, int order);
/* A read-modify-write `changes`, and goes on with the release sequence. After the clocks
 * have been seen to. */
void weak_store(uptr address, u32 size, u64 now, u64 value, int order, bool changes);
struct weak_value weak_newest(uptr address, u32 size, u64 now, int order); /* that is loaded */
void weak_fence(void); /* a seq_cst one, after the clocks have been seen to */

/* That memory begins a new life: nobody can read there what was before. */
void weak_forget(uptr address, size_t size);

#endif
