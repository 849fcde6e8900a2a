/*
 * types.c - see types.h.
 */
#include "types.h"

#include <dwarf.h>
#include <stdio.h>
#include <string.h>

static void peel(Dwarf_Die *type) {
    Dwarf_Attribute attribute;
    for (;;) {
        switch (dwarf_tag(type)) {
        case DW_TAG_typedef:
        case DW_TAG_const_type:
        case DW_TAG_volatile_type:
        case DW_TAG_restrict_type:
        case DW_TAG_atomic_type:
            if (dwarf_attr_integrate(type, DW_AT_type, &attribute)
                && dwarf_formref_die(&attribute, type))
                continue;
        }
        return;
    }
}

static bool type_unpeeled(Dwarf_Die *die, Dwarf_Die *type) {
    Dwarf_Attribute attribute;
    return dwarf_attr_integrate(die, DW_AT_type, &attribute) && dwarf_formref_die(&attribute, type);
}

bool type_of(Dwarf_Die *die, Dwarf_Die *type) {
    if (!type_unpeeled(die, type))
        return false;
    peel(type);
    return true;
}

bool type_pointee(Dwarf_Die *type, Dwarf_Die *to) {
    Dwarf_Die copy = *type;
    switch (dwarf_tag(&copy)) {
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
    case DW_TAG_array_type: return type_of(&copy, to);
    default: return false;
    }
}

