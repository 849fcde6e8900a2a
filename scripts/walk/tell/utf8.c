/* utf8.c - see utf8.h. */
#include "utf8.h"

#include <stdint.h>
#include <string.h>

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

bool utf8_shown(const char *at, size_t *bytes) {
    static const unsigned char bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07}; /* of the first byte */
    size_t length = utf8_sequence(at, strnlen(at, 4));
    uint32_t code = (unsigned char)at[0] & bits[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)at[i] & 0x3f);
    *bytes = length ? length : 1;
    bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    bool turns = code == 0x200e || code == 0x200f || code == 0x061c
                 || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return length && !control && !turns && code != 0xfeff && (code & 0xfffe) != 0xfffe;
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
    char *mended = pool_take(p, length + bad * (sizeof UTF8_REPLACEMENT - 2) + 1), *to = mended;
    for (size_t i = 0; i < length;) {
        size_t n = utf8_sequence(string + i, length - i);
        const char *from = n ? string + i : UTF8_REPLACEMENT;
        size_t bytes = n ? n : sizeof UTF8_REPLACEMENT - 1;
        memcpy(to, from, bytes);
        to += bytes;
        i += n ? n : 1;
    }
    return mended;
}
