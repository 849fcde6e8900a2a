/*
 * qualified.c - see qualified.h. A function's entry may stand anywhere; the one that it
 * refers to as its origin or declaration stands where it belongs.
 */
#include "qualified.h"

#include <dwarf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct known {
    struct known *next;
    const void *entry; /* in the debug information */
    char name[];
} * known[256];

static struct known **place_of(const void *entry) {
    struct known **at = &known[((uintptr_t)entry >> 2) % (sizeof known / sizeof *known)];
    while (*at && (*at)->entry != entry)
        at = &(*at)->next;
    return at;
}

static Dwarf_Die declaration_of(Dwarf_Die die) {
    Dwarf_Attribute attribute;
    Dwarf_Die other;
    while ((dwarf_attr(&die, DW_AT_abstract_origin, &attribute)
            || dwarf_attr(&die, DW_AT_specification, &attribute))
           && dwarf_formref_die(&attribute, &other))
        die = other;
    return die;
}

/* "shop::" of a namespace or a class; nothing of a unit, a block, an inline namespace. */
static const char *part(Dwarf_Die *scope) {
    int tag = dwarf_tag(scope);
    Dwarf_Attribute attribute;
    if ((tag != DW_TAG_namespace && tag != DW_TAG_class_type && tag != DW_TAG_structure_type
         && tag != DW_TAG_union_type)
        || dwarf_attr(scope, DW_AT_export_symbols, &attribute))
        return NULL;
    const char *name = dwarf_diename(scope);
    return name ? name : tag == DW_TAG_namespace ? "(anonymous namespace)" : NULL;
}

static void write_name(Dwarf_Die *function, char *to, size_t room) {
    Dwarf_Die declaration = declaration_of(*function), *scopes = NULL;
    const char *name = dwarf_diename(function);
    int count = dwarf_getscopes_die(&declaration, &scopes);
    *to = 0;
    for (int i = count; name && i-- > 1;) {
        const char *outer = part(&scopes[i]);
        size_t n = strlen(to);
        if (outer)
            snprintf(to + n, room - n, "%s::", outer);
    }
    free(scopes);
    size_t n = strlen(to);
    snprintf(to + n, room - n, "%s", name ? name : "?");
}

const char *qualified(Dwarf_Die *function) {
    struct known **at = place_of(function->addr);
    if (!*at) {
        char name[500];
        write_name(function, name, sizeof name);
        *at = calloc(1, sizeof **at + strlen(name) + 1);
        if (!*at)
            return "?";
        (*at)->entry = function->addr;
        memcpy((*at)->name, name, strlen(name));
    }
    return (*at)->name;
}

void qualified_close(void) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        while (known[i]) {
            struct known *next = known[i]->next;
            free(known[i]);
            known[i] = next;
        }
}
