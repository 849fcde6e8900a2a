/* fuzz_valgrind.c - any bytes as a run's text, with reports of Helgrind and DRD. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_reader(data, size, read_text);
}
