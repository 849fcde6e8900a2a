/* input.c - what a file is, by its first bytes: nobody has to say. */
#include <elf.h>
#include <fcntl.h>
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

enum input input_kind(const char *path) {
    unsigned char head[256] = {0};
    ssize_t got = head_of(path, head, sizeof head - 1);
    if (got < 0)
        return INPUT_UNREADABLE;
    if (got >= 18 && memcmp(head, ELFMAG, SELFMAG) == 0)
        return kind_of_elf(head);
    if (input_unpacker(path))
        return INPUT_COMPRESSED;
    const char *text = (const char *)head;
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
        text += 3;
    text += strspn(text, " \t\r\n");
    if (strncmp(text, "<?xml", 5) == 0 || strncmp(text, "<valgrindoutput", 15) == 0)
        return INPUT_XML;
    return *text == '{' && strstr(text, "\"version\"") ? INPUT_FACTS : INPUT_TEXT;
}
