/* fuzz_explored.c - any bytes as what explore prints, and as a schedule that it kept. */
#include <string.h>

#include "reader.h"

static void explored(struct casefile *c, FILE *in, const char *name, enum tool tool) {
    const char *trouble = NULL;
    int first = getc(in);
    ungetc(first, in);
    (void)tool;
    bool read = (first == 'r' ? read_schedule : read_explored)(c, in, name, &trouble);
    if (read == (trouble != NULL) || (trouble && (strchr(trouble, '\n') || c->finding_count)))
        abort(); /* a refusal has its reason, in one line, and leaves nothing behind */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_reader(data, size, explored);
}
