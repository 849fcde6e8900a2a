/*
 * stdio.c - streams, as far as they are more than memory: which descriptors they open, and
 * that who reads from a pipe or a socket waits for it. What is written reaches those when
 * libc likes; so each writing to such a stream is taken for a message.
 *
 * libc's own locks are not ours: nobody is interrupted inside of its functions. So while
 * one reads here, it is character by character, and it is waited between them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "io.h"
#include "signals.h"

/* --- opening and closing ----------------------------------------------------------------- */

static FILE *opened(FILE *file) {
    if (file && rt.active)
        io_opened(fileno(file), FD_OTHER);
    return file;
}

/* "w" makes it empty, and "r" leaves it as it is. */
static void look_at_mode(const char *path, const char *mode) {
    bool random = __builtin_strncmp(path, "/dev/", 5) == 0 && __builtin_strstr(path, "random");
    if (rt.active && (mode[0] == 'a' || (mode[0] == 'r' && __builtin_strchr(mode, '+'))))
        not_covered("files: what one schedule writes into them, the next one finds");
    if (rt.active && random)
        not_covered("a stream of /dev/urandom: other numbers in each schedule");
}

/* A FIFO, whose other end somebody has to open first. */
static bool is_fifo(const char *path) {
    struct stat s = {0};
    return rt.active && !sys(SYS_newfstatat, AT_FDCWD, path, &s, 0) && S_ISFIFO(s.st_mode);
}
static FILE *open_fifo(const char *path, const char *mode) {
    int fd = open(path, __builtin_strchr(mode, '+') ? O_RDWR
                        : mode[0] == 'r'            ? O_RDONLY
                                                    : O_WRONLY);
    return fd < 0 ? NULL : fdopen(fd, mode);
}

#define FOPEN(name)                                                                                \
    EXPORT FILE *name(const char *restrict path, const char *restrict mode) {                      \
        typedef FILE *function(const char *, const char *);                                        \
        REAL(function *, #name);                                                                   \
        io_enter(CALLER);                                                                          \
        if (is_fifo(path))                                                                         \
            return open_fifo(path, mode);                                                          \
        look_at_mode(path, mode);                                                                  \
        return opened(real(path, mode));                                                           \
    }
FOPEN(fopen)
FOPEN(fopen64)

EXPORT FILE *tmpfile(void) {
    typedef FILE *function(void);
    REAL(function *, "tmpfile");
    return opened(real());
}
EXPORT FILE *tmpfile64(void) {
    return tmpfile();
}
/* The descriptor stays what it is, and is closed with the stream. */
EXPORT int fclose(FILE *file) {
    typedef int function(FILE *);
    REAL(function *, "fclose");
    bool exploring = io_enter(CALLER);
    int fd = exploring ? fileno(file) : -1;
    if (fd > 2 && io_kind(fd) != FD_OTHER)
        io_sent(fd);
    if (exploring && fd >= 0 && fd <= 2)
        needs_fork("closes a standard stream");
    io_closed(fd);
    int r = real(file);
    if (exploring)
        system_changed();
    return r;
}
EXPORT FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict file) {
    typedef FILE *function(const char *, const char *, FILE *);
    REAL(function *, "freopen");
    needs_fork("freopen");
    return real(path, mode, file);
}

EXPORT DIR *opendir(const char *path) {
    typedef DIR *function(const char *);
    REAL(function *, "opendir");
    DIR *directory = real(path);
    if (directory && rt.active)
        io_opened(dirfd(directory), FD_OTHER);
    return directory;
}
EXPORT int closedir(DIR *directory) {
    typedef int function(DIR *);
    REAL(function *, "closedir");
    io_closed(dirfd(directory));
    return real(directory);
}

/* --- messages ------------------------------------------------------------------------------- */

/* The descriptor of a stream that others may read from, or that may make us wait; or -1. */
static int messages_of(FILE *file) {
    int fd = rt.active ? fileno(file) : -1;
    return fd > 2 && io_kind(fd) != FD_OTHER ? fd : -1;
}

