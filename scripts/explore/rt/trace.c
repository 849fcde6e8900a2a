/*
 * trace.c - a traced replay: every event with its stack.
 */
#include "fiber.h"
#include "heap.h"
#include "rt.h"
#include "server.h"
#include "snapshot.h"

static struct {
    const struct frame_entry *top;
    uptr pc, sp;
    u32 stack, depth;
} last[THREADS_MAX]; /* the stack that each thread's last event had */

static u32 latest[THREADS_MAX]; /* index of its newest event, plus 1 */

/* A write's value is there only after the event: it is looked up at the next one. */
static struct event *unread;

static void read_value(struct event *e) {
    u64 value = 0;
    __builtin_memcpy(&value, (const void *)e->address, e->size);
    e->value = value;
    e->flags |= EVENT_HAS_VALUE;
}

static void settle(void) {
    if (unread)
        read_value(unread);
    unread = NULL;
}

static void memory_of(const struct thread *t, struct thread_memory *m) {
    if (t->pool >= 0)
        fiber_memory(t->pool, m);
    else
        main_memory(m);
}

/* Where a function's frame begins: above its own return address, which lies between its
 * stack pointer and its caller's. */
static u64 frame_of(const struct frame_entry *f, uptr high) {
    uptr limit = f[-1].sp > f->sp && f[-1].sp < high - 64 ? f[-1].sp + 64 : high;
    for (uptr at = f->sp & ~(uptr)7; at + 8 <= limit; at += 8)
        if (*(const uptr *)at == f->pc)
            return at + 8;
    return 0;
}

static void note_stack(struct event *e) {
    struct channel *c = rt.channel;
    const struct thread *t = rt.current;
    u32 depth = (u32)(t->top - t->frames);
    if (last[t->id].top == t->top && last[t->id].pc == t->top->pc && last[t->id].sp == t->top->sp) {
        e->stack = last[t->id].stack;
        e->depth = (u16)last[t->id].depth;
        return;
    }
    if (depth > STACK_MAX)
        depth = STACK_MAX;
    if (c->stack_count + depth > STACK_WORDS)
        return;
    e->stack = c->stack_count;
    e->depth = (u16)depth;
    struct thread_memory m;
    memory_of(t, &m);
    for (u32 i = 0; i < depth; i++) {
        c->frames[c->stack_count] = frame_of(&t->top[-(long)i], m.stack_high);
        c->stacks[c->stack_count++] = t->top[-(long)i].pc;
    }
    last[t->id].top = t->top;
    last[t->id].pc = t->top->pc;
    last[t->id].sp = t->top->sp;
    last[t->id].stack = e->stack;
    last[t->id].depth = depth;
}

void trace_begin(void) {
    struct channel *c = rt.channel;
    c->event_count = c->events_lost = c->stack_count = c->block_count = c->failure_depth = 0;
    __builtin_memset(last, 0, sizeof last);
    __builtin_memset(latest, 0, sizeof latest);
    unread = NULL;
}

/* The current thread's newest event; a spare one where there is none. */
static struct event *newest(void) {
    static struct event spare;
    u32 i = latest[rt.current->id];
    return i ? &rt.channel->events[i - 1] : &spare;
}

void trace_event(enum event_kind kind, uptr address, u32 size, uptr pc) {
    struct channel *c = rt.channel;
    const struct thread *t = rt.current;
    settle();
    if (c->event_count == EVENTS_MAX) {
        c->events_lost++;
        latest[t->id] = 0;
        return;
    }
    struct event *e = &c->events[c->event_count++];
    latest[t->id] = c->event_count;
    *e = (struct event){.step = step_now(),
                        .own = t->own + (u32)(rt.step - t->since),
                        .thread = t->id,
                        .kind = (u8)kind,
                        .size = (u8)(size < 255 ? size : 255),
                        .length = size,
                        .pc = pc,
                        .address = address};
    note_stack(e);
    /* not now: if it faults, the fault is the program's */
    if (size <= 8 && (kind == EVENT_WRITE || (kind == EVENT_READ && address > 4096)))
        unread = e;
}

void trace_value(u64 value) {
    struct event *e = newest();
    e->value = value;
    e->flags |= EVENT_HAS_VALUE;
    if (unread == e)
        unread = NULL;
}

void trace_flag(u8 flag) {
    newest()->flags |= flag;
}

void trace_old(u64 newest_value) {
    newest()->newest = newest_value;
    newest()->flags |= EVENT_OLD;
}

void trace_order(int order) {
    newest()->order = (u8)order;
}

void trace_failure(void) {
    struct channel *c = rt.channel;
    const struct thread *t = rt.current;
    u32 depth = (u32)(t->top - t->frames);
    c->failure_depth = depth < STACK_MAX ? depth : STACK_MAX;
    for (u32 i = 0; i < c->failure_depth; i++)
        c->failure_stack[i] = t->top[-(long)i].pc;
}

void trace_end(void) {
    struct channel *c = rt.channel;
    if (rt.failure.kind != FAILURE_CRASH) /* then this one faulted */
        settle();
    unread = NULL;
    for (int i = 0; i < rt.thread_count; i++)
        memory_of(&threads[i], &c->memory[i]);
    c->block_count = heap_blocks(c->blocks, sizeof c->blocks / sizeof *c->blocks);
}
