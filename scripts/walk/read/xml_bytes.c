/* xml_bytes.c - see xml_bytes.h. Well-formed UTF-8: The Unicode Standard, table 3-7. */
#include "xml_bytes.h"

#include <stdbool.h>
#include <string.h>

/* Bytes of the character that this one begins; 0: none does. */
static size_t size_of(unsigned char c) {
    return c < 0x80                ? 1
           : c >= 0xc2 && c < 0xe0 ? 2
           : (c & 0xf0) == 0xe0    ? 3
           : c >= 0xf0 && c < 0xf5 ? 4
                                   : 0;
}

/* May it follow the first `i` bytes of a character? */
static bool may_follow(const unsigned char *s, size_t i, unsigned char c) {
    unsigned char low = 0x80, high = 0xbf;
    if (i == 1) {
        low = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : low;
        high = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : high;
    }
    return c >= low && c <= high;
}

static size_t give_up(struct xml_bytes *x, char *out) {
    size_t n = x->count;
    memset(out, '?', n);
    x->replaced += n;
    x->count = 0;
    return n;
}

/* XML has no U+FFFE and U+FFFF. */
static bool noncharacter(const unsigned char *s) {
    return s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe;
}

static size_t more(struct xml_bytes *x, unsigned char c, char *out) {
    size_t n = 0;
    if (x->count && !may_follow(x->begun, x->count, c))
        n = give_up(x, out);
    x->begun[x->count++] = c;
    size_t size = size_of(x->begun[0]);
    bool control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
    if (size == 0 || control || (x->count == 3 && noncharacter(x->begun)))
        return n + give_up(x, out + n);
    if (x->count == size) {
        memcpy(out + n, x->begun, size);
        n += size;
        x->count = 0;
    }
    return n;
}

size_t xml_bytes_clean(struct xml_bytes *x, const char *block, size_t length, char *out) {
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)block[i];
        if (x->count == 0 && ((c >= 0x20 && c < 0x80) || c == '\n'))
            out[n++] = (char)c;
        else
            n += more(x, c, out + n);
    }
    return n;
}

size_t xml_bytes_end(struct xml_bytes *x, char *out) {
    return give_up(x, out);
}