static void before_writing(FILE *file) {
    int fd = messages_of(file);
    if (fd >= 0) {
        io_may(fd, POLLOUT);
        io_sent(fd);
    }
}
static int after_writing(FILE *file, int result) {
    if (messages_of(file) >= 0) {
        if (result == EOF && errno == EPIPE)
            signal_pipe();
        system_changed();
    }
    return result;
}

EXPORT int fflush(FILE *file) {
    typedef int function(FILE *);
    REAL(function *, "fflush");
    if (!file || !rt.active)
        return real(file);
    before_writing(file);
    return after_writing(file, real(file));
}
EXPORT int fputs(const char *restrict text, FILE *restrict file) {
    typedef int function(const char *, FILE *);
    REAL(function *, "fputs");
    before_writing(file);
    return after_writing(file, real(text, file));
}
EXPORT int fputc(int c, FILE *file) {
    typedef int function(int, FILE *);
    REAL(function *, "fputc");
    before_writing(file);
    return after_writing(file, real(c, file));
}
EXPORT int putc(int c, FILE *file) {
    return fputc(c, file);
}
EXPORT int(putc_unlocked)(int c, FILE *file) {
    return fputc(c, file);
}
EXPORT int fputc_unlocked(int c, FILE *file) {
    return fputc(c, file);
}
EXPORT int fputs_unlocked(const char *restrict text, FILE *restrict file) {
    return fputs(text, file);
}
EXPORT int fflush_unlocked(FILE *file) {
    return fflush(file);
}
/* … and when it is full. */
EXPORT int __overflow(FILE *file, int c) {
    typedef int function(FILE *, int);
    REAL(function *, "__overflow");
    before_writing(file);
    return after_writing(file, real(file, c));
}
EXPORT size_t fwrite(const void *restrict data, size_t size, size_t n, FILE *restrict file) {
    typedef size_t function(const void *, size_t, size_t, FILE *);
    REAL(function *, "fwrite");
    before_writing(file);
    size_t r = real(data, size, n, file);
    after_writing(file, 0);
    return r;
}
EXPORT size_t(fwrite_unlocked)(const void *restrict data, size_t size, size_t n,
                               FILE *restrict file) {
    return fwrite(data, size, n, file);
}
EXPORT int vfprintf(FILE *restrict file, const char *restrict format, va_list list) {
    typedef int function(FILE *, const char *, va_list);
    REAL(function *, "vfprintf");
    before_writing(file);
    return after_writing(file, real(file, format, list));
}
EXPORT int fprintf(FILE *restrict file, const char *restrict format, ...) {
    va_list list;
    va_start(list, format);
    int n = vfprintf(file, format, list);
    va_end(list);
    return n;
}
EXPORT int __fprintf_chk(FILE *restrict file, int flag, const char *restrict format, ...) {
    (void)flag;
    va_list list;
    va_start(list, format);
    int n = vfprintf(file, format, list);
    va_end(list);
    return n;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Before a character is read: is there one in the buffer, or in the kernel? */
static bool may_read(FILE *file) {
    int fd = messages_of(file);
    if (file->_IO_read_ptr < file->_IO_read_end)
        return true;
    if (file->_IO_buf_base)
        io_touch(file->_IO_buf_base, (size_t)(file->_IO_buf_end - file->_IO_buf_base));
    if (fd < 0)
        return true;
    if (io_may(fd, POLLIN) == -EINTR)
        return false;
    io_received(fd);
    return true;
}

static int next_of(FILE *file) {
    typedef int function(FILE *);
    REAL(function *, "getc_unlocked");
    int c = may_read(file) ? real(file) : EOF;
    if (messages_of(file) >= 0)
        system_changed(); /* there may be room for who writes */
    return c;
}

EXPORT int fgetc(FILE *file) {
    io_enter(CALLER);
    return next_of(file);
}
EXPORT int getc(FILE *file) {
    io_enter(CALLER);
    return next_of(file);
}
EXPORT int fgetc_unlocked(FILE *file) {
    io_enter(CALLER);
    return next_of(file);
}
EXPORT int(getc_unlocked)(FILE *file) {
    io_enter(CALLER);
    return next_of(file);
}
/* What the macros of those two call when the buffer is empty; libc's own calls stay there. */
EXPORT int __uflow(FILE *file) {
    typedef int function(FILE *);
    REAL(function *, "__uflow");
    io_enter(CALLER);
    int c = may_read(file) ? real(file) : EOF;
    if (messages_of(file) >= 0)
        system_changed();
    return c;
}

static char *gets_from(char *text, int size, FILE *file) {
    int n = 0, c = EOF;
    while (n + 1 < size && (c = next_of(file)) != EOF) {
        text[n++] = (char)c;
        if (c == '\n')
            break;
    }
    if (size > 0)
        text[n] = 0;
    return n || size == 1 ? text : NULL;
}
static char *accessed(char *got, uptr pc) {
    if (got && rt.active && instrumented(pc))
        access_range(got, __builtin_strlen(got) + 1, true, pc);
    return got;
}
EXPORT char *fgets(char *restrict text, int size, FILE *restrict file) {
    uptr pc = CALLER;
    io_enter(pc);
    return accessed(gets_from(text, size, file), pc);
}
EXPORT char *__fgets_chk(char *restrict text, size_t room, int size, FILE *restrict file) {
    (void)room;
    uptr pc = CALLER;
    io_enter(pc);
    return accessed(gets_from(text, size, file), pc);
}
EXPORT char *fgets_unlocked(char *restrict text, int size, FILE *restrict file) {
    uptr pc = CALLER;
    io_enter(pc);
    return accessed(gets_from(text, size, file), pc);
}

EXPORT size_t fread(void *restrict buffer, size_t size, size_t n, FILE *restrict file) {
    typedef size_t function(void *, size_t, size_t, FILE *);
    REAL(function *, "fread");
    io_enter(CALLER);
    if (messages_of(file) < 0) {
        io_touch(buffer, size * n);
        return real(buffer, size, n, file);
    }
    size_t have = 0;
    for (int c; have < size * n && (c = next_of(file)) != EOF; have++)
        ((char *)buffer)[have] = (char)c;
    return size ? have / size : 0;
}

EXPORT size_t(fread_unlocked)(void *restrict buffer, size_t size, size_t n, FILE *restrict file) {
    return fread(buffer, size, n, file);
}
EXPORT size_t __fread_chk(void *restrict buffer, size_t room, size_t size, size_t n,
                          FILE *restrict file) {
    (void)room;
    return fread(buffer, size, n, file);
}

EXPORT ssize_t getdelim(char **restrict line, size_t *restrict room, int end, FILE *restrict file) {
    size_t n = 0;
    int c = 0;
    io_enter(CALLER);
    while (c != end && (c = next_of(file)) != EOF) {
        if (!*line || n + 2 > *room) {
            size_t more = *line && *room > 60 ? *room * 2 : 120;
            char *longer = realloc(*line, more);
            if (!longer)
                return -1;
            *line = longer;
            *room = more;
        }
        (*line)[n++] = (char)c;
        (*line)[n] = 0;
        if (c == end)
            break;
    }
    return n ? (ssize_t)n : -1;
}
EXPORT ssize_t __getdelim(char **restrict line, size_t *restrict room, int end,
                          FILE *restrict file) {
    return getdelim(line, room, end, file);
}
EXPORT ssize_t getline(char **restrict line, size_t *restrict room, FILE *restrict file) {
    return getdelim(line, room, '\n', file);
}

static void before_scanning(FILE *file) {
    may_read(file);
    if (messages_of(file) >= 0)
        not_covered("scanf from a pipe or a socket, but for its first character");
}
EXPORT int vfscanf(FILE *restrict file, const char *restrict format, va_list list) {
    typedef int function(FILE *, const char *, va_list);
    REAL(function *, "__isoc99_vfscanf");
    before_scanning(file);
    return real(file, format, list);
}
EXPORT int __isoc99_fscanf(FILE *restrict file, const char *restrict format, ...) {
    va_list list;
    va_start(list, format);
    int n = vfscanf(file, format, list);
    va_end(list);
    return n;
}

/* --- locks -------------------------------------------------------------------------------------
 */

/* Between callers of these. printf and its kin do not take them; but nobody is
 * interrupted inside of those. */
EXPORT void flockfile(FILE *file) {
    mutex_lock_virtual(file, CALLER);
}
EXPORT void funlockfile(FILE *file) {
    mutex_unlock_virtual(file, CALLER);
}
