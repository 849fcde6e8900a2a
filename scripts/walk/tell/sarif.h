/*
 * sarif.h - the parts that SARIF's results are made of; sarif.c puts them together.
 *
 * SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/): sections are
 * named where a rule of it is not obvious.
 */
#ifndef SARIF_H
#define SARIF_H

#include <jansson.h>

#include "../case.h"

/*
 * A file's name as a URI reference, in the pool: percent-encoded, relative to SRCROOT or
 * file:///. NULL where there is none that makes sense: a relative name of a library's
 * source ("../nptl/pthread_create.c") starts from where somebody else built it.
 */
const char *sarif_uri(struct pool *p, const char *file, bool own);

/* {"text": …}; in a result's own message, brackets are links (3.11.6), so words from
 * outside go through sarif_quoted, too. */
json_t *sarif_message(struct pool *p, const char *text);
const char *sarif_quoted(struct pool *p, const char *text);

/* A location: where the frame is as far as that is known, its function, and a message.
 * `id` is left out when it is 0. */
json_t *sarif_place(struct pool *p, const struct frame *f, const char *message, int id);

/* A location that is only a file, at a line if that is not 0. */
json_t *sarif_file(struct pool *p, const char *file, size_t line, const char *message);

/* A stack, innermost first, and a thread's way there, outermost first; NULL when it has no
 * frames. `first`, which may be empty, is where the thread had been before. */
json_t *sarif_stack(struct pool *p, const struct stack *s, const char *message);
json_t *sarif_flow(struct pool *p, const struct stack *first, const struct stack *s,
                   const char *message);

/* Many of SARIF's arrays must not hold a thing twice. Gives `value` away; NULL is not
 * appended. */
void sarif_append_once(json_t *array, json_t *value);

#endif
