/* fuzz_xml.c - any bytes as the XML of Helgrind and DRD. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    return fuzz_reader(data, size, read_xml);
}
