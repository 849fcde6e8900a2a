/*
 * policy.h - who goes on. Policies are described in policy.c.
 */
#ifndef EXPLORE_POLICY_H
#define EXPLORE_POLICY_H

#include "rt.h"

void policy_begin(u64 seed, const struct policy *policy);
void policy_thread(struct thread *t, bool new); /* it is new, or runnable again */

/* An event is to be done, and who can run is as it was when the policy was asked last: does
 * it want to be asked now? Operations on locks and threads always are places to switch at. */
INLINE bool policy_asks(enum event_kind kind, uptr pc);
/* It does: the current thread, or who preempts it. */
struct thread *policy_choose(enum event_kind kind, uptr address);
/* Both in one, where who can run may have changed. */
struct thread *policy_decide(enum event_kind kind, uptr address, uptr pc);
struct thread *policy_pick(void);  /* the current cannot go on; NULL: nobody can */
struct thread *policy_yield(void); /* somebody else, or the current */
u64 policy_stop(void);             /* replay: the next step it wants to see */

/* --- sites: where two threads touch the same memory, as calibration found -------------- */

INLINE u32 site_of(uptr pc) {
    return (u32)((pc - rt.channel->load_bias) * 0x9E3779B97F4A7C15u >> (64 - SITES_BITS));
}
INLINE bool site_shared(uptr pc) {
    u32 i = site_of(pc);
    return rt.channel->calibration.sites[i / 64] >> (i % 64) & 1;
}
INLINE void site_mark(uptr pc) {
    u32 i = site_of(pc);
    rt.channel->calibration.sites[i / 64] |= (u64)1 << (i % 64);
}
bool policy_in_half(uptr pc); /* of the sites: the half that the seed draws */

INLINE bool policy_counts(enum event_kind kind, uptr pc) {
    if (!rt.policy.shared_only || kind > EVENT_FENCE)
        return true;
    return site_shared(pc) && (likely(!rt.policy.half) || policy_in_half(pc));
}
INLINE bool policy_asks(enum event_kind kind, uptr pc) {
    return policy_counts(kind, pc) && ++rt.eligible >= rt.turn;
}

/* --- what point() does when something is due: most of it inline ------------------------- */

bool point_full(enum event_kind kind, uptr address, u32 size, uptr pc);
void point_asked(enum event_kind kind, uptr address);
INLINE bool point_due(enum event_kind kind, uptr address, u32 size, uptr pc) {
    if (unlikely(rt.step >= rt.quiet))
        return point_full(kind, address, size, pc);
    rt.current->last_pc = pc;
    if (policy_asks(kind, pc))
        point_asked(kind, address);
    return true;
}

#endif
