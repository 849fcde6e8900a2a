/*
 * memory.c - see memory.h.
 */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "symbols.h"
#include "types.h"
#include "variable.h"

/* What was found at an address. */
struct found {
    char name[160];
    Dwarf_Die type; /* of the part that was asked for */
    bool typed;
    const struct block *block; /* of the heap; or NULL */
    int owner;                 /* the thread on whose stack it is; or -1 */
    const char *function;      /* … and in whose frame; or NULL */
};

static void thread_id(int thread, char *to, size_t room) {
    snprintf(to, room, thread ? "T%d" : "main", thread);
}

static const struct block *block_at(const struct channel *c, uint64_t address) {
    for (uint32_t i = 0; i < c->block_count; i++)
        if (address - c->blocks[i].address < c->blocks[i].size)
            return &c->blocks[i];
    return NULL;
}

static int stack_owner(const struct channel *c, uint64_t address) {
    for (uint32_t i = 0; i < c->result.thread_count; i++)
        if (address >= c->memory[i].stack_low && address < c->memory[i].stack_high)
            return (int)i;
    return -1;
}

static bool in_variable(struct datum *v, uint64_t address, uint64_t size, struct found *f) {
    snprintf(f->name, sizeof f->name, "%s", v->name);
    f->type = v->type;
    f->typed = true;
    type_path(&f->type, address - v->address, size, f->name, sizeof f->name);
    return true;
}

static bool in_block(const struct channel *c, uint64_t address, uint64_t size, struct found *f) {
    uint64_t offset = address - f->block->address;
    f->typed = block_type(c, f->block, f->name, sizeof f->name, &f->type);
    if (!f->typed) {
        size_t n = strlen(f->name);
        if (offset)
            snprintf(f->name + n, sizeof f->name - n, "+%llu", (unsigned long long)offset);
        return true;
    }
    uint64_t element = type_size(&f->type);
    if (element && f->block->size >= 2 * element) {
        size_t n = strlen(f->name);
        snprintf(f->name + n, sizeof f->name - n, "[%llu]", (unsigned long long)(offset / element));
        offset %= element;
    }
    type_path(&f->type, offset, size, f->name, sizeof f->name);
    return true;
}

static bool find(const struct channel *c, uint64_t address, uint64_t size, uint32_t step,
                 struct found *f) {
    struct datum v;
    memset(f, 0, sizeof *f);
    f->owner = -1;
    f->block = block_at(c, address);
    if (f->block)
        return in_block(c, address, size, f);
    f->owner = stack_owner(c, address);
    if (f->owner >= 0) {
        if (!variable_on_stack(c, f->owner, address, step, &v))
            return false;
        f->function = v.function;
        return in_variable(&v, address, size, f);
    }
    for (uint32_t i = 0; i < c->result.thread_count; i++)
        if (address >= c->memory[i].tls_low && address < c->memory[i].tls_high)
            return variable_of_thread(address - c->memory[i].tls_low, &v)
                   && in_variable(&v, address - c->memory[i].tls_low, size, f);
    if (variable_at(address, &v))
        return in_variable(&v, address, size, f);
    return symbols_object(address, f->name, sizeof f->name);
}

static bool has_address(const struct event *e) {
    return e->address && e->kind != EVENT_THREAD_CREATE && e->kind != EVENT_THREAD_JOIN
           && e->kind != EVENT_THREAD_DETACH && e->kind != EVENT_THREAD_CANCEL;
}

static bool is_access(const struct event *e) {
    return e->kind <= EVENT_ATOMIC_RMW;
}

bool memory_name(const struct channel *trace, const struct event *e, char *to, size_t room) {
    struct found f;
    *to = 0;
    if (!has_address(e))
        return true;
    bool known = find(trace, e->address, is_access(e) ? e->size : PATH_OBJECT, e->step, &f);
    if (known && (e->kind == EVENT_FREE || e->kind == EVENT_ALLOC) && f.block)
        block_type(trace, f.block, f.name, sizeof f.name, &f.type);
    if (known)
        snprintf(to, room, "%s", f.name);
    else
        snprintf(to, room, "%#llx", (unsigned long long)e->address);
    return known;
}

