/*
 * fuzz_sanitizer.c - any bytes as a run's text: read, joined, listed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../join/join.h"
#include "../read/read.h"
#include "../tell/tell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static FILE *nowhere;
    if (!nowhere && !(nowhere = fopen("/dev/null", "w")))
        abort();
    FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;
    if (!in)
        return 0;
    struct casefile c = {0};
    struct style style = {0};
    read_text(&c, in, "fuzz", TOOL_COUNT);
    fclose(in);
    join(&c);
    tell_list(&c, nowhere, &style);
    case_free(&c);
    return 0;
}
