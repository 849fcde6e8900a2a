/*
 * tokens.h - C source as a list of tokens, each with its place. Comments are gone;
 * lines joined by a backslash are joined, and their tokens keep the line they are on.
 * A preprocessor's line is tokens like any other, the first of them marked.
 *
 *     struct tokens t;
 *     if (!tokens_read(&t, "map.c"))
 *         perror("map.c");
 *     for (size_t i = 0; i < t.count; i++)
 *         if (token_is(&t, i, "abort"))
 *             printf("line %d\n", t.list[i].line);
 *     tokens_free(&t);
 */
#ifndef TOKENS_H
#define TOKENS_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind { TOKEN_NAME, TOKEN_NUMBER, TOKEN_STRING, TOKEN_PUNCTUATION };

struct token {
    enum token_kind kind;
    const char *text; /* into tokens.text; not terminated */
    int length;
    int line, column;  /* from 1 */
    bool directive;    /* the # that begins a preprocessor's line */
    bool on_directive; /* it or anything after it on that line */
};

struct tokens {
    char *text; /* the file, comments and joined lines blanked out */
    size_t size;
    struct token *list;
    size_t count, room;
};

enum { SOURCE_MAX = 1 << 20 }; /* bytes; a larger file is refused with EFBIG */

/* False, with errno, when the file cannot be read; EINVAL when it has a zero byte. */
bool tokens_read(struct tokens *t, const char *path);
void tokens_free(struct tokens *t);

/* Is token i there, and exactly this text? */
bool token_is(const struct tokens *t, size_t i, const char *text);

/* Does its text begin so? */
bool token_begins(const struct tokens *t, size_t i, const char *prefix);

#endif
