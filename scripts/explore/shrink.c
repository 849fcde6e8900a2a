/*
 * shrink.c - the fewest preemptions that suffice.
 *
 * First, segments are left out as long as the same failure comes: halves, quarters …
 * single ones (delta debugging: Zeller and Hildebrandt, TSE 2002). What is left out just
 * does not happen; whoever runs then goes on until he blocks. Then schedules with one
 * preemption less are tried, at places drawn at random: when none fails, that is said.
 */
#include <stdlib.h>
#include <string.h>

#include "replay.h"

enum { REPLAYS_MAX = 3000, FEWER_TRIES = 400 };

struct shrinking {
    struct worker *w;
    const struct options *o;
    struct defect *d;
    enum reset_kind reset;
    double until;
    struct schedule *best;
    uint32_t preemptions; /* of best */
};

static bool time_left(const struct shrinking *k) {
    return now() < k->until && k->d->shrink_replays < REPLAYS_MAX && !k->w->dead;
}

/* Does this list make it fail, with fewer preemptions, or as many and a shorter list?
 * Then what was really run is the new best. */
static bool attempt(struct shrinking *k, struct segment *list, uint32_t count) {
    struct schedule s = *k->best;
    s.segments = list;
    s.count = count;
    s.by_seed = false;
    struct failure f = replay(k->w, k->o, &s, &k->d->failure, k->reset, false);
    k->d->shrink_replays++;
    const struct result *r = &k->w->channel->result;
    if (!f.kind || k->w->dead || !same_failure(&f, &k->d->failure))
        return false;
    if (r->segments_cut || r->preemptions > k->preemptions
        || (r->preemptions == k->preemptions && count >= k->best->count && !k->best->by_seed))
        return false;
    free(k->best->segments);
    *k->best = schedule_of(k->w);
    if (k->best->count > count
        && r->preemptions == k->preemptions) { /* the shorter way to say it */
        memcpy(k->best->segments, list, count * sizeof *list);
        k->best->count = count;
    }
    k->preemptions = r->preemptions;
    return true;
}

static void leave_out(struct shrinking *k) {
    struct segment *list = malloc((k->best->count + 1) * sizeof *list);
    if (!list)
        stop(3, "out of memory");
    for (bool again = true; again && time_left(k);) {
        again = false;
        for (uint32_t size = (k->best->count + 1) / 2; size && time_left(k); size /= 2)
            for (uint32_t at = 0; at < k->best->count && time_left(k);) {
                uint32_t n = size < k->best->count - at ? size : k->best->count - at;
                uint32_t rest = k->best->count - at - n;
                memcpy(list, k->best->segments, at * sizeof *list);
                memcpy(list + at, k->best->segments + at + n, rest * sizeof *list);
                if (attempt(k, list, at + rest))
                    again = true;
                else
                    at += size;
            }
    }
    free(list);
}

static uint64_t random_state;
static uint64_t draw(uint64_t n) { /* xorshift64 (Marsaglia, 2003) */
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % n;
}

/* A list with that many preemptions: threads in some order, each to its end or until it
 * blocks, but for the cuts. */
static uint32_t random_list(struct segment *list, const struct result *r, uint32_t cuts) {
    uint32_t count = 0, threads = r->thread_count ? r->thread_count : 1;
    if (draw(2)) /* main first, as it makes the others: until it waits for them */
        list[count++] = (struct segment){0, END_BLOCKED, UINT32_MAX};
    for (uint32_t i = 0; i < cuts; i++) {
        uint16_t t = (uint16_t)draw(threads), to = (uint16_t)draw(threads);
        uint32_t events = r->threads[t].events;
        list[count++] = (struct segment){t, END_PREEMPTED, (uint32_t)(2 + draw(events + 1))};
        list[count++] = (struct segment){to, END_BLOCKED, UINT32_MAX};
    }
    for (uint32_t i = 0; i < threads; i++)
        list[count++] = (struct segment){(uint16_t)draw(threads), END_BLOCKED, UINT32_MAX};
    return count;
}

static void try_fewer(struct shrinking *k) {
    struct segment *list = malloc((2 * 16 + THREADS_MAX + 2) * sizeof *list);
    struct result *shape = malloc(sizeof *shape);
    if (!list || !shape)
        stop(3, "out of memory");
    while (k->preemptions && k->preemptions <= 8 && time_left(k)) {
        uint32_t before = k->preemptions;
        memcpy(shape, &k->w->channel->result, sizeof *shape);
        k->d->fewer_tried = 0;
        for (int i = 0; i < FEWER_TRIES && k->preemptions == before && time_left(k); i++) {
            uint32_t count = random_list(list, shape, before - 1);
            attempt(k, list, count);
            k->d->fewer_tried += k->w->channel->result.preemptions < before;
        }
        if (k->preemptions == before)
            break;
        leave_out(k);
    }
    free(shape);
    free(list);
}

void shrink(struct worker *w, const struct options *o, struct schedule *s, struct defect *d,
            enum reset_kind reset, double seconds) {
    double begin = now();
    struct shrinking k = {w, o, d, reset, begin + seconds, s, d->preemptions_before};
    random_state = 0x9E3779B97F4A7C15u;
    if (s->by_seed || s->count) {
        struct segment none[1];
        attempt(&k, none, 0);
    }
    if (!s->by_seed)
        leave_out(&k);
    if (!s->by_seed) { /* so that the result of the best is there, and its events counted */
        replay(w, o, s, &d->failure, reset, false);
        try_fewer(&k);
    }
    d->preemptions = k.preemptions;
    d->shrink_seconds = now() - begin;
}
