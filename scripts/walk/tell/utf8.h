/*
 * utf8.h - bytes of anybody's making, as valid UTF-8.
 *
 * Names come from debug information, from programs' tables and out of damaged reports:
 * any byte may be in them. JSON and HTML take only UTF-8, so each byte that is no part
 * of a valid sequence is told as U+FFFD. Valid is what RFC 3629 says: no surrogates, no
 * overlong forms, nothing above U+10FFFF.
 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>

#include "../pool.h"

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* The bytes of the valid sequence at `at` (1 to 4), or 0 when there is none. Reads no
 * further than `most` bytes. */
size_t utf8_sequence(const char *at, size_t most);

/*
 * One character of a string: how many bytes it takes (at least 1 in *bytes), and whether a
 * page may show it. Not to be shown are bytes that are no UTF-8, control characters (a
 * tab and a newline too), what turns the direction of writing, so that a name reads as
 * another, and what XML forbids.
 */
bool utf8_shown(const char *at, size_t *bytes);

/* The string itself when it is valid, or else a mended copy in the pool. NULL stays
 * NULL. */
const char *utf8_clean(struct pool *p, const char *string);

#endif
