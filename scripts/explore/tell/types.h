/*
 * types.h - what the debug information says of a type: which part of it lies at an
 * offset, and how a value of it is written. By libdw; a DIE is an entry of DWARF.
 */
#ifndef EXPLORE_TYPES_H
#define EXPLORE_TYPES_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

/* The type of a variable, a member, a function's result … without names, const, volatile
 * and _Atomic in front of it. False: it has none (void), or it is not told. */
bool type_of(Dwarf_Die *die, Dwarf_Die *type);

/* What a pointer, a reference or an array of it is made of. */
bool type_pointee(Dwarf_Die *type, Dwarf_Die *to);

/* In bytes; 0 where it isn't known. */
uint64_t type_size(Dwarf_Die *type);

/* A member of a struct, union or class, by name, also of what it inherits from. */
bool type_member(Dwarf_Die *type, const char *name, Dwarf_Die *member);

/* Appends what lies at an offset: ".flags", "[3].tophash[1]", and goes on in `type` to
 * the type of that part. `size` bytes are wanted; or PATH_OBJECT: the object as its user
 * knows it (a mutex, not its first field); or PATH_POINTER: the largest part that begins
 * there. Names that belong to the implementation are left out. */
#define PATH_OBJECT 0
#define PATH_POINTER (~(uint64_t)0)
void type_path(Dwarf_Die *type, uint64_t offset, uint64_t size, char *to, size_t room);

/* A value of at most 8 bytes, as C writes it: -1, true, 'x', NULL, RED. False: of what
 * type it is, is not known, or it's a pointer that isn't NULL: then nothing is written. */
bool type_value(Dwarf_Die *type, uint64_t value, char *to, size_t room);

#endif
