/*
 * mapping.c - memory that a schedule maps. What it does not give back, a snapshot could
 * not undo: then the fork server serves.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>

#include "io.h"
#include "shadow.h"

enum { MAPPINGS = 64, FRESH_MOST = 64 << 20 };
static struct {
    uptr low;
    size_t size;
} mapped[MAPPINGS];
static int mapped_most; /* places that may be taken */

void mappings_begin(void) {
    for (int i = 0; i < mapped_most; i++)
        mapped[i].size = 0;
    mapped_most = 0;
}

void mappings_end(void) {
    bool failed = rt.failure.kind != FAILURE_NONE;
    for (int i = 0; i < mapped_most; i++) {
        if (!mapped[i].size)
            continue;
        if (!failed)
            needs_fork("leaves memory mapped");
        if (rt.snapshots)
            sys(SYS_munmap, mapped[i].low, mapped[i].size);
    }
}

EXPORT void *mmap(void *where, size_t size, int protection, int flags, int fd, off_t offset) {
    long got = sys(SYS_mmap, where, size, protection, flags, fd, offset);
    if (got < 0 && got > -4096) {
        errno = (int)-got;
        return MAP_FAILED;
    }
    if (rt.active) {
        if (!(flags & MAP_ANONYMOUS) || !(flags & MAP_PRIVATE) || flags & MAP_FIXED)
            needs_fork("maps shared memory or a file");
        if (size < FRESH_MOST) /* what was there before it is forgotten */
            shadow_fresh((uptr)got, size);
        for (int i = 0; i < MAPPINGS; i++)
            if (!mapped[i].size) {
                mapped[i].low = (uptr)got;
                mapped[i].size = size;
                mapped_most = i + 1 > mapped_most ? i + 1 : mapped_most;
                break;
            }
    }
    return (void *)got;
}

EXPORT int munmap(void *where, size_t size) {
    bool ours = !rt.active;
    if (rt.active && rt.traced) /* the value of the last access is still to be read */
        trace_event(EVENT_SYSTEM, (uptr)where, 0, CALLER);
    for (int i = 0; i < MAPPINGS; i++)
        if (mapped[i].size && mapped[i].low == (uptr)where) {
            ours = true;
            mapped[i].size = 0;
        }
    if (!ours)
        needs_fork("unmaps memory");
    return (int)io_result(sys(SYS_munmap, where, size));
}

EXPORT int mprotect(void *where, size_t size, int protection) {
    needs_fork("mprotect");
    return (int)io_result(sys(SYS_mprotect, where, size, protection));
}

EXPORT void *mmap64(void *where, size_t size, int protection, int flags, int fd, off_t offset) {
    return mmap(where, size, protection, flags, fd, offset);
}

/* The list of what was mapped knows only what it saw. */
EXPORT void *mremap(void *where, size_t size, size_t wanted, int flags, ...) {
    va_list list;
    va_start(list, flags);
    void *to = va_arg(list, void *);
    va_end(list);
    needs_fork("mremap");
    long got = sys(SYS_mremap, where, size, wanted, flags, to);
    if (got < 0 && got > -4096) {
        errno = (int)-got;
        return MAP_FAILED;
    }
    if (rt.active && wanted < FRESH_MOST)
        shadow_fresh((uptr)got, wanted);
    return (void *)got;
}
