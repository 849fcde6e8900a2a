/*
 * pool.h - memory that is given back all at once, and strings kept only once.
 *
 * A pool grows in blocks and never shrinks until pool_reset or pool_free. Nothing
 * taken from it is freed by itself. It ends the program with status 3 when the
 * system has no more memory: there is no case left to tell then.
 *
 *     struct pool p = {0};
 *     struct frame *f = pool_array(&p, 10, sizeof *f);
 *     const char *s = pool_string(&p, at, length);
 *     pool_free(&p);
 */
#ifndef POOL_H
#define POOL_H

#include <stddef.h>

struct pool {
    struct pool_block *blocks; /* newest first */
    size_t taken;              /* bytes given out, for limits */
};

/* Zeroed memory, aligned for any object. */
void *pool_take(struct pool *p, size_t bytes);
void *pool_array(struct pool *p, size_t count, size_t size);

/* A copy that is NUL-terminated; NULL stays NULL. */
char *pool_string(struct pool *p, const char *at, size_t length);
char *pool_copy(struct pool *p, const char *string);
char *pool_print(struct pool *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for one more element at the end of an array in the pool, doubling it
 * when it is full (the old one stays in the pool, unused). `count` is what is in
 * use. Returns the array, perhaps moved:
 *     list = pool_grown(p, list, count, sizeof *list); list[count++] = x; */
void *pool_grown(struct pool *p, void *array, size_t count, size_t size);

/* Everything taken is gone, and the pool is as new; reset keeps one block. */
void pool_reset(struct pool *p);
void pool_free(struct pool *p);

#endif
