/*
 * core.h - what the three readers of a core share: core.c, elf.c, facts.c.
 */
#ifndef CORE_H
#define CORE_H

#include "read.h"

/* A sentence on what is missing or wrong with this core, once however often it is
 * said. No more than CORE_NOTES of them are kept. */
enum { CORE_NOTES = 64 };
void core_note(struct casefile *c, struct core *core, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The build-id of an ELF program, in hexadecimal; NULL when it has none or is none. */
const char *program_build_id(struct casefile *c, const char *path);

#endif
