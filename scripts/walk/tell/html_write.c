/*
 * html_write.c - see html.h: text becomes HTML that is well-formed XML, too, whatever
 * its bytes are.
 */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "html.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* The code point at the beginning of a string by the table of well-formed UTF-8 in
 * Unicode 3.9, and its length; length 0 where the byte begins none. */
static uint32_t decoded(const unsigned char *at, size_t *length) {
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    *length = 0;
    if (n == 0 || at[0] > 0xf4)
        return 0;
    uint32_t code = n == 1 ? at[0] : at[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((at[i] & 0xc0) != 0x80) /* the NUL at the end, too */
            return 0;
        code = code << 6 | (at[i] & 0x3fu);
    }
    if (code < smallest[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    *length = n;
    return code;
}

/* Characters that XML forbids, that do something instead of showing something, or that
 * turn the text around them, so that a name reads as another. */
static bool shown(uint32_t code) {
    bool control = (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7f && code < 0xa0);
    bool turns = code == 0x200e || code == 0x200f || code == 0x061c
                 || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return !control && !turns && code != 0xfeff && (code & 0xfffe) != 0xfffe;
}

static void escape(FILE *out, const char *text) {
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        size_t length;
        uint32_t code = decoded(at, &length);
        if (length == 0 || !shown(code))
            fputs(REPLACEMENT, out);
        else if (code == '<')
            fputs("&lt;", out);
        else if (code == '>')
            fputs("&gt;", out);
        else if (code == '&')
            fputs("&amp;", out);
        else if (code == '"')
            fputs("&quot;", out);
        else if (code == '\'')
            fputs("&#39;", out);
        else
            fwrite(at, 1, length, out);
        at += length ? length : 1;
    }
}

void html(struct page *h, const char *format, ...) {
    va_list args;
    va_start(args, format);
    for (const char *at = format; *at;) {
        size_t plain = strcspn(at, "%");
        fwrite(at, 1, plain, h->out);
        at += plain;
        if (strncmp(at, "%s", 2) == 0) {
            const char *text = va_arg(args, const char *);
            escape(h->out, text ? text : "?");
            at += 2;
        } else if (strncmp(at, "%d", 2) == 0) {
            fprintf(h->out, "%d", va_arg(args, int));
            at += 2;
        } else if (strncmp(at, "%u", 2) == 0) {
            fprintf(h->out, "%u", va_arg(args, unsigned));
            at += 2;
        } else if (strncmp(at, "%zu", 3) == 0) {
            fprintf(h->out, "%zu", va_arg(args, size_t));
            at += 3;
        } else if (strncmp(at, "%llx", 4) == 0) {
            fprintf(h->out, "%llx", va_arg(args, unsigned long long));
            at += 4;
        } else if (*at) {
            fputc('%', h->out);
            at += at[1] == '%' ? 2 : 1;
        }
    }
    va_end(args);
}
