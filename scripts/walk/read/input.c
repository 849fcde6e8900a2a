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

enum input input_kind(const char *path) {
    unsigned char head[256] = {0};
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return INPUT_UNREADABLE;
    /* a pipe cannot be looked into and read again: text is what comes through pipes */
    bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    ssize_t got = regular ? read(fd, head, sizeof head - 1) : 0;
    close(fd);
    if (S_ISDIR(st.st_mode) || got < 0)
        return INPUT_UNREADABLE;
    if (got >= 18 && memcmp(head, ELFMAG, SELFMAG) == 0)
        return kind_of_elf(head);
    const char *text = (const char *)head;
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
        text += 3;
    text += strspn(text, " \t\r\n");
    if (strncmp(text, "<?xml", 5) == 0 || strncmp(text, "<valgrindoutput", 15) == 0)
        return INPUT_XML;
    return *text == '{' && strstr(text, "\"version\"") ? INPUT_FACTS : INPUT_TEXT;
}
