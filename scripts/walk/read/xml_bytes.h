/*
 * xml_bytes.h - bytes that XML allows: what is not UTF-8, and control characters, become
 * '?', byte by byte. A character may be cut by the end of a block.
 */
#ifndef XML_BYTES_H
#define XML_BYTES_H

#include <stddef.h>

struct xml_bytes {
    unsigned char begun[4]; /* a character whose rest is in the next block */
    size_t count;
    size_t replaced;
};

/* How much longer than the block the result may be. */
enum { XML_BYTES_MORE = 4 };

/* Writes the block to `out`, which has room for it and XML_BYTES_MORE; returns the length. */
size_t xml_bytes_clean(struct xml_bytes *x, const char *block, size_t length, char *out);

/* The end of the stream: what had begun is no character. */
size_t xml_bytes_end(struct xml_bytes *x, char *out);

#endif
