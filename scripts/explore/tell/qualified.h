/*
 * qualified.h - a function's name with what it belongs to: "shop::Till::put". What other
 * tools print of the same function, but for parameters.
 */
#ifndef EXPLORE_QUALIFIED_H
#define EXPLORE_QUALIFIED_H

#include <elfutils/libdw.h>

/* Of a function, or of where it is inlined. It stays until qualified_close(); "?" where
 * it has no name. */
const char *qualified(Dwarf_Die *function);
void qualified_close(void);

#endif
