/*
 * xml.c - see xml.h.
 */
#include "xml.h"

#include "utf8.h"

void xml_words(FILE *out, const char *text) {
    size_t bytes;
    for (text = text ? text : ""; *text; text += bytes) {
        bool shown = utf8_shown(text, &bytes);
        switch (*text) {
        case '&': fputs("&amp;", out); break;
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '"': fputs("&quot;", out); break;
        case '\n': fputs("&#10;", out); break;
        case '\r': fputs("&#13;", out); break;
        case '\t': fputs("&#9;", out); break;
        default:
            if (shown)
                fwrite(text, 1, bytes, out);
            else
                fputs("&#xFFFD;", out);
        }
    }
}
