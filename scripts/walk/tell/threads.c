/* threads.c - see threads.h. */
#include "threads.h"

#include <inttypes.h>
#include <string.h>

#include "../blame.h"

enum { CROWDS_ABOVE = 12 }; /* threads; so many are told each for itself */

const struct thread *core_thread(const struct core *core, int index) {
    return core && index >= 0 && (size_t)index < core->thread_count ? &core->threads[index] : NULL;
}

bool thread_has_part(const struct core *core, int index) {
    for (size_t i = 0; i < core->cycle_count; i++)
        if (core->cycle[i] == index)
            return true;
    return index == core->victim || index == core->crossing[0] || index == core->crossing[1];
}

size_t threads_missing(const struct core *core) {
    return core->thread_total > core->thread_count ? core->thread_total - core->thread_count : 0;
}

const char *thread_role(const struct thread *t) {
    bool said = t->role && t->name && strncmp(t->name, t->role, strlen(t->role)) == 0;
    return said ? NULL : t->role;
}

const char *thread_where(const struct thread *t, char *buffer, size_t size) {
    if (t->where)
        return t->where;
    if (!t->doing && !stack_blamed(&t->stack))
        return t->stack.lost ? t->stack.lost : "?";
    snprintf(buffer, size, "in %s", t->doing ? t->doing : stack_blamed_name(&t->stack));
    return buffer;
}

/* --- locks --------------------------------------------------------------------------- */

const char *held_name(const struct held *h, char *buffer, size_t size) {
    if (h->name)
        return h->name;
    snprintf(buffer, size, "0x%" PRIx64, h->address);
    return buffer;
}

bool thread_is_waiting(const struct thread *t) {
    return t->waits.address || t->waits.name;
}

const char *thread_wish(const struct core *core, const struct thread *t, char *buffer,
                        size_t size) {
    char lock[32], who[128];
    const struct thread *holder = core_thread(core, t->holder);
    snprintf(buffer, size, "%s %s%s%s", t->waits_kind ? t->waits_kind : "something",
             held_name(&t->waits, lock, sizeof lock), holder ? ", held by " : "",
             holder ? thread_who(holder, who, sizeof who) : "");
    return buffer;
}

const char *circle_words(const struct core *core, char *buffer, size_t size) {
    char who[128];
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; core->cycle_count && i <= core->cycle_count && used < size; i++) {
        int index = core->cycle[i % core->cycle_count];
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", i ? " -> " : "",
                                 thread_who(core_thread(core, index), who, sizeof who));
    }
    return buffer;
}

/* --- many as one --------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_stack(const struct stack *a, const struct stack *b) {
    if (a->count != b->count || a->omitted != b->omitted)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct frame *f = &a->frames[i], *g = &b->frames[i];
        if (f->line != g->line || !same_text(f->function, g->function)
            || !same_text(f->file, g->file) || !same_text(f->module, g->module))
            return false;
    }
    return true;
}

static bool alike(const struct thread *a, const struct thread *b) {
    return a->hold_count == 0 && b->hold_count == 0 && a->waits.address == b->waits.address
           && same_text(a->where, b->where) && same_stack(&a->stack, &b->stack);
}

/* The crowd that this thread belongs to; `count` where there is none yet. */
static size_t crowd_of(const struct core *core, const struct crowd *crowds, size_t count, int t) {
    size_t i = 0;
    while (i < count
           && (thread_has_part(core, crowds[i].first)
               || !alike(&core->threads[crowds[i].first], &core->threads[t])))
        i++;
    return i;
}

/* "worker 9" comes before "worker 10". */
static bool comes_before(const struct thread *a, const struct thread *b) {
    if (!a->name || !b->name)
        return a->number < b->number;
    size_t m = strlen(a->name), n = strlen(b->name);
    return m != n ? m < n : strcmp(a->name, b->name) < 0;
}

static void join_crowd(const struct core *core, struct crowd *crowd, int t) {
    if (comes_before(&core->threads[t], &core->threads[crowd->first]))
        crowd->first = t;
    if (comes_before(&core->threads[crowd->last], &core->threads[t]))
        crowd->last = t;
    crowd->count++;
}

size_t crowds_of(const struct core *core, struct crowd *crowds, size_t most, size_t *left_out) {
    bool many = core->thread_count > CROWDS_ABOVE;
    size_t n = 0;
    *left_out = 0;
    for (int round = many ? 0 : 1; round < 2; round++) /* of many, first who has a part */
        for (int t = 0; (size_t)t < core->thread_count; t++) {
            if (many && thread_has_part(core, t) != (round == 0))
                continue;
            size_t i = many && round == 1 ? crowd_of(core, crowds, n, t) : n;
            if (i < n)
                join_crowd(core, &crowds[i], t);
            else if (n < most)
                crowds[n++] = (struct crowd){t, t, 1};
            else
                ++*left_out;
        }
    return n;
}

const char *crowd_who(const struct core *core, const struct crowd *crowd, char *buffer,
                      size_t size) {
    char last[128];
    thread_who(&core->threads[crowd->first], buffer, size);
    size_t used = strlen(buffer);
    if (crowd->count > 1)
        snprintf(buffer + used, size - used, " .. %s (%zu threads)",
                 thread_who(&core->threads[crowd->last], last, sizeof last), crowd->count);
    return buffer;
}
