/* input.c - what a file is, by its first bytes: nobody has to say. */
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read.h"

static enum input kind_of_elf(const unsigned char *head) {
    unsigned type = head[EI_DATA] == ELFDATA2MSB ? (unsigned)head[16] << 8 | head[17]
                                                 : (unsigned)head[17] << 8 | head[16];
    return type == ET_CORE ? INPUT_CORE : INPUT_PROGRAM;
}

/* The first bytes of a regular file; how many, or -1. A pipe has none to spare. */
static ssize_t head_of(const char *path, void *head, size_t size) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -1;
    ssize_t got = -1;
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
        got = S_ISREG(st.st_mode) ? read(fd, head, size) : 0;
    close(fd);
    return got;
}

/* systemd keeps its cores so, and people their logs. */
static const struct {
    const char *magic, *command;
    size_t length;
} packers[] = {{"\x1f\x8b", "gunzip", 2},
               {"\xfd\x37\x7a\x58\x5a\x00", "unxz", 6},
               {"\x28\xb5\x2f\xfd", "unzstd", 4},
               {"BZh", "bunzip2", 3},
               {"\x04\x22\x4d\x18", "unlz4", 4}};

const char *input_unpacker(const char *path) {
    unsigned char head[8] = {0};
    if (head_of(path, head, sizeof head) <= 0)
        return NULL;
    for (size_t i = 0; i < sizeof packers / sizeof *packers; i++)
        if (memcmp(head, packers[i].magic, packers[i].length) == 0)
            return packers[i].command;
    return NULL;
}

/* Of text, by how it begins. */
static enum input kind_of_text(const char *text) {
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
        text += 3;
    text += strspn(text, " \t\r\n");
    if (strncmp(text, "<?xml", 5) == 0 || strncmp(text, "<valgrindoutput", 15) == 0)
        return INPUT_XML;
    if (strncmp(text, "racelab schedule ", 17) == 0)
        return INPUT_SCHEDULE;
    if (*text != '{')
        return INPUT_TEXT;
    return strstr(text, "\"racelab exploration ") ? INPUT_EXPLORED
           : strstr(text, "\"version\"")          ? INPUT_FACTS
                                                  : INPUT_TEXT;
}

enum input input_kind(const char *path) {
    unsigned char head[256] = {0};
    ssize_t got = head_of(path, head, sizeof head - 1);
    if (got < 0)
        return INPUT_UNREADABLE;
    if (got >= 18 && memcmp(head, ELFMAG, SELFMAG) == 0)
        return kind_of_elf(head);
    if (input_unpacker(path))
        return INPUT_COMPRESSED;
    return kind_of_text((const char *)head);
}

/* --- pipes ---------------------------------------------------------------------------- */

struct peeked {
    FILE *in;
    size_t at, end; /* what of the head is not given out yet */
    char head[256];
};

static ssize_t give(void *cookie, char *buffer, size_t size) {
    struct peeked *p = cookie;
    if (p->at == p->end)
        return (ssize_t)fread(buffer, 1, size, p->in);
    size_t n = p->end - p->at < size ? p->end - p->at : size;
    memcpy(buffer, p->head + p->at, n);
    p->at += n;
    return (ssize_t)n;
}

static int forget(void *cookie) {
    free(cookie);
    return 0;
}

FILE *input_peeked(FILE *in, enum input *kind) {
    struct peeked *p = calloc(1, sizeof *p);
    *kind = INPUT_TEXT;
    if (!p)
        return NULL;
    p->in = in;
    p->end = fread(p->head, 1, sizeof p->head - 1, in);
    *kind = kind_of_text(p->head);
    FILE *whole = fopencookie(p, "r", (cookie_io_functions_t){.read = give, .close = forget});
    if (!whole)
        free(p);
    return whole;
}
