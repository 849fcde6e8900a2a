/*
 * test_walk_fuzz.c - the corpora of the fuzzers, replayed under AddressSanitizer and
 * UndefinedBehaviorSanitizer: what once broke a reader does not break it again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

TestSuite(walk_fuzz, .init = make_tmp, .fini = remove_tmp);

ParameterizedTestParameters(walk_fuzz, the_corpus_breaks_no_reader) {
    return each("scripts/walk/fuzz/seeds/*");
}

ParameterizedTest(path_param *path, walk_fuzz, the_corpus_breaks_no_reader) {
    const char *target = strrchr(*path, '/') + 1;
    struct outcome o = sh(300, "build/fuzz/replay_%s %s", target, *path);
    exited(o, 0);
    struct outcome files = sh(10, "ls %s | wc -l", *path);
    cr_assert_str_eq(o.out, files.out, "every file was replayed");
    cr_assert_gt(atoi(o.out), 0);
}

/* The replay is worth something only if it would notice. */
Test(walk_fuzz, a_reader_that_breaks_is_noticed) {
    exited(sh(60,
              "cat >%s/bad.c <<'C'\n"
              "#include <stddef.h>\n#include <stdint.h>\n"
              "int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return data[size]; "
              "}\nC\n"
              "gcc -fsanitize=address -g %s/bad.c scripts/walk/fuzz/replay.c -o %s/bad && echo x "
              ">%s/x",
              tmp, tmp, tmp, tmp),
           0);
    struct outcome o = sh(10, "%s/bad %s/x", tmp, tmp);
    cr_assert_eq(o.status, 1);
    cr_assert(strstr(o.err, "heap-buffer-overflow"), "%s", o.err);
}
