/* utf8.c - see utf8.h. */
#include "utf8.h"

#include <string.h>

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

size_t utf8_sequence(const char *at, size_t most) {
    const unsigned char *b = (const unsigned char *)at;
    if (most == 0)
        return 0;
    if (b[0] < 0x80)
        return 1;
    size_t length = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || most < length)
        return 0;
    /* The second byte decides what is overlong, a surrogate, or beyond the last one. */
    unsigned char least = b[0] == 0xe0 ? 0xa0 : b[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char last = b[0] == 0xed ? 0x9f : b[0] == 0xf4 ? 0x8f : 0xbf;
    if (b[1] < least || b[1] > last)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((b[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

/* How many bytes are no part of a sequence. */
static size_t bad_bytes(const char *s, size_t length) {
    size_t bad = 0;
    for (size_t i = 0; i < length;) {
        size_t n = utf8_sequence(s + i, length - i);
        bad += n == 0;
        i += n ? n : 1;
    }
    return bad;
}

const char *utf8_clean(struct pool *p, const char *string) {
    if (!string)
        return NULL;
    size_t length = strlen(string), bad = bad_bytes(string, length);
    if (bad == 0)
        return string;
    char *mended = pool_take(p, length + bad * (sizeof replacement - 2) + 1), *to = mended;
    for (size_t i = 0; i < length;) {
        size_t n = utf8_sequence(string + i, length - i);
        const char *from = n ? string + i : replacement;
        size_t bytes = n ? n : sizeof replacement - 1;
        memcpy(to, from, bytes);
        to += bytes;
        i += n ? n : 1;
    }
    return mended;
}
