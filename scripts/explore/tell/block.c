/*
 * block.c - see block.h. C does not say what type a block has; but the line that asked
 * for it says what it is assigned to:
 *
 *     struct hmap *m = allocate(1, sizeof *m);     m->buckets = calloc(n, sizeof *m->buckets);
 *     return calloc(1, sizeof(struct node));       node *n = new node;
 *
 * So the callers of the allocation are read from the innermost on, until one assigns it to
 * a pointer that is not void *, of a type that fits the block's size.
 */
#include "block.h"

#include <ctype.h>
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../walk/tell/tell.h"
#include "symbols.h"
#include "variable.h"

struct known_block {
    uint64_t address, size;
    Dwarf_Die type;
    bool typed;
    char name[80]; /* of its type */
    int number;
};
static struct known_block *blocks;
static uint32_t known_count;
static const struct channel *known_of; /* the trace they are of */

/* --- an expression: m->buckets, *out, list.items[i] ------------------------------------------ */

/* The type of what `text` names, where the code at `pc` stands. Only names, ->, ., [] and
 * stars in front. */
static bool type_of_path(uint64_t pc, const char *text, int stars, Dwarf_Die *type) {
    char name[80];
    struct datum v;
    Dwarf_Die member, this_type;
    bool first = true;
    while (*text) {
        size_t n = 0;
        if (*text == '[') {
            text += strcspn(text, "]");
            text += *text == ']';
            if (!type_pointee(type, type))
                return false;
            continue;
        }
        text += strspn(text, "->. \t");
        while ((isalnum((unsigned char)text[n]) || text[n] == '_') && n + 1 < sizeof name)
            n++;
        if (n == 0)
            return false;
        snprintf(name, sizeof name, "%.*s", (int)n, text);
        text += n;
        text += strspn(text, " \t");
        if (first && variable_named(pc, name, &v)) {
            *type = v.type;
        } else if (first) { /* C++: of this object */
            if (!variable_named(pc, "this", &v) || !type_pointee(&v.type, &this_type)
                || !type_member(&this_type, name, &member) || !type_of(&member, type))
                return false;
        } else {
            Dwarf_Die pointee;
            if (type_pointee(type, &pointee))
                *type = pointee;
            if (!type_member(type, name, &member) || !type_of(&member, type))
                return false;
        }
        first = false;
    }
    for (; stars > 0; stars--)
        if (!type_pointee(type, type))
            return false;
    return !first;
}

static bool result_of(Dwarf_Die *scope, void *data) {
    return dwarf_tag(scope) == DW_TAG_subprogram && type_of(scope, data);
}

/* The '=' of an assignment, or NULL. */
static const char *assignment(const char *line) {
    for (const char *p = strchr(line, '='); p; p = strchr(p + 1, '=')) {
        if (p[1] == '=') {
            p++;
            continue;
        }
        if (p > line && !strchr("=!<>+-*/%&|^", p[-1]))
            return p;
    }
    return NULL;
}

/* What a line of source gives the result of a call to; `path` is its text. */
static bool assigned_type(uint64_t pc, const char *line, char *path, size_t room, Dwarf_Die *type) {
    const char *equals = assignment(line);
    *path = 0;
    if (!equals)
        return strncmp(line, "return", 6) == 0 && scopes_around(pc, result_of, type);
    const char *end = equals;
    while (end > line && isspace((unsigned char)end[-1]))
        end--;
    const char *begin = end;
    int depth = 0;
    while (begin > line) {
        char c = begin[-1];
        depth += c == ']' ? 1 : c == '[' ? -1 : 0;
        if (!isalnum((unsigned char)c) && !strchr("_.[]", c) && !depth
            && !(c == '>' && begin - line > 1 && begin[-2] == '-') && !(c == '-' && *begin == '>'))
            break;
        begin--;
    }
    int stars = 0;
    const char *before = begin;
    while (before > line && before[-1] == '*')
        before--, stars++;
    while (before > line && isspace((unsigned char)before[-1]))
        before--;
    if (before > line && (isalnum((unsigned char)before[-1]) || before[-1] == '_'))
        stars = 0; /* a declaration: struct hmap *m = */
    snprintf(path, room, "%.*s", (int)(end - begin), begin);
    return type_of_path(pc, path, stars, type);
}

