/*
 * html_write.c - see html.h: text becomes HTML that is well-formed XML, too, whatever
 * its bytes are.
 */
#include <stdarg.h>
#include <string.h>

#include "html.h"
#include "utf8.h"

static void escape(FILE *out, const char *text) {
    size_t bytes;
    for (const char *at = text; *at; at += bytes) {
        if (!utf8_shown(at, &bytes) && *at != '\t' && *at != '\n')
            fputs(UTF8_REPLACEMENT, out);
        else if (*at == '<')
            fputs("&lt;", out);
        else if (*at == '>')
            fputs("&gt;", out);
        else if (*at == '&')
            fputs("&amp;", out);
        else if (*at == '"')
            fputs("&quot;", out);
        else if (*at == '\'')
            fputs("&#39;", out);
        else
            fwrite(at, 1, bytes, out);
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
