/*
 * function.c - see function.h, and function_bare of frame.h.
 *
 * A name is read from left to right; what is in brackets of any kind is skipped as a
 * whole. Only the operators' names, which have brackets of their own, need more.
 */
#include "function.h"

#include <ctype.h>
#include <string.h>

static bool word(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '$';
}

static bool is_at(struct span s, size_t i, const char *text) {
    return i <= s.length && span_starts((struct span){s.at + i, s.length - i}, text);
}

/* After "operator" comes a type, as in "operator unsigned long() const". */
static size_t skip_conversion(struct span s, size_t i) {
    size_t one_word = i + 1;
    while (one_word < s.length && s.at[one_word] != ' ' && s.at[one_word] != '(')
        one_word++;
    const char *open = memchr(s.at + i, '(', s.length - i);
    if (!open || memchr(s.at + i, '/', (size_t)(open - (s.at + i))))
        return one_word;
    return (size_t)(open - s.at);
}

/* Is the name of an operator at `i`? Then where it ends, else `i`. */
static size_t skip_operator(struct span s, size_t i) {
    static const char *const names[] = {
        "()",  " new[]", " delete[]", " new", " delete", "\"\" ", "\"\"", "[]", "<=>", "<<=",
        ">>=", "->*",    "<<",        ">>",   "<=",      ">=",    "->",   "==", "!=",  "&&",
        "||",  "++",     "--",        "+=",   "-=",      "*=",    "/=",   "%=", "^=",  "&=",
        "|=",  "<",      ">",         "=",    "+",       "-",     "*",    "/",  "%",   "^",
        "&",   "|",      "~",         "!",    ",",       NULL};
    size_t end = i + strlen("operator");
    if (s.at[i] != 'o' || !is_at(s, i, "operator") || (i && word(s.at[i - 1])) || end == s.length)
        return i;
    for (const char *const *n = names; *n; n++)
        if (is_at(s, end, *n)) {
            end += strlen(*n);
            return is_at(s, end, " <") ? end + 1 : end; /* template arguments */
        }
    return s.at[end] == ' ' ? skip_conversion(s, end) : word(s.at[end]) ? i : end;
}

static bool opens(char c) {
    return c == '(' || c == '<' || c == '[' || c == '{';
}

/* Where the brackets that open at `i` have closed; the whole length if they do not. */
static size_t skip_brackets(struct span s, size_t i) {
    size_t depth = 0;
    while (i < s.length) {
        size_t next = s.at[i] == 'o' ? skip_operator(s, i) : i;
        if (next > i) {
            i = next;
            continue;
        }
        char c = s.at[i++];
        if (opens(c))
            depth++;
        else if (c == ')' || c == ']' || c == '}' || (c == '>' && s.at[i - 2] != '-'))
            depth--;
        if (depth == 0)
            break;
    }
    return i;
}

/* What may follow the parameters. */
static size_t skip_qualifiers(struct span s, size_t i) {
    static const char *const words[] = {" const", " volatile", " &&", " &", " noexcept", NULL};
    for (const char *const *w = words; *w;) {
        size_t end = i + strlen(*w);
        bool here = is_at(s, i, *w) && (end == s.length || s.at[end] == ' ');
        i = here ? end : i;
        w = here ? words : w + 1;
    }
    while (is_at(s, i, " [clone ") || is_at(s, i, " (."))
        i = skip_brackets(s, i + 1);
    return i;
}

size_t function_end(struct span s) {
    size_t space = s.length;
    for (size_t i = 0; i < s.length;) {
        size_t next = skip_operator(s, i);
        if (next > i) {
            i = next;
        } else if (s.at[i] == ' ') {
            if (is_at(s, i, " /") || is_at(s, i, " ./") || is_at(s, i, " ../"))
                return i;
            if (space == s.length)
                space = i;
            i++;
        } else if (opens(s.at[i])) {
            size_t end = skip_brackets(s, i);
            if (s.at[i] == '(' && i && s.at[i - 1] != ' ' && is_at(s, end, " "))
                return skip_qualifiers(s, end);
            i = end;
        } else {
            i++;
        }
    }
    return space;
}

/* "hmap_grow.part.0": a piece or copy that the compiler made of a function. */
static size_t without_clone(struct span s) {
    static const char *const suffixes[] = {".part.",     ".constprop.", ".isra.", ".cold",
                                           ".lto_priv.", ".clone.",     NULL};
    for (const char *const *x = suffixes; *x; x++) {
        const char *found = memmem(s.at, s.length, *x, strlen(*x));
        if (found && found > s.at)
            s.length = (size_t)(found - s.at);
    }
    return s.length;
}

struct span function_bare(struct span function) {
    struct span s = function;
    if (!span_take(&s, "non-virtual thunk to "))
        span_take(&s, "virtual thunk to ");
    size_t start = 0, end = s.length;
    for (size_t i = 0; i < end;) {
        size_t next = skip_operator(s, i);
        if (next > i) {
            i = next;
        } else if (s.at[i] == ' ') {
            if (is_at(s, i, " [clone "))
                end = i;
            else
                start = ++i;
        } else if (s.at[i] == '(') {
            size_t closed = skip_brackets(s, i);
            bool type = i >= 8 && memcmp(s.at + i - 8, "decltype", 8) == 0;
            if (!type && !is_at(s, closed, "::"))
                end = i; /* the parameters */
            i = closed;
        } else {
            i = opens(s.at[i]) ? skip_brackets(s, i) : i + 1;
        }
    }
    if (start >= end)
        return function;
    struct span bare = {s.at + start, end - start};
    /* "f+0x1c", of a function without a line */
    const char *plus = memmem(bare.at, bare.length, "+0x", 3);
    if (plus && plus > bare.at)
        bare.length = (size_t)(plus - bare.at);
    bare.length = without_clone(bare);
    return bare;
}
