/*
 * function.h - the names of C++ functions as demanglers write them.
 */
#ifndef FUNCTION_H
#define FUNCTION_H

#include "frame.h"

/* In "void f<int, 3>(int&) const some/file.cpp": the length of the function, up to the
 * space before the file; the whole length when there is no file. */
size_t function_end(struct span s);

#endif