uint64_t type_size(Dwarf_Die *type) {
    Dwarf_Word size;
    return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

static bool is_struct(Dwarf_Die *type) {
    int tag = dwarf_tag(type);
    return tag == DW_TAG_structure_type || tag == DW_TAG_union_type || tag == DW_TAG_class_type;
}

/* Where a member begins. False: it is static, or a bit field, or nothing simple. */
static bool member_offset(Dwarf_Die *member, uint64_t *offset) {
    Dwarf_Attribute attribute;
    Dwarf_Word word = 0;
    if (dwarf_hasattr(member, DW_AT_external) || dwarf_hasattr(member, DW_AT_declaration))
        return false;
    if (dwarf_attr_integrate(member, DW_AT_data_bit_offset, &attribute)) {
        if (dwarf_formudata(&attribute, &word) != 0)
            return false;
        *offset = word / 8;
        return true;
    }
    if (dwarf_attr_integrate(member, DW_AT_data_member_location, &attribute)
        && dwarf_formudata(&attribute, &word) != 0)
        return false;
    *offset = word; /* a union's members have none */
    return true;
}

/* The members one after another: of a struct and what it inherits from. */
static bool is_member(Dwarf_Die *die) {
    return dwarf_tag(die) == DW_TAG_member || dwarf_tag(die) == DW_TAG_inheritance;
}

bool type_member(Dwarf_Die *type, const char *name, Dwarf_Die *member) {
    Dwarf_Die child, inner;
    if (!is_struct(type) || dwarf_child(type, &child) != 0)
        return false;
    do {
        const char *called = dwarf_diename(&child);
        if (!is_member(&child))
            continue;
        if (called && strcmp(called, name) == 0) {
            *member = child;
            return true;
        }
        if (!called && type_of(&child, &inner) && type_member(&inner, name, member))
            return true;
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

static bool of_the_implementation(const char *name) {
    return strncmp(name, "_M_", 3) == 0 || strncmp(name, "__", 2) == 0;
}

static void append(char *to, size_t room, const char *format, const char *name, uint64_t n) {
    size_t length = strlen(to);
    if (name)
        snprintf(to + length, room - length, format, name);
    else
        snprintf(to + length, room - length, format, (unsigned long long)n);
}

/* Goes one step down into a struct. False: no member is there. */
static bool into_member(Dwarf_Die *type, uint64_t *offset, char *to, size_t room) {
    Dwarf_Die child, inner;
    uint64_t at;
    if (dwarf_child(type, &child) != 0)
        return false;
    do {
        if (!is_member(&child) || !member_offset(&child, &at) || at > *offset
            || !type_of(&child, &inner))
            continue;
        uint64_t size = type_size(&inner);
        if (*offset - at >= (size ? size : 1))
            continue;
        const char *name = dwarf_diename(&child);
        if (name && !of_the_implementation(name))
            append(to, room, ".%s", name, 0);
        *offset -= at;
        *type = inner;
        return true;
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

/* One step down into an array; of several dimensions: by all of them. */
static bool into_element(Dwarf_Die *type, uint64_t *offset, char *to, size_t room) {
    Dwarf_Die element, child;
    uint64_t counts[8];
    int dimensions = 0;
    if (!type_of(type, &element))
        return false;
    uint64_t size = type_size(&element);
    if (!size || dwarf_child(type, &child) != 0)
        return false;
    do {
        Dwarf_Attribute attribute;
        Dwarf_Word n = 0;
        if (dwarf_tag(&child) != DW_TAG_subrange_type || dimensions == 8)
            continue;
        if (dwarf_attr(&child, DW_AT_count, &attribute) && dwarf_formudata(&attribute, &n) == 0)
            counts[dimensions++] = n;
        else if (dwarf_attr(&child, DW_AT_upper_bound, &attribute)
                 && dwarf_formudata(&attribute, &n) == 0)
            counts[dimensions++] = n + 1;
        else
            counts[dimensions++] = 0;
    } while (dwarf_siblingof(&child, &child) == 0);
    uint64_t index = *offset / size;
    for (int i = 0; i < dimensions; i++) {
        uint64_t stride = 1;
        for (int k = i + 1; k < dimensions; k++)
            stride *= counts[k] ? counts[k] : 1;
        append(to, room, "[%llu]", NULL, index / stride);
        index %= stride;
    }
    *offset %= size;
    *type = element;
    return true;
}

/* A struct whose members are the implementation's: a mutex, an atomic, a semaphore. */
static bool opaque(Dwarf_Die *type) {
    Dwarf_Die child;
    if (!is_struct(type) || dwarf_child(type, &child) != 0)
        return false;
    do {
        const char *name = dwarf_diename(&child);
        if (dwarf_tag(&child) == DW_TAG_member && name)
            return of_the_implementation(name);
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

void type_path(Dwarf_Die *type, uint64_t offset, uint64_t size, char *to, size_t room) {
    for (int depth = 0; depth < 32; depth++) {
        peel(type);
        if (size == PATH_POINTER ? offset == 0 : !size && opaque(type))
            return;
        if (size && offset == 0 && type_size(type) == size && !is_struct(type)
            && dwarf_tag(type) != DW_TAG_array_type)
            return;
        if (is_struct(type)
                ? !into_member(type, &offset, to, room)
                : dwarf_tag(type) != DW_TAG_array_type || !into_element(type, &offset, to, room))
            return;
    }
}

/* --- values ------------------------------------------------------------------------------ */

static bool enumerator(Dwarf_Die *type, uint64_t value, uint64_t mask, char *to, size_t room) {
    Dwarf_Die child;
    if (dwarf_child(type, &child) != 0)
        return false;
    do {
        Dwarf_Attribute attribute;
        Dwarf_Sword n;
        if (dwarf_tag(&child) == DW_TAG_enumerator
            && dwarf_attr(&child, DW_AT_const_value, &attribute)
            && dwarf_formsdata(&attribute, &n) == 0 && ((uint64_t)n & mask) == (value & mask)) {
            snprintf(to, room, "%s", dwarf_diename(&child));
            return true;
        }
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

static bool base_value(Dwarf_Die *type, uint64_t value, unsigned bits, char *to, size_t room) {
    Dwarf_Attribute attribute;
    Dwarf_Word encoding;
    if (!dwarf_attr(type, DW_AT_encoding, &attribute) || dwarf_formudata(&attribute, &encoding))
        return false;
    int64_t is = (int64_t)(value << (64 - bits)) >> (64 - bits);
    switch (encoding) {
    case DW_ATE_boolean: snprintf(to, room, "%s", value ? "true" : "false"); return true;
    case DW_ATE_signed_char:
    case DW_ATE_unsigned_char:
        if (value >= ' ' && value < 127 && bits == 8) {
            const char *name = dwarf_diename(type); /* uint8_t is no character */
            if (name && strcmp(name, "char") == 0) {
                snprintf(to, room, "'%c'", (int)value);
                return true;
            }
        }
        snprintf(to, room, "%lld",
                 encoding == DW_ATE_signed_char ? (long long)is : (long long)value);
        return true;
    case DW_ATE_signed: snprintf(to, room, "%lld", (long long)is); return true;
    case DW_ATE_unsigned:
        snprintf(to, room, value < 1000000 ? "%llu" : "%#llx", (unsigned long long)value);
        return true;
    case DW_ATE_float: {
        double d;
        float f;
        uint32_t low = (uint32_t)value;
        memcpy(&d, &value, sizeof d);
        memcpy(&f, &low, sizeof f);
        if (bits != 32 && bits != 64)
            return false;
        snprintf(to, room, "%g", bits == 32 ? (double)f : d);
        return true;
    }
    default: return false;
    }
}

bool type_value(Dwarf_Die *type, uint64_t value, char *to, size_t room) {
    uint64_t size = type_size(type);
    if (!size || size > 8)
        return false;
    unsigned bits = (unsigned)size * 8;
    uint64_t mask = ~(uint64_t)0 >> (64 - bits);
    value &= mask;
    switch (dwarf_tag(type)) {
    case DW_TAG_pointer_type:
        if (value)
            return false;
        snprintf(to, room, "NULL");
        return true;
    case DW_TAG_enumeration_type: return enumerator(type, value, mask, to, room);
    case DW_TAG_base_type: return base_value(type, value, bits, to, room);
    default: return false;
    }
}
