/*
 * tokens.c - see tokens.h. In two steps: comments and joined lines become blanks (as
 * the standard's translation phases 2 and 3 have it), then the rest is cut up.
 */
#include "tokens.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what is no code becomes blanks; newlines stay, so that lines can be counted ------ */

/* At p begins a string or a character: where does it end? */
static char *past_quotes(char *p, char *end) {
    char quote = *p++;
    while (p < end && *p != quote && *p != '\n')
        p += *p == '\\' && p + 1 < end ? 2 : 1;
    return p < end ? p + 1 : end;
}

/* A joined line keeps its newline as \r, which ends nothing. */
static void join_lines(char *p, const char *end) {
    for (; p + 1 < end; p++)
        if (p[0] == '\\' && p[1] == '\n')
            p[0] = ' ', p[1] = '\r';
}

static void blank(char *from, const char *to) {
    for (; from < to; from++)
        if (*from != '\n' && *from != '\r')
            *from = ' ';
}

static void blank_comments(char *p, char *end) {
    while (p < end) {
        char *from = p;
        if (*p == '"' || *p == '\'') {
            p = past_quotes(p, end);
        } else if (p + 1 < end && p[0] == '/' && p[1] == '/') {
            while (p < end && *p != '\n')
                p++;
            blank(from, p);
        } else if (p + 1 < end && p[0] == '/' && p[1] == '*') {
            for (p += 2; p + 1 < end && !(p[0] == '*' && p[1] == '/');)
                p++;
            p = p + 2 < end ? p + 2 : end;
            blank(from, p);
        } else {
            p++;
        }
    }
}

/* --- cutting -------------------------------------------------------------------------- */

static bool of_a_name(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 128;
}

/* The longest punctuation that C has begins with these; enough to tell them apart. */
static int punctuation(const char *p) {
    static const char *const longer[] = {"...", "<<=", ">>=", "->", "++", "--", "<<", ">>",
                                         "<=",  ">=",  "==",  "!=", "&&", "||", "+=", "-=",
                                         "*=",  "/=",  "%=",  "&=", "|=", "^=", "##"};
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++)
        if (strncmp(p, longer[i], strlen(longer[i])) == 0)
            return (int)strlen(longer[i]);
    return 1;
}

static struct token cut(char *p, char *end) {
    struct token t = {.text = p, .kind = TOKEN_PUNCTUATION};
    char *q = p;
    if (isdigit((unsigned char)*p)) {
        t.kind = TOKEN_NUMBER;
        while (q < end && (of_a_name(*q) || *q == '.'))
            q++;
    } else if (of_a_name(*p)) {
        t.kind = TOKEN_NAME;
        while (q < end && of_a_name(*q))
            q++;
    } else if (*p == '"' || *p == '\'') {
        t.kind = TOKEN_STRING;
        q = past_quotes(p, end);
    } else {
        q += punctuation(p);
    }
    t.length = (int)(q - p);
    return t;
}

static bool add(struct tokens *t, struct token token) {
    if (t->count == t->room) {
        size_t room = t->room ? t->room * 2 : 256;
        struct token *more = realloc(t->list, room * sizeof *more);
        if (!more)
            return false;
        t->list = more;
        t->room = room;
    }
    t->list[t->count++] = token;
    return true;
}

static bool cut_all(struct tokens *t) {
    char *p = t->text, *end = t->text + t->size, *line_begin = p;
    int line = 1;
    bool first = true, directive = false;
    while (p < end) {
        if (*p == '\n' || *p == '\r') {
            line++;
            if (*p == '\n')
                first = true, directive = false;
            line_begin = ++p;
        } else if (isspace((unsigned char)*p)) {
            p++;
        } else {
            struct token token = cut(p, end);
            token.line = line;
            token.column = (int)(p - line_begin) + 1;
            token.directive = first && *p == '#' && token.length == 1;
            token.on_directive = directive = directive || token.directive;
            first = false;
            if (!add(t, token))
                return false;
            p += token.length;
        }
    }
    return true;
}

/* --- reading -------------------------------------------------------------------------- */

static bool read_text(struct tokens *t, const char *path) {
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    t->text = calloc(1, SOURCE_MAX + 2);
    if (!t->text) {
        fclose(f);
        return false;
    }
    t->size = fread(t->text, 1, SOURCE_MAX + 1, f);
    bool bad = ferror(f);
    int error = errno;
    fclose(f);
    errno = bad ? error : t->size > SOURCE_MAX ? EFBIG : strlen(t->text) != t->size ? EINVAL : 0;
    return errno == 0;
}

bool tokens_read(struct tokens *t, const char *path) {
    *t = (struct tokens){0};
    if (!read_text(t, path)) {
        int error = errno;
        tokens_free(t);
        errno = error;
        return false;
    }
    join_lines(t->text, t->text + t->size);
    blank_comments(t->text, t->text + t->size);
    if (!cut_all(t)) {
        tokens_free(t);
        errno = ENOMEM;
        return false;
    }
    return true;
}

void tokens_free(struct tokens *t) {
    free(t->text);
    free(t->list);
    *t = (struct tokens){0};
}

bool token_is(const struct tokens *t, size_t i, const char *text) {
    return i < t->count && (size_t)t->list[i].length == strlen(text)
           && memcmp(t->list[i].text, text, (size_t)t->list[i].length) == 0;
}

bool token_begins(const struct tokens *t, size_t i, const char *prefix) {
    return i < t->count && (size_t)t->list[i].length >= strlen(prefix)
           && memcmp(t->list[i].text, prefix, strlen(prefix)) == 0;
}