/* --- a block ------------------------------------------------------------------------------------
 */

static const struct event *allocation(const struct channel *c, const struct block *b) {
    for (uint32_t i = 0; i < c->event_count && c->events[i].step <= b->alloc_step; i++)
        if (c->events[i].step == b->alloc_step && c->events[i].kind == EVENT_ALLOC
            && c->events[i].address == b->address)
            return &c->events[i];
    return NULL;
}

static bool fits(const struct block *b, Dwarf_Die *type) {
    uint64_t size = type_size(type);
    bool plain = dwarf_tag(type) == DW_TAG_base_type || dwarf_tag(type) == DW_TAG_pointer_type;
    return size && b->size >= size && (!plain || b->size % size == 0);
}

static void learn(const struct channel *c, const struct block *b, struct known_block *k) {
    static const struct style style = {.width = 80};
    const struct event *e = allocation(c, b);
    char path[80];
    k->address = b->address;
    k->size = b->size;
    for (int i = -1; e && i < (int)e->depth && i < 6; i++) {
        uint64_t pc = i < 0 ? e->pc : c->stacks[e->stack + (uint32_t)i];
        struct place places[4];
        Dwarf_Die pointer;
        int n = symbols_places(pc, places, 4);
        for (int p = 0; p < n; p++) {
            const char *line = source_line(&style, places[p].file, places[p].line);
            if (!line || !assigned_type(pc, line, path, sizeof path, &pointer)
                || !type_pointee(&pointer, &k->type) || !fits(b, &k->type))
                continue;
            const char *name = dwarf_diename(&k->type);
            int tag = dwarf_tag(&k->type);
            k->typed = true;
            if (tag == DW_TAG_base_type || tag == DW_TAG_pointer_type || !name)
                snprintf(k->name, sizeof k->name, "%s%s", b->size == type_size(&k->type) ? "*" : "",
                         *path  ? path
                         : name ? name
                                : "block");
            else
                snprintf(k->name, sizeof k->name, "%s", name);
            return;
        }
    }
    snprintf(k->name, sizeof k->name, "block");
}

/* Those of one name are numbered, the oldest first. */
static void number(void) {
    for (uint32_t i = known_count; i-- > 0;) {
        int older = 0;
        for (uint32_t k = i + 1; k < known_count && !older; k++)
            if (strcmp(blocks[k].name, blocks[i].name) == 0)
                older = blocks[k].number;
        blocks[i].number = older + 1;
    }
}

static struct known_block *known(const struct channel *c, const struct block *b) {
    enum { MOST = 4096 }; /* more would take long, and are called by their numbers */
    uint32_t index = (uint32_t)(b - c->blocks);
    if (known_of != c)
        blocks_forget();
    if (!blocks) {
        known_of = c;
        known_count = c->block_count < MOST ? c->block_count : MOST;
        blocks = calloc(known_count + 1, sizeof *blocks);
        if (!blocks)
            abort();
        for (uint32_t i = 0; i < known_count; i++)
            learn(c, &c->blocks[i], &blocks[i]);
        number();
    }
    return index < known_count ? &blocks[index] : NULL;
}

bool block_type(const struct channel *trace, const struct block *b, char *name, size_t room,
                Dwarf_Die *type) {
    const struct known_block *k = known(trace, b);
    if (!k) {
        snprintf(name, room, "block#%u", trace->block_count - (uint32_t)(b - trace->blocks));
        return false;
    }
    snprintf(name, room, "%s#%d", k->name, k->number);
    *type = k->type;
    return k->typed;
}

const char *block_function(const struct channel *trace, const struct block *b) {
    const struct event *e = allocation(trace, b);
    return e ? symbols_blame(trace, e) : NULL;
}

void blocks_forget(void) {
    free(blocks);
    blocks = NULL;
    known_count = 0;
}
