/*
 * tell.h - a case, written down. Tellers only read the case; each writes to `out` and
 * returns false when that failed (a full disk, a closed pipe).
 */
#ifndef TELL_H
#define TELL_H

#include <stdio.h>

#include "../case.h"

struct style {
    int width;           /* columns, 60 to 200 */
    bool colour;         /* ANSI colours */
    bool explain;        /* with the guide for newcomers */
    const char *sources; /* directory that relative file names start from; NULL: here */
    size_t most;         /* findings told in full (text, md, html); the rest is counted */
    int sections;        /* text: so many came before, and the title with them */
};

bool tell_text(const struct casefile *c, FILE *out, const struct style *style);
bool tell_md(const struct casefile *c, FILE *out, const struct style *style);
bool tell_html(const struct casefile *c, FILE *out, const struct style *style);
bool tell_json(const struct casefile *c, FILE *out, const struct style *style);
bool tell_sarif(const struct casefile *c, FILE *out, const struct style *style);
bool tell_pprof(const struct casefile *c, FILE *out, const struct style *style);
bool tell_junit(const struct casefile *c, FILE *out, const struct style *style);
/* "kind<TAB>f/g<TAB>file:line<TAB>tsan,drd" for each finding, where its first report is and
 * who saw it: for scripts */
bool tell_list(const struct casefile *c, FILE *out, const struct style *style);

/* --- lines of source: source.c ----------------------------------------------------------- */

/* The text of one line of a source file, without indentation and RACE marks; NULL
 * where it cannot be had. Files are kept; source_close lets them go. */
const char *source_line(const struct style *style, const char *file, int line);
/* The same with its indentation, as it stands. */
const char *source_raw(const struct style *style, const char *file, int line);
void source_close(void);

/* --- what to call things: names.c ------------------------------------------------------- */

/* A path as people read it: from where they are, and without "./"; and what follows its
 * last slash. */
const char *short_path(const char *file);
const char *base_name(const char *path);

/* The function; "?" where it is not known. */
const char *frame_name(const struct frame *f);

/* "writer 2 (T2)", "thread #3": a site's thread; "writer 2", "thread 4": a core's, which
 * may be NULL. */
const char *site_who(const struct site *s, char *buffer, size_t size);
const char *thread_who(const struct thread *t, char *buffer, size_t size);

/* The lab's title, or the program. */
const char *case_title(const struct casefile *c);

/* "write of 8 bytes" */
const char *access_words(const struct site *s, char *buffer, size_t size);

/* "race: hmap_assign and map_total", "race: hmap_assign, by two threads". */
const char *finding_title(const struct finding *f, char *buffer, size_t size);

/* --- the guide for newcomers: explain.c ------------------------------------------------ */

struct guide {
    const char *means;   /* what it is */
    const char *look;    /* what to look at next */
    const char *repair;  /* what usually repairs it */
    const char *silence; /* why another tool may be silent */
};

const struct guide *guide_for(enum kind kind);
const struct guide *guide_for_fault(enum fault fault); /* and of a deadlock: */
const struct guide *guide_for_deadlock(void);

/* The guide's entries for what is in a case: how it died first, then each kind found. */
struct guide_entry {
    const char *title; /* "a field of a NULL pointer", "race" */
    const struct guide *guide;
};
enum { ENTRIES_MOST = KIND_COUNT + 1 };
size_t guide_entries(const struct casefile *c, struct guide_entry entries[ENTRIES_MOST]);

/* The trace's key fields and what each means; tool -> where to look in it. Rows of
 * two or three cells; only those rows that this case has something for. */
struct row {
    const char *cells[3];
};
size_t key_fields(const struct casefile *c, struct row *rows, size_t most, struct pool *p);
size_t where_to_look(const struct casefile *c, struct row *rows, size_t most, struct pool *p);

#endif