bool memory_object(const struct channel *trace, uint64_t address, uint32_t step, char *to,
                   size_t room) {
    struct found f;
    bool known = find(trace, address, PATH_OBJECT, step, &f);
    if (known)
        snprintf(to, room, "%s", f.name);
    else
        snprintf(to, room, "%#llx", (unsigned long long)address);
    return known;
}

void memory_said(const struct channel *trace, uint64_t address, unsigned size, uint32_t step,
                 char *to, size_t room) {
    struct found f;
    bool known = find(trace, address, size, step, &f);
    size_t n = known ? (size_t)snprintf(to, room, "%s", f.name)
                     : (size_t)snprintf(to, room, "%#llx", (unsigned long long)address);
    if (n >= room)
        return;
    if (f.block) {
        const char *where = block_function(trace, f.block);
        char who[16];
        thread_id(f.block->alloc_thread, who, sizeof who);
        snprintf(to + n, room - n, ", in a block of %llu bytes that %s allocated%s%s",
                 (unsigned long long)f.block->size, who, where ? " in " : "", where ? where : "");
    } else if (f.owner >= 0) {
        char who[16];
        thread_id(f.owner, who, sizeof who);
        snprintf(to + n, room - n, ", a variable of %s%s on the stack of %s",
                 f.function ? f.function : "a function", f.function ? "()" : "", who);
    }
}

static bool pointer_value(const struct channel *trace, uint64_t value, uint32_t step, char *to,
                          size_t room) {
    struct found f;
    if (value < 4096 || !find(trace, value, PATH_POINTER, step, &f))
        return false;
    snprintf(to, room, "&%s", f.name);
    return true;
}

bool memory_value(const struct channel *trace, const struct event *e, char *to, size_t room) {
    struct found f;
    if (!(e->flags & EVENT_HAS_VALUE) || !is_access(e) || e->size > 8)
        return false;
    if (has_address(e) && find(trace, e->address, e->size, e->step, &f) && f.typed) {
        if (type_value(&f.type, e->value, to, room))
            return true;
        Dwarf_Die pointee;
        if (type_pointee(&f.type, &pointee) && pointer_value(trace, e->value, e->step, to, room))
            return true;
    }
    if ((int64_t)e->value > -10000 && (int64_t)e->value < 1000000)
        snprintf(to, room, "%lld", (long long)e->value);
    else
        snprintf(to, room, "%#llx", (unsigned long long)e->value);
    return true;
}

/* --- what only one thread touches ------------------------------------------------------- */

static struct toucher {
    uint64_t granule; /* address / 8, plus 1; 0: a free slot */
    uint16_t thread;
    bool several;
} * touchers; /* a hash table of toucher_mask + 1 slots */
static size_t toucher_mask;
static const struct channel *touchers_of;

static struct toucher *toucher(uint64_t granule) {
    size_t i = (size_t)(granule * 0x9e3779b97f4a7c15u >> 20);
    while (touchers[i & toucher_mask].granule && touchers[i & toucher_mask].granule != granule + 1)
        i++;
    return &touchers[i & toucher_mask];
}

static void learn_touchers(const struct channel *c) {
    free(touchers);
    touchers_of = c;
    for (toucher_mask = 1024; toucher_mask < (size_t)c->event_count * 4; toucher_mask *= 2)
        ;
    touchers = calloc(toucher_mask--, sizeof *touchers);
    if (!touchers)
        abort();
    for (uint32_t i = 0; i < c->event_count; i++) {
        const struct event *e = &c->events[i];
        if (!is_access(e))
            continue;
        struct toucher *t = toucher(e->address / 8); /* of a long range: by its begin */
        if (t->granule)
            t->several |= t->thread != e->thread;
        *t = (struct toucher){e->address / 8 + 1, e->thread, t->several};
    }
}

bool memory_private(const struct channel *trace, const struct event *e) {
    if (!is_access(e) || e->length > 8)
        return false;
    if (touchers_of != trace)
        learn_touchers(trace);
    return !toucher(e->address / 8)->several;
}

void memory_close(void) {
    variables_forget();
    blocks_forget();
    free(touchers);
    touchers = NULL;
    touchers_of = NULL;
}
