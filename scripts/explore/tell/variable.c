/*
 * variable.c - see variable.h.
 */
#include "variable.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"

/* All that have a fixed place, found once. */
struct fixed {
    struct datum v;
    bool of_thread;
};
static struct fixed *fixed;
static size_t fixed_count, fixed_room;
static bool fixed_known;

/* The place of a variable that has a fixed one. DW_OP_addrx (DWARF 5, clang) is an index
 * that libdw looks up. */
static bool fixed_place(Dwarf_Die *die, uint64_t *address, bool *of_thread) {
    Dwarf_Attribute attribute, at;
    Dwarf_Op *op;
    size_t n;
    Dwarf_Addr looked_up;
    if (!dwarf_attr_integrate(die, DW_AT_location, &attribute)
        || dwarf_getlocation(&attribute, &op, &n) != 0 || n < 1)
        return false;
    *of_thread = n > 1
                 && (op[n - 1].atom == DW_OP_GNU_push_tls_address
                     || op[n - 1].atom == DW_OP_form_tls_address);
    switch (op[0].atom) {
    case DW_OP_addr:
    case DW_OP_const4u:
    case DW_OP_const8u: *address = op[0].number; break;
    case DW_OP_addrx:
    case DW_OP_constx:
    case DW_OP_GNU_addr_index:
    case DW_OP_GNU_const_index:
        if (dwarf_getlocation_attr(&attribute, &op[0], &at) != 0
            || dwarf_formaddr(&at, &looked_up) != 0)
            return false;
        *address = looked_up;
        break;
    default: return false;
    }
    return *of_thread || n == 1;
}

static void add(Dwarf_Die *die, Dwarf_Addr bias) {
    struct fixed f = {0};
    const char *name = dwarf_diename(die);
    if (!name || !type_of(die, &f.v.type) || !fixed_place(die, &f.v.address, &f.of_thread))
        return;
    if (fixed_count == fixed_room) {
        fixed_room = fixed_room * 2 + 64;
        struct fixed *more = realloc(fixed, fixed_room * sizeof *more);
        if (!more)
            abort();
        fixed = more;
    }
    f.v.name = name;
    f.v.size = type_size(&f.v.type);
    if (!f.of_thread)
        f.v.address += bias;
    fixed[fixed_count++] = f;
}

static void add_all(Dwarf_Die *die, Dwarf_Addr bias) {
    Dwarf_Die child;
    if (dwarf_child(die, &child) != 0)
        return;
    do {
        switch (dwarf_tag(&child)) {
        case DW_TAG_variable: add(&child, bias); break;
        case DW_TAG_namespace:
        case DW_TAG_subprogram:
        case DW_TAG_lexical_block: add_all(&child, bias); break;
        }
    } while (dwarf_siblingof(&child, &child) == 0);
}

static void find_fixed(void) {
    Dwarf_Addr bias;
    if (fixed_known)
        return;
    fixed_known = true;
    for (Dwarf_Die *unit = NULL; (unit = symbols_next_unit(unit, &bias));)
        add_all(unit, bias);
}

static bool look(uint64_t address, bool of_thread, struct datum *v) {
    find_fixed();
    for (size_t i = 0; i < fixed_count; i++) {
        struct fixed *f = &fixed[i];
        if (f->of_thread == of_thread && address - f->v.address < (f->v.size ? f->v.size : 1)) {
            *v = f->v;
            return true;
        }
    }
    return false;
}

bool variable_at(uint64_t address, struct datum *v) {
    return look(address, false, v);
}

bool variable_of_thread(uint64_t offset, struct datum *v) {
    return look(offset, true, v);
}

void variables_forget(void) {
    free(fixed);
    fixed = NULL;
    fixed_count = fixed_room = 0;
    fixed_known = false;
}

/* --- scopes -------------------------------------------------------------------------------- */

bool scopes_around(uint64_t pc, bool (*visit)(Dwarf_Die *scope, void *data), void *data) {
    Dwarf_Addr bias;
    Dwarf_Die *unit = pc ? symbols_unit(pc, &bias) : NULL, *scopes = NULL;
    int n = unit ? dwarf_getscopes(unit, pc - 1 - bias, &scopes) : 0;
    bool done = false;
    for (int i = 0; i < n && !done; i++)
        done = visit(&scopes[i], data);
    free(n > 0 ? scopes : NULL);
    return done;
}

