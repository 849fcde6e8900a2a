/*
 * replay.c - runs a fuzz target on files instead of a fuzzer's inventions: every file
 * named, and every file in the directories named. `make test` replays the corpus so.
 *
 * Compiled with AddressSanitizer, it ends with what that found; else with 0, and the
 * number of files on standard output.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned count;

static void *room(void *data, size_t size) {
    void *moved = realloc(data, size);
    if (!moved)
        abort();
    return moved;
}

static void replay(const char *path) {
    FILE *in = fopen(path, "re");
    uint8_t *data = NULL;
    size_t size = 0;
    for (size_t got = 1; in && got > 0; size += got) {
        data = room(data, size + 65536);
        got = fread(data + size, 1, 65536, in);
    }
    if (!in || ferror(in)) {
        perror(path);
        exit(2);
    }
    fclose(in);
    data = room(data, size ? size : 1); /* so that a read beyond the end is seen */
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    count++;
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        struct dirent **names;
        int n = scandir(argv[i], &names, NULL, alphasort);
        if (n < 0)
            replay(argv[i]);
        for (int k = 0; k < n; k++) {
            char path[4096];
            struct stat st;
            snprintf(path, sizeof path, "%s/%s", argv[i], names[k]->d_name);
            if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
                replay(path);
            free(names[k]);
        }
        if (n >= 0)
            free(names);
    }
    printf("%u\n", count);
    return 0;
}
