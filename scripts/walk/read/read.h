/*
 * read.h - from files to a case.
 *
 * A reader takes whatever comes: reports cut off, mixed, damaged, megabytes of
 * junk. It reads in one pass, keeps no more than one report at a time, and notes in
 * the case what it could not make sense of.
 */
#ifndef READ_H
#define READ_H

#include <stdio.h>

#include "../case.h"

enum input {
    INPUT_TEXT,       /* reports of any tool, with the program's output in between */
    INPUT_XML,        /* Valgrind's --xml=yes */
    INPUT_CORE,       /* an ELF core */
    INPUT_PROGRAM,    /* an ELF program */
    INPUT_FACTS,      /* what our GDB command `case` wrote of a core: JSON */
    INPUT_EXPLORED,   /* what `explore --json` printed */
    INPUT_SCHEDULE,   /* what `explore --save` kept */
    INPUT_COMPRESSED, /* gzip, xz, zstd, bzip2, lz4 */
    INPUT_UNREADABLE
};

/* What a file is, by its first bytes. */
enum input input_kind(const char *path);

/* What a stream that cannot be read twice is, by the same. Returns the stream to read in its
 * place, which has all of it; closing that leaves the first open. */
FILE *input_peeked(FILE *in, enum input *kind);

/* Of a compressed file: the command that undoes it ("gunzip"); else NULL. */
const char *input_unpacker(const char *path);

/*
 * One run's reports from a stream, until it ends. `name` is what to call it.
 * `tool` is whose run it is known to be, or TOOL_COUNT when it is to be seen from the
 * text: a tool that is silent is known only so (Valgrind's banner tells, too).
 */
void read_text(struct casefile *c, FILE *in, const char *name, enum tool tool);
void read_xml(struct casefile *c, FILE *in, const char *name, enum tool tool);

/* --- explore --------------------------------------------------------------------- */

/* What `explore --json` printed: each defect is a finding, and none at all is a silent run.
 * What `explore --save` kept of one failing schedule: a finding. False, and one line on what
 * is wrong in *trouble: then the case is as it was. */
bool read_explored(struct casefile *c, FILE *in, const char *name, const char **trouble);
bool read_schedule(struct casefile *c, FILE *in, const char *name, const char **trouble);

/* --- the text readers: each is given every line ---------------------------------- */

/* A line, without its newline; it is not NUL-terminated, and gone after the call. */
struct line {
    const char *at;
    size_t length;
    size_t number; /* from 1 */
};

/* ThreadSanitizer, AddressSanitizer, LeakSanitizer. One per stream. */
struct sanitizer;
struct sanitizer *sanitizer_new(struct casefile *c, const char *name);
bool sanitizer_line(struct sanitizer *s, struct line line); /* was it (part of) a report? */
void sanitizer_end(struct sanitizer *s);                    /* of the stream; frees s */

/* Helgrind and DRD, whose lines begin with ==PID==. One per stream. */
struct valgrind;
struct valgrind *valgrind_new(struct casefile *c, const char *name);
bool valgrind_line(struct valgrind *v, struct line line);
void valgrind_end(struct valgrind *v);

/* --- cores ------------------------------------------------------------------------ */

struct core_options {
    const char *program; /* NULL: the one that the core names */
    const char *gdb;     /* the command: "gdb" */
    const char **looks;  /* expressions to be looked at */
    size_t look_count;
    const char *save; /* if not NULL: GDB's facts go to this file, too */
};

/* A core, by ELF's headers and GDB: c->core. On failure false, and one line on what
 * and how to mend it in *trouble; *status is then the exit status (2 or 3). */
bool read_core(struct casefile *c, const char *path, const struct core_options *options,
               const char **trouble, int *status);

/* What GDB's `case` wrote. False, and *trouble, when it is not that. */
bool read_facts(struct casefile *c, FILE *in, const char *name, const char **trouble);

/* What ELF's headers say of a core without GDB: path, program, build-ids, sizes. */
void read_core_headers(struct casefile *c, struct core *core, const char *program);

/* --- lab.txt ------------------------------------------------------------------------ */

/* False when it cannot be read. */
bool read_lab(struct casefile *c, const char *path);

#endif