static bool is_variable(Dwarf_Die *die) {
    return dwarf_tag(die) == DW_TAG_variable || dwarf_tag(die) == DW_TAG_formal_parameter;
}

struct wanted {
    const char *name;
    struct datum *v;
};

static bool named_in(Dwarf_Die *scope, void *data) {
    struct wanted *w = data;
    Dwarf_Die child;
    if (dwarf_child(scope, &child) != 0)
        return false;
    do {
        const char *name = is_variable(&child) ? dwarf_diename(&child) : NULL;
        if (name && strcmp(name, w->name) == 0 && type_of(&child, &w->v->type)) {
            w->v->name = name;
            return true;
        }
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

bool variable_named(uint64_t pc, const char *name, struct datum *v) {
    struct wanted w = {name, v};
    memset(v, 0, sizeof *v);
    return scopes_around(pc, named_in, &w);
}

/* --- on a stack --------------------------------------------------------------------------------
 */

struct slot {
    uint64_t address, cfa, frame_base;
    Dwarf_Addr pc; /* as the debug information counts */
    struct datum *v;
};

/* What fbreg counts from: the CFA (gcc), or the frame pointer (clang), which lies below
 * the return address and the caller's frame pointer. */
static void frame_base_of(Dwarf_Die *function, struct slot *s) {
    Dwarf_Attribute attribute;
    Dwarf_Op *op;
    size_t n;
    s->frame_base = s->cfa;
    if (dwarf_attr_integrate(function, DW_AT_frame_base, &attribute)
        && dwarf_getlocation(&attribute, &op, &n) == 0 && n == 1
        && op[0].atom != DW_OP_call_frame_cfa)
        s->frame_base = s->cfa - 16;
}

static bool slot_in(Dwarf_Die *scope, struct slot *s) {
    Dwarf_Die child;
    if (dwarf_child(scope, &child) != 0)
        return false;
    do {
        Dwarf_Attribute attribute;
        Dwarf_Op *op;
        size_t n;
        if (dwarf_tag(&child) == DW_TAG_lexical_block && slot_in(&child, s))
            return true;
        if (!is_variable(&child) || !dwarf_attr_integrate(&child, DW_AT_location, &attribute)
            || dwarf_getlocation_addr(&attribute, s->pc, &op, &n, 1) != 1 || n != 1
            || op[0].atom != DW_OP_fbreg || !type_of(&child, &s->v->type))
            continue;
        s->v->address = s->frame_base + op[0].number;
        s->v->size = type_size(&s->v->type);
        s->v->name = dwarf_diename(&child);
        if (s->v->name && s->address - s->v->address < s->v->size)
            return true;
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

static bool slot_of_function(Dwarf_Die *scope, void *data) {
    struct slot *s = data;
    if (dwarf_tag(scope) != DW_TAG_subprogram)
        return false;
    frame_base_of(scope, s);
    s->v->function = dwarf_diename(scope);
    return slot_in(scope, s);
}

bool variable_on_stack(const struct channel *trace, int thread, uint64_t address, uint32_t step,
                       struct datum *v) {
    const struct event *last = NULL;
    for (uint32_t i = 0; i < trace->event_count && trace->events[i].step <= step; i++)
        if (trace->events[i].thread == thread)
            last = &trace->events[i];
    if (!last)
        return false;
    struct slot s = {.address = address, .v = v};
    uint64_t pc = 0;
    for (uint32_t k = 0; k < last->depth; k++) {
        uint64_t cfa = trace->frames[last->stack + k];
        if (cfa > address && (!s.cfa || cfa < s.cfa)) {
            s.cfa = cfa;
            pc = k ? trace->stacks[last->stack + k - 1] : last->pc;
        }
    }
    Dwarf_Addr bias = 0;
    memset(v, 0, sizeof *v);
    if (!pc || !symbols_unit(pc, &bias))
        return false;
    s.pc = pc - 1 - bias;
    return scopes_around(pc, slot_of_function, &s);
}
