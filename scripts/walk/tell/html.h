/*
 * html.h - the parts of the HTML page, and what they write it with; html.c puts them
 * together. No other teller needs this.
 *
 * Whatever comes from outside is written by html()'s %s, which escapes it: a part
 * writes no byte of a case in any other way.
 */
#ifndef HTML_H
#define HTML_H

#include "lanes.h"
#include "threads.h"
#include "verdict.h"

/* A thread's colour and shape, the same all over the page. Threads beyond those that
 * can be told apart are grey. */
struct mark {
    const char *key; /* the thread's name, or what a tool calls it */
    const char *hue; /* a class of the style sheet: "t0" … "t7", "tx" */
    const char *shape;
};
enum { MARKS_MOST = 64 };

struct page {
    FILE *out;
    const struct casefile *c;
    const struct style *style;
    const struct finding *culprit; /* linked with the crash, or the first; or NULL */
    struct mark marks[MARKS_MOST];
    size_t mark_count;
    struct pool pool; /* for keys and rows; gone with the page */
};

/* --- writing: html_write.c ------------------------------------------------------------- */

/* As printf, with %s %d %u %zu and %llx alone. %s is escaped: markup, quotes, control
 * and direction characters, bytes that are not UTF-8; NULL becomes "?". */
void html(struct page *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- threads: html_mark.c ---------------------------------------------------------------- */

const struct mark *mark_of_thread(struct page *h, const struct thread *t);
const struct mark *mark_of_site(struct page *h, const struct site *s);
/* Shape and name in the thread's colour; `t` may be NULL. */
void put_thread(struct page *h, const struct thread *t);
void put_site_thread(struct page *h, const struct site *s);
/* "waits for mutex m, held by" and that thread; a lock's name, or its address. */
void put_waits(struct page *h, const struct thread *t);
void put_lock(struct page *h, const struct held *held);

/* --- stacks: html_frame.c ----------------------------------------------------------------- */

/* The frames worth showing, outermost first, each with its source to be opened. The
 * last is `last` (an index; 0: to the innermost), and marked when it is `marked`. */
void put_frames(struct page *h, const struct stack *s, int last, int marked);
/* Every frame, as GDB numbers them; nothing when put_frames showed them all. */
void put_all_frames(struct page *h, const struct stack *s);
/* A stack to be opened, under these words; nothing when it is empty. */
void put_stack_folded(struct page *h, const struct stack *s, const char *words);

/* --- sections ------------------------------------------------------------------------------ */

void html_crossing(struct page *h);                    /* html_crossing.c */
void html_threads(struct page *h);                     /* html_threads.c */
void html_tools(struct page *h);                       /* html_tools.c */
void html_memory(struct page *h);                      /* html_guide.c */
void html_guide(struct page *h);                       /* html_guide.c */
void put_access(struct page *h, const struct site *s); /* html_tools.c: "read of 8 bytes", locks */

/* Has the case something for the section? */
bool has_crossing(const struct page *h);
bool has_threads(const struct page *h);
bool has_tools(const struct page *h);
bool has_memory(const struct page *h);

extern const char
    *const html_style[]; /* the parts of the style sheet; NULL ends it: html_style.c */

#endif
