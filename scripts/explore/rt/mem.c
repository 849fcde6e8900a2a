/*
 * mem.c - libc's functions on memory and text, which no compiler instruments: each is a
 * read of just the bytes that it reads, and a write of those that it writes. The program
 * is linked with --wrap for each (wraps.txt).
 */
#include <stddef.h>

#include "rt.h"

extern void *malloc(size_t);

#define READ(p, n) access_range((p), (n), false, CALLER)
#define WRITE(p, n) access_range((p), (n), true, CALLER)
#define WRAP(type, name, ...)                                                                      \
    extern type __real_##name(__VA_ARGS__);                                                        \
    EXPORT type __wrap_##name(__VA_ARGS__);                                                        \
    EXPORT type __wrap_##name(__VA_ARGS__)

static size_t text_length(const char *text, size_t most) {
    size_t n = 0;
    while (n < most && text[n])
        n++;
    return n;
}
static size_t with_end(const char *text) {
    return text_length(text, ~(size_t)0) + 1;
}
/* How much of two texts a comparison reads. */
static size_t compared(const char *a, const char *b, size_t most) {
    size_t n = 0;
    while (n < most && a[n] && a[n] == b[n])
        n++;
    return n < most ? n + 1 : most;
}
static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

WRAP(void *, memcpy, void *to, const void *from, size_t n) {
    READ(from, n), WRITE(to, n);
    return __real_memcpy(to, from, n);
}
WRAP(void *, memmove, void *to, const void *from, size_t n) {
    READ(from, n), WRITE(to, n);
    return __real_memmove(to, from, n);
}
WRAP(void *, mempcpy, void *to, const void *from, size_t n) {
    READ(from, n), WRITE(to, n);
    return __real_mempcpy(to, from, n);
}
WRAP(void *, memset, void *to, int value, size_t n) {
    WRITE(to, n);
    return __real_memset(to, value, n);
}
WRAP(void, bzero, void *to, size_t n) {
    WRITE(to, n);
    __real_bzero(to, n);
}
WRAP(int, memcmp, const void *a, const void *b, size_t n) {
    READ(a, n), READ(b, n);
    return __real_memcmp(a, b, n);
}
WRAP(void *, memchr, const void *p, int c, size_t n) {
    READ(p, n);
    return __real_memchr(p, c, n);
}
WRAP(size_t, strlen, const char *s) {
    size_t n = with_end(s);
    READ(s, n);
    return n - 1;
}
WRAP(size_t, strnlen, const char *s, size_t most) {
    size_t n = text_length(s, most);
    READ(s, least(n + 1, most));
    return n;
}
WRAP(char *, strcpy, char *to, const char *from) {
    size_t n = with_end(from);
    READ(from, n), WRITE(to, n);
    return __real_memcpy(to, from, n);
}
WRAP(char *, stpcpy, char *to, const char *from) {
    size_t n = with_end(from);
    READ(from, n), WRITE(to, n);
    return __real_stpcpy(to, from);
}
WRAP(char *, strncpy, char *to, const char *from, size_t n) {
    READ(from, least(text_length(from, n) + 1, n)), WRITE(to, n);
    return __real_strncpy(to, from, n);
}
WRAP(char *, strcat, char *to, const char *from) {
    size_t have = with_end(to), more = with_end(from);
    READ(to, have), READ(from, more), WRITE(to + have - 1, more);
    return __real_strcat(to, from);
}
WRAP(char *, strncat, char *to, const char *from, size_t n) {
    size_t have = with_end(to), more = text_length(from, n);
    READ(to, have), READ(from, least(more + 1, n)), WRITE(to + have - 1, more + 1);
    return __real_strncat(to, from, n);
}
WRAP(int, strcmp, const char *a, const char *b) {
    size_t n = compared(a, b, ~(size_t)0);
    READ(a, n), READ(b, n);
    return __real_strcmp(a, b);
}
WRAP(int, strncmp, const char *a, const char *b, size_t most) {
    size_t n = compared(a, b, most);
    READ(a, n), READ(b, n);
    return __real_strncmp(a, b, most);
}
WRAP(int, strcasecmp, const char *a, const char *b) {
    READ(a, with_end(a)), READ(b, with_end(b));
    return __real_strcasecmp(a, b);
}
WRAP(char *, strchr, const char *s, int c) {
    READ(s, with_end(s));
    return __real_strchr(s, c);
}
WRAP(char *, strrchr, const char *s, int c) {
    READ(s, with_end(s));
    return __real_strrchr(s, c);
}
WRAP(char *, strstr, const char *s, const char *part) {
    READ(s, with_end(s)), READ(part, with_end(part));
    return __real_strstr(s, part);
}
WRAP(char *, strdup, const char *s) {
    size_t n = with_end(s);
    READ(s, n);
    char *copy = malloc(n);
    return copy ? __real_memcpy(copy, s, n) : NULL;
}
WRAP(char *, strndup, const char *s, size_t most) {
    size_t n = text_length(s, most);
    READ(s, least(n + 1, most));
    char *copy = malloc(n + 1);
    if (copy) {
        __real_memcpy(copy, s, n);
        copy[n] = 0;
    }
    return copy;
}

/* --- the same as _FORTIFY_SOURCE has them: they know how much room there is -------------- */

WRAP(void *, __memcpy_chk, void *to, const void *from, size_t n, size_t room) {
    READ(from, n), WRITE(to, n);
    return __real___memcpy_chk(to, from, n, room);
}
WRAP(void *, __memmove_chk, void *to, const void *from, size_t n, size_t room) {
    READ(from, n), WRITE(to, n);
    return __real___memmove_chk(to, from, n, room);
}
WRAP(void *, __mempcpy_chk, void *to, const void *from, size_t n, size_t room) {
    READ(from, n), WRITE(to, n);
    return __real___mempcpy_chk(to, from, n, room);
}
WRAP(void *, __memset_chk, void *to, int value, size_t n, size_t room) {
    WRITE(to, n);
    return __real___memset_chk(to, value, n, room);
}
WRAP(char *, __strcpy_chk, char *to, const char *from, size_t room) {
    size_t n = with_end(from);
    READ(from, n), WRITE(to, n);
    return __real___strcpy_chk(to, from, room);
}
WRAP(char *, __stpcpy_chk, char *to, const char *from, size_t room) {
    size_t n = with_end(from);
    READ(from, n), WRITE(to, n);
    return __real___stpcpy_chk(to, from, room);
}
WRAP(char *, __strncpy_chk, char *to, const char *from, size_t n, size_t room) {
    READ(from, least(text_length(from, n) + 1, n)), WRITE(to, n);
    return __real___strncpy_chk(to, from, n, room);
}
WRAP(char *, __strcat_chk, char *to, const char *from, size_t room) {
    size_t have = with_end(to), more = with_end(from);
    READ(to, have), READ(from, more), WRITE(to + have - 1, more);
    return __real___strcat_chk(to, from, room);
}
WRAP(char *, __strncat_chk, char *to, const char *from, size_t n, size_t room) {
    size_t have = with_end(to), more = text_length(from, n);
    READ(to, have), READ(from, least(more + 1, n)), WRITE(to + have - 1, more + 1);
    return __real___strncat_chk(to, from, n, room);
}
