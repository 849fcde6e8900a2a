/*
 * cores.h - real cores for tests, made here of small programs that die in one way each
 * (fixtures/cores), and what is expected of them. For suites with a tmp of their own.
 */
#ifndef CORES_H
#define CORES_H

#include "../walk/read/read.h"
#include "support.h"

/* What was read last, and what was wrong with it. */
extern struct casefile core_case;
extern const char *core_trouble;
extern int core_status;

/* Compiles a fixture to tmp/prog and lets it die; its core is tmp/o/core. */
void dies(const char *source, const char *flags);

/* "tmp/NAME" */
char *in_tmp(const char *name);

/* Reads a core into core_case; the others fail the test when it cannot be read. */
bool reads(const char *core, const char *program, const char *gdb);

struct core *read_it(void);

struct core *core_of(const char *source, const char *flags);

const struct core *labs_core(const char *lab);

void not_read(const char *core, const char *program, const char *gdb, int with, const char *says);

const struct thread *thread_named(const struct core *core, const char *name);

bool notes(const struct core *core, const char *says);

const struct frame *blamed(const struct thread *t);

/* "library.shelves[0].lock, log_lock": all that a thread holds */
const char *holds(const struct thread *t);

void waits(const struct thread *t, const char *kind, const char *name, int holder);

#endif
