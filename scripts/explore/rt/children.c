/*
 * children.c - see children.h. The kernel says of each thread in which system call it is,
 * with its arguments (proc(5), /proc/PID/syscall): one that could be given a time limit and
 * has none, or that has no such thing, ends when somebody else does something.
 */
#include "children.h"

#include <stddef.h>

#include "sys.h"

enum { MOST = 256 };

/* --- files in /proc, and the numbers in them ----------------------------------------------- */

/* "/proc/PID/task/TID/NAME"; 0 for our own, and none. */
static const char *path_of(long pid, long tid, const char *name) {
    static char path[80];
    char *at = path;
    const char *const parts[] = {"/proc/", pid ? NULL : "self", "/task/", NULL, name};
    for (int i = 0; i < 5; i++) {
        long number = i == 1 ? pid : i == 3 ? tid : 0;
        char digits[24];
        int n = 0;
        for (; number; number /= 10)
            digits[n++] = (char)('0' + number % 10);
        while (n)
            *at++ = digits[--n];
        for (const char *c = parts[i]; c && *c; c++)
            *at++ = *c;
    }
    *at = 0;
    return path;
}

/* What fits of it, NUL-terminated; "" where it cannot be read. */
static const char *text_of(long pid, long tid, const char *name) {
    static char text[4096];
    long fd = sys(SYS_openat, -100, path_of(pid, tid, name), 0);
    long n = fd < 0 ? 0 : sys(SYS_read, fd, text, sizeof text - 1);
    sys(SYS_close, fd);
    text[n < 0 ? 0 : n] = 0;
    return text;
}

static const char *number_in(const char *text, long *number) {
    for (*number = 0; *text >= '0' && *text <= '9'; text++)
        *number = *number * 10 + (*text - '0');
    return text;
}

/* The threads of a process: the names in its folder. */
static long threads_of(long pid, long *threads, long room) {
    struct entry { /* of getdents64(2) */
        uint64_t inode, offset;
        unsigned short size;
        unsigned char type;
        char name[];
    };
    static char entries[4096] __attribute__((aligned(8)));
    long fd = sys(SYS_openat, -100, path_of(pid, 0, ""), 0), n, count = 0;
    while (fd >= 0 && (n = sys(SYS_getdents64, fd, entries, sizeof entries)) > 0)
        for (long i = 0; i < n; i += ((struct entry *)(entries + i))->size) {
            long number;
            number_in(((struct entry *)(entries + i))->name, &number);
            if (number && count < room)
                threads[count++] = number;
        }
    sys(SYS_close, fd);
    return count;
}

/* --- who they are --------------------------------------------------------------------------- */

long children_of(long process, long *children, long room) {
    static long threads[MOST];
    long count = 0, n = threads_of(process, threads, MOST);
    for (long i = 0; i < n; i++) {
        const char *list = text_of(process, threads[i], "/children"); /* "17 23 " */
        while (*list && count < room) {
            list = number_in(list, &children[count]);
            count += children[count] != 0;
            list += *list == ' ';
        }
    }
    return count;
}

/* --- what they wait for --------------------------------------------------------------------- */

/* Calls that wait, and which argument limits the time: 1 to 6; 0: none does. */
static const struct {
    short number, limit;
    bool milliseconds; /* below 0 is for ever; the others take a pointer */
} waits[] = {
    {SYS_read, 0, false},    {SYS_readv, 0, false},    {SYS_write, 0, false},
    {SYS_writev, 0, false},  {SYS_wait4, 0, false},    {SYS_waitid, 0, false},
    {SYS_accept, 0, false},  {SYS_accept4, 0, false},  {SYS_recvfrom, 0, false},
    {SYS_recvmsg, 0, false}, {SYS_sendto, 0, false},   {SYS_sendmsg, 0, false},
    {SYS_openat, 0, false},  {SYS_flock, 0, false},    {SYS_fcntl, 0, false},
    {SYS_msgrcv, 0, false},  {SYS_msgsnd, 0, false},   {SYS_futex, 4, false},
    {SYS_ppoll, 3, false},   {SYS_pselect6, 5, false}, {SYS_epoll_pwait, 4, true},
#ifdef SYS_poll
    {SYS_poll, 3, true},     {SYS_select, 5, false},   {SYS_epoll_wait, 4, true},
#endif
};

/* "7 0x7ffc… 0x1 0xffffffff …": has that call no limit? */
static bool for_ever(const char *call) {
    long number, limit = 0;
    if (*call == '-') /* none: it is dead, or is about to be */
        return true;
    call = number_in(call, &number);
    if (*call != ' ')
        return false; /* "running", or nothing */
    for (unsigned i = 0; i < sizeof waits / sizeof *waits; i++) {
        if (waits[i].number != number)
            continue;
        for (int field = 0; waits[i].limit && *call && field <= waits[i].limit; call++) {
            field += *call == ' ';
            if (field == waits[i].limit && *call != ' ' && *call != 'x')
                limit = limit * 16 + (*call <= '9' ? *call - '0' : *call - 'a' + 10);
        }
        return waits[i].milliseconds ? (int)limit < 0 : limit == 0;
    }
    return false; /* it sleeps, or we do not know */
}

bool children_wait(void) {
    static long all[MOST], threads[MOST];
    long count = children_of(0, all, MOST);
    for (long i = 0; i < count; i++) {
        long n = threads_of(all[i], threads, MOST);
        for (long k = 0; k < n; k++)
            if (!for_ever(text_of(all[i], threads[k], "/syscall")))
                return false;
        count += children_of(all[i], all + count, MOST - count);
    }
    return count < MOST;
}
