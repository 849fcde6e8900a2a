/*
 * snapshot.c - see snapshot.h.
 */
#include "snapshot.h"

#include <link.h>
#include <sys/mman.h>

#include "fiber.h"
#include "heap.h"
#include "sys.h"

enum { PAGE = 4096, REGIONS = 256, DIRTY = 1 << 16 };

struct region {
    uptr low, high; /* of the program's memory */
    char *copy;     /* of all of it; or NULL: pages are copied when they are first written */
};
static struct region regions[REGIONS];
static int region_count;

static struct {
    uptr page;
    char *copy;
} dirty[DIRTY]; /* pages that were written to */
static int dirty_count;

static struct { uptr low, high; } watched[REGIONS]; /* pages that are write-protected until then */
static int watched_count;

static struct {
    uptr low, high;
    char *copy;
} tls[256]; /* of main and of the pool, in that order */
static int tls_count;
static uptr stack_end;
static bool taken;

/* The runtime's own sections (renamed by the Makefile): no part of any region. */
extern char __start_explore_data[] __attribute__((visibility("hidden")));
extern char __stop_explore_data[] __attribute__((visibility("hidden")));
extern char __start_explore_bss[] __attribute__((visibility("hidden")));
extern char __stop_explore_bss[] __attribute__((visibility("hidden")));

static char *copy_of(uptr low, size_t size) {
    static char *room;
    static size_t left;
    size_t place = (size + 63) & ~(size_t)63;
    if (!room || place > left) {
        left = place > (16 << 20) ? place : 16 << 20;
        room = map_memory(0, left);
    }
    char *copy = room;
    room += place;
    left -= place;
    __builtin_memcpy(copy, (const void *)low, size);
    return copy;
}

static void add_copied(uptr low, uptr high) {
    if (low >= high || region_count == REGIONS)
        return;
    regions[region_count++] = (struct region){low, high, copy_of(low, high - low)};
}

static void add(uptr low, uptr high) {
    uptr first = (low + PAGE - 1) & ~(uptr)(PAGE - 1), last = high & ~(uptr)(PAGE - 1);
    if (low >= high)
        return;
    if (first >= last || watched_count == REGIONS) {
        add_copied(low, high);
        return;
    }
    add_copied(low, first);
    add_copied(last, high);
    watched[watched_count].low = first;
    watched[watched_count++].high = last;
}

/* [low, high) but for what is the runtime's. */
static void add_around(uptr low, uptr high) {
    uptr holes[2][2] = {{(uptr)__start_explore_data, (uptr)__stop_explore_data},
                        {(uptr)__start_explore_bss, (uptr)__stop_explore_bss}};
    for (int i = 0; i < 2; i++) { /* in the order of their addresses */
        int h = (holes[0][0] < holes[1][0]) == (i == 0) ? 0 : 1;
        if (holes[h][0] < low || holes[h][0] >= high)
            continue;
        add(low, holes[h][0]);
        low = holes[h][1];
    }
    add(low, high);
}

static int add_module(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size, (void)data;
    uptr ro_low = 0, ro_high = 0;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_GNU_RELRO) {
            ro_low = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            ro_high = (ro_low + info->dlpi_phdr[i].p_memsz) & ~(uptr)(PAGE - 1);
        }
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_LOAD || !(p->p_flags & PF_W))
            continue;
        uptr low = info->dlpi_addr + p->p_vaddr, high = low + p->p_memsz;
        if (ro_low <= low && ro_high > low) /* it is read-only by now */
            low = ro_high;
        add_around(low, high);
    }
    return 0;
}

/* The end of main's stack, above the last of its arguments and its environment. */
static uptr end_of_stack(void) {
    static char text[1 << 16];
    long fd = sys(SYS_openat, -100, (uptr) "/proc/self/maps", 0), n, have = 0;
    if (fd < 0)
        return 0;
    while (have < (long)sizeof text - 1
           && (n = sys(SYS_read, fd, text + have, sizeof text - 1 - (size_t)have)) > 0)
        have += n;
    sys(SYS_close, fd);
    text[have] = 0;
    const char *found = __builtin_strstr(text, "[stack]");
    if (!found)
        return 0;
    while (found > text && found[-1] != '\n')
        found--;
    uptr low = 0, high = 0;
    for (; *found != '-'; found++)
        ;
    for (found++; *found != ' '; found++)
        high = high * 16 + (uptr)(*found <= '9' ? *found - '0' : *found - 'a' + 10);
    return (void)low, high;
}

static void add_tls(uptr base) {
    uptr low = tls_low(base), high = tls_high(base);
    tls[tls_count].low = low;
    tls[tls_count].high = high;
    tls[tls_count++].copy = copy_of(low, high - low);
}

void snapshot_pool(void) { /* more fibers were made */
    struct thread_memory m;
    for (int i = tls_count - 1; i < rt.pool_count && tls_count < 256; i++) {
        fiber_memory(i, &m);
        tls[tls_count].low = m.tls_low;
        tls[tls_count].high = m.tls_high;
        tls[tls_count++].copy = copy_of(m.tls_low, m.tls_high - m.tls_low);
    }
}

void snapshot_take(uptr sp) {
    uptr low, high;
    stack_end = end_of_stack();
    if (!rt.fibers)
        return;
    add_tls(tls_base());
    snapshot_pool();
    heap_save(&low, &high);
    add(low, high);
    dl_iterate_phdr(add_module, NULL);
    if (stack_end > sp)
        add_copied(sp, stack_end);
    taken = true;
}

bool snapshot_taken(void) {
    return taken;
}

/* From now on writes are looked at. */
void snapshot_protect(void) {
    static bool done;
    if (done)
        return;
    done = true;
    for (int i = 0; i < watched_count; i++)
        sys(SYS_mprotect, watched[i].low, watched[i].high - watched[i].low, PROT_READ);
}

bool snapshot_first_write(uptr address) {
    uptr page = address & ~(uptr)(PAGE - 1);
    for (int i = 0; i < watched_count; i++) {
        if (page < watched[i].low || page >= watched[i].high)
            continue;
        for (int k = 0; k < dirty_count; k++)
            if (dirty[k].page == page)
                return false; /* it may be written to: this fault is another one */
        if (dirty_count == DIRTY)
            cannot("more than %u pages of data are written to: give --reset fork", DIRTY);
        dirty[dirty_count].page = page;
        dirty[dirty_count++].copy = copy_of(page, PAGE);
        sys(SYS_mprotect, page, PAGE, PROT_READ | PROT_WRITE);
        return true;
    }
    return false;
}

void snapshot_restore(void) {
    for (int i = 0; i < dirty_count; i++)
        __builtin_memcpy((void *)dirty[i].page, dirty[i].copy, PAGE);
    for (int i = 0; i < region_count; i++)
        __builtin_memcpy((void *)regions[i].low, regions[i].copy, regions[i].high - regions[i].low);
    for (int i = 0; i < tls_count && i <= fibers_used(); i++)
        __builtin_memcpy((void *)tls[i].low, tls[i].copy, tls[i].high - tls[i].low);
    heap_restore();
}

void main_memory(struct thread_memory *memory) {
    memory->stack_high = stack_end;
    memory->stack_low = stack_end > (8 << 20) ? stack_end - (8 << 20) : 0;
    memory->tls_low = rt.fibers ? tls_low(threads[0].fs) : 0;
    memory->tls_high = rt.fibers ? tls_high(threads[0].fs) : 0;
}
