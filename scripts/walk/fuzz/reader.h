/*
 * reader.h - what the fuzz targets of the streaming readers do with their bytes: read,
 * join, list.
 */
#ifndef READER_H
#define READER_H

#include <stdint.h>
#include <stdlib.h>

#include "../join/join.h"
#include "../read/read.h"
#include "../tell/tell.h"

static inline int fuzz_reader(const uint8_t *data, size_t size,
                              void (*read)(struct casefile *, FILE *, const char *, enum tool)) {
    static FILE *nowhere;
    if (!nowhere && !(nowhere = fopen("/dev/null", "w")))
        abort();
    FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;
    if (!in)
        return 0;
    struct casefile c = {0};
    struct style style = {0};
    read(&c, in, "fuzz", TOOL_COUNT);
    fclose(in);
    join(&c);
    tell_list(&c, nowhere, &style);
    case_free(&c);
    return 0;
}

#endif
