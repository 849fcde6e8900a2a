/*
 * fuzz_facts.c - any bytes as what GDB tells of a core: read, joined, listed.
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
    const char *trouble = NULL;
    if (!read_facts(&c, in, "fuzz", &trouble) && !trouble)
        abort(); /* a refusal has its reason */
    fclose(in);
    join(&c);
    tell_list(&c, nowhere, &style);
    case_free(&c);
    return 0;
}
