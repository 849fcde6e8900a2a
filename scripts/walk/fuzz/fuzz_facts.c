/* fuzz_facts.c - any bytes as what GDB tells of a core. */
#include "reader.h"

static void facts(struct casefile *c, FILE *in, const char *name, enum tool tool) {
    const char *trouble = NULL;
    (void)tool;
    if (!read_facts(c, in, name, &trouble) && !trouble)
        abort(); /* a refusal has its reason */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_reader(data, size, facts);
}
