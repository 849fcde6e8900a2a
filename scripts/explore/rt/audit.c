/*
 * audit.c - compares what a snapshot cannot restore before and after a schedule, in a
 * child: descriptors, mappings, signal dispositions. It sees what io.c and process.c
 * cannot: calls made inside of libraries.
 */
#include <dlfcn.h>
#include <signal.h>

#include "rt.h"
#include "server.h"
#include "sys.h"

enum { DESCRIPTORS = 256 };
struct state {
    u64 descriptors[DESCRIPTORS / 64];
    u64 mappings, signals, heap_end;
};
static struct state before;

static u64 hash(u64 h, const char *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        h = (h ^ (u8)text[i]) * 0x100000001B3u;
    return h;
}

/* Of all lines of maps but the stack's, which grows. */
static u64 mappings(void) {
    static char text[1 << 18];
    long fd = sys(SYS_openat, -100, (uptr) "/proc/self/maps", 0), n, have = 0;
    if (fd < 0)
        return 0;
    while ((n = sys(SYS_read, fd, text + have, sizeof text - 1 - (size_t)have)) > 0)
        have += n;
    sys(SYS_close, fd);
    u64 h = 1;
    for (long at = 0, end; at < have; at = end + 1) {
        for (end = at; end < have && text[end] != '\n'; end++)
            ;
        if (end - at > 7 && __builtin_memcmp(text + end - 7, "[stack]", 7) == 0)
            continue;
        h = hash(h, text + at, (size_t)(end - at));
    }
    return h;
}

static void take(struct state *s) {
    __builtin_memset(s, 0, sizeof *s);
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        if (sys(SYS_fcntl, fd, 1 /* F_GETFD */, 0) >= 0)
            s->descriptors[fd / 64] |= (u64)1 << (fd % 64);
    for (int sig = 1; sig < 65; sig++) {
        char action[64] = {0};
        sys(SYS_rt_sigaction, sig, NULL, action, 8);
        s->signals = hash(s->signals, action, sizeof action);
    }
    s->mappings = mappings();
    s->heap_end = (u64)sys(SYS_brk, 0);
}

/* Their threads wait in the kernel, by system calls of their own, and nobody else runs. */
static void look_for_openmp(void) {
    if (dlsym(RTLD_DEFAULT, "GOMP_parallel"))
        note(NOTE_NOT_COVERED, "OpenMP: libgomp's threads wait in the kernel by themselves");
    else if (dlsym(RTLD_DEFAULT, "__kmpc_fork_call"))
        note(NOTE_NOT_COVERED, "OpenMP: libomp's own atomics and waits are unseen");
}

void audit_before(void) {
    look_for_openmp();
    take(&before);
}

void audit_after(void) {
    static struct state after;
    char words[80];
    take(&after);
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        if ((after.descriptors[fd / 64] & ~before.descriptors[fd / 64]) >> (fd % 64) & 1) {
            print_into(words, sizeof words, "leaves file descriptor %d open", fd);
            note(NOTE_NEEDS_FORK, words);
            break;
        }
    if (after.signals != before.signals)
        note(NOTE_NEEDS_FORK, "changes signal dispositions");
    if (after.mappings != before.mappings)
        note(NOTE_NEEDS_FORK, "leaves memory mapped");
    if (after.heap_end != before.heap_end)
        note(NOTE_NEEDS_FORK, "moves the program break");
}
