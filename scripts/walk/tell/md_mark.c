/* md_mark.c - see md.h: what must not stand in Markdown or in a Mermaid label as it is. */
#include <stdint.h>
#include <string.h>

#include "md.h"
#include "utf8.h"

enum { LABEL_MOST = 90 }; /* characters; a longer name makes a box that nobody reads */

/* Takes one character: its first byte, and in *bytes how many. 0 for one that is not to
 * be shown; blanks of any kind are ' '. */
static unsigned char take(const char *at, size_t *bytes) {
    bool shown = utf8_shown(at, bytes);
    if (*at == '\n' || *at == '\t' || *at == '\r')
        return ' ';
    return shown ? (unsigned char)*at : 0;
}

static bool word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || (unsigned char)c >= 0x80;
}

/* An underscore within a word is only an underscore. */
static bool marks(const char *text, const char *at) {
    if (*at == '_')
        return at == text || !word(at[-1]) || !word(at[1]);
    return strchr("\\`*[]|~$", *at) || (*at == '#' && at == text);
}

void md_text(FILE *out, const char *text) {
    size_t bytes;
    if (!text || !*text)
        text = "?";
    for (const char *at = text; *at; at += bytes) {
        unsigned char c = take(at, &bytes);
        if (c == 0)
            fputs(UTF8_REPLACEMENT, out);
        else if (c >= 0x80)
            fwrite(at, 1, bytes, out);
        else if (c == '<' || c == '>' || c == '&')
            fputs(c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;", out);
        else
            fprintf(out, "%s%c", c != ' ' && marks(text, at) ? "\\" : "", c);
    }
}

void md_code(FILE *out, const char *text) {
    static const char plain[] = "_:.,/()=+-*' \"[]{};!?%@#";
    if (!text || !*text || *text == ' ' || text[strlen(text) - 1] == ' ') {
        md_text(out, text);
        return;
    }
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at >= 0x80 || (!word(*at) && !strchr(plain, *at))) {
            md_text(out, text);
            return;
        }
    fprintf(out, "`%s`", text);
}

void md_label(FILE *out, const char *text) {
    static const char plain[] = " _.,:/()'=+-?";
    size_t bytes, count = 0;
    if (!text || !*text)
        text = "?";
    for (const char *at = text; *at; at += bytes) {
        if (count++ == LABEL_MOST) {
            fputs("…", out);
            return;
        }
        unsigned char c = take(at, &bytes);
        if (c == 0)
            fputs(UTF8_REPLACEMENT, out);
        else if (c >= 0x80)
            fwrite(at, 1, bytes, out);
        else if (word((char)c) || strchr(plain, c))
            fputc(c, out);
        else
            fprintf(out, "#%d;", c);
    }
}

void md_raw(FILE *out, const char *text) {
    size_t bytes;
    for (const char *at = text ? text : ""; *at; at += bytes) {
        unsigned char c = take(at, &bytes);
        if (c == 0)
            fputs(UTF8_REPLACEMENT, out);
        else if (c == ' ')
            fputc(' ', out);
        else
            fwrite(at, 1, bytes, out);
    }
}
