/*
 * pool.c - see pool.h. Blocks are chained; a request too large for a block gets one
 * of its own.
 */
#include "pool.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 << 10, ALIGN = 16 };

struct pool_block {
    struct pool_block *older;
    size_t size, used;
    _Alignas(ALIGN) char bytes[];
};

static _Noreturn void no_memory(void) {
    fputs("walk: out of memory\n", stderr);
    exit(3);
}

static struct pool_block *new_block(struct pool *p, size_t bytes) {
    size_t size = bytes > BLOCK ? bytes : BLOCK;
    struct pool_block *b = malloc(sizeof *b + size);
    if (!b)
        no_memory();
    *b = (struct pool_block){.older = p->blocks, .size = size};
    p->blocks = b;
    return b;
}

void *pool_take(struct pool *p, size_t bytes) {
    if (bytes > SIZE_MAX / 4)
        no_memory();
    bytes = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct pool_block *b = p->blocks;
    if (!b || b->size - b->used < bytes)
        b = new_block(p, bytes);
    void *at = b->bytes + b->used;
    b->used += bytes;
    p->taken += bytes;
    return memset(at, 0, bytes);
}

void *pool_array(struct pool *p, size_t count, size_t size) {
    if (size && count > SIZE_MAX / 4 / size)
        no_memory();
    return pool_take(p, count * size);
}

char *pool_string(struct pool *p, const char *at, size_t length) {
    if (!at)
        return NULL;
    char *s = pool_take(p, length + 1);
    memcpy(s, at, length);
    return s;
}

char *pool_copy(struct pool *p, const char *string) {
    return string ? pool_string(p, string, strlen(string)) : NULL;
}

char *pool_print(struct pool *p, const char *format, ...) {
    va_list args;
    char *made;
    va_start(args, format);
    int length = vasprintf(&made, format, args);
    va_end(args);
    if (length < 0)
        no_memory();
    char *s = pool_string(p, made, (size_t)length);
    free(made);
    return s;
}

void *pool_grown(struct pool *p, void *array, size_t count, size_t size) {
    if (array && (count < 4 || (count & (count - 1)) != 0))
        return array; /* full only at 4, 8, 16, ... */
    void *larger = pool_array(p, count < 4 ? 4 : count * 2, size);
    if (array)
        memcpy(larger, array, count * size);
    return larger;
}

void pool_reset(struct pool *p) {
    while (p->blocks && p->blocks->older) {
        struct pool_block *b = p->blocks;
        p->blocks = b->older;
        free(b);
    }
    if (p->blocks)
        p->blocks->used = 0;
    p->taken = 0;
}

void pool_free(struct pool *p) {
    while (p->blocks) {
        struct pool_block *b = p->blocks;
        p->blocks = b->older;
        free(b);
    }
    p->taken = 0;
}
