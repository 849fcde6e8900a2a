/*
 * locks.c - see locks.h.
 */
#include "locks.h"

#include <stdio.h>
#include <string.h>

#include "memory.h"

bool takes_lock(const struct event *e) {
    return e->kind == EVENT_MUTEX_LOCK || e->kind == EVENT_MUTEX_TRYLOCK
           || e->kind == EVENT_RWLOCK_READ || e->kind == EVENT_RWLOCK_WRITE
           || e->kind == EVENT_SPIN_LOCK;
}

static void take(struct held_locks *h, uint64_t address, bool reading) {
    if (h->count < LOCKS_MOST) {
        h->address[h->count] = address;
        h->reading[h->count++] = reading;
    }
}

static void give(struct held_locks *h, uint64_t address) {
    for (int i = h->count; i-- > 0;)
        if (h->address[i] == address) {
            memmove(&h->address[i], &h->address[i + 1],
                    sizeof h->address[0] * (size_t)(h->count - i - 1));
            memmove(&h->reading[i], &h->reading[i + 1],
                    sizeof h->reading[0] * (size_t)(h->count - i - 1));
            h->count--;
            return;
        }
}

/* An event says what a thread is about to do: it is done when the thread has another. So
 * a thread that waits for a lock at the end does not hold it. */
static void done(struct held_locks *h, const struct event *e, uint64_t *waited_with) {
    if (e->flags & (EVENT_FAILED | EVENT_TIMED_OUT) && e->kind != EVENT_COND_WAIT)
        return;
    switch (e->kind) {
    case EVENT_MUTEX_LOCK:
    case EVENT_MUTEX_TRYLOCK:
    case EVENT_SPIN_LOCK:
    case EVENT_RWLOCK_WRITE: take(h, e->address, false); break;
    case EVENT_RWLOCK_READ: take(h, e->address, true); break;
    case EVENT_MUTEX_UNLOCK:
    case EVENT_SPIN_UNLOCK:
    case EVENT_RWLOCK_UNLOCK: give(h, e->address); break;
    case EVENT_COND_WAIT: /* it gave the newest lock away, and has it again */
        if (*waited_with)
            take(h, *waited_with, false);
        break;
    }
}

static void begun(struct held_locks *h, const struct event *e, uint64_t *waited_with) {
    *waited_with = 0;
    if (e->kind == EVENT_COND_WAIT && h->count) {
        *waited_with = h->address[h->count - 1];
        give(h, *waited_with);
    }
}

void locks_held(const struct channel *trace, int thread, uint32_t index, struct held_locks *held) {
    const struct event *last = NULL;
    uint64_t waited_with = 0;
    held->count = 0;
    for (uint32_t i = 0; i < trace->event_count && i <= index; i++) {
        const struct event *e = &trace->events[i];
        if (e->thread != thread)
            continue;
        if (last)
            done(held, last, &waited_with);
        begun(held, e, &waited_with);
        last = e;
    }
    /* what it took without waiting it has, even if that was its last event */
    bool waits =
        index >= trace->event_count && trace->result.threads[thread].state == THREAD_BLOCKED;
    if (last && !waits && (index >= trace->event_count || last != &trace->events[index])
        && !(last->flags & EVENT_BLOCKED) && last->kind != EVENT_COND_WAIT)
        done(held, last, &waited_with);
}

void locks_said(const struct channel *trace, const struct held_locks *held, uint32_t step, char *to,
                size_t room) {
    size_t n = (size_t)snprintf(to, room, held->count ? ", holding " : ", holding no lock");
    for (int i = 0; i < held->count && n < room; i++) {
        char name[120];
        memory_object(trace, held->address[i], step, name, sizeof name);
        n += (size_t)snprintf(to + n, room - n, "%s%s%s",
                              i == 0                 ? ""
                              : i == held->count - 1 ? " and "
                                                     : ", ",
                              name, held->reading[i] ? " (for reading)" : "");
    }
}
