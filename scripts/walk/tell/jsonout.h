/*
 * jsonout.h - JSON written piece by piece, each piece by jansson.
 *
 * A case may have thousands of findings with deep stacks; as one tree of jansson's it
 * would need many times the memory of the case. So the outer brackets are written one
 * at a time, and only what is inside is made as a tree, written and let go.
 *
 *     struct json_out o = {.out = out};
 *     json_open(&o, NULL, '{');
 *     json_put(&o, "program", json_words(&o.pool, c->program));
 *     json_open(&o, "findings", '[');
 *     json_put(&o, NULL, json_integer(1));
 *     json_close(&o, ']');
 *     json_close(&o, '}');
 *     return json_end(&o);
 */
#ifndef JSONOUT_H
#define JSONOUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../pool.h"

struct json_out {
    FILE *out;
    struct pool pool; /* for strings that had to be mended; empty again after each piece */
    int depth;        /* of open brackets */
    bool filled;      /* the innermost of them has something in it */
    bool failed;
};

/* `key` is NULL inside '['. */
void json_open(struct json_out *o, const char *key, char bracket);
void json_close(struct json_out *o, char bracket);

/* The value is given away. NULL (no memory) makes json_end return false. */
void json_put(struct json_out *o, const char *key, json_t *value);

/* The last newline. Was all of it written? */
bool json_end(struct json_out *o);

/* --- values ------------------------------------------------------------------------- */

/* Valid UTF-8, or null where there is no string. */
json_t *json_words(struct pool *p, const char *string);

/* The same, where there is no pool at hand. */
json_t *json_text(const char *string);

/* "0x7f…": a number of 64 bits does not survive every reader of JSON. */
json_t *json_hex(uint64_t address);

/* The number, no more than JSON's readers can have: 2^63 - 1. */
json_t *json_size(uint64_t n);

/* The number, or null when it is not above 0: not known. */
json_t *json_known(uint64_t n);

/* An index below `count`, or null. */
json_t *json_index(int index, size_t count);

#endif
