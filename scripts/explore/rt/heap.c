/*
 * heap.c - malloc and its kin: blocks one behind the other in an arena of fixed address,
 * each after a header, so that the same schedule gets the same addresses in any process.
 *
 * Memory is not given out again within a schedule, so that each use after free is seen;
 * only where a program frees more than QUARANTINE bytes, the oldest freed blocks are.
 * New memory is zero. free() is an event: a write of the whole block.
 */
#include "heap.h"

#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

#include "rt.h"
#include "shadow.h"
#include "sys.h"

#define ARENA ((uptr)0x100100000000)
enum { CLASSES = 64 };
static const size_t arena_size = (size_t)32 << 30, quarantine = (size_t)256 << 20;

enum { LIVE = 0x4C49, FREED = 0x4652 };

struct header {
    u64 size;
    struct header *next; /* freed: the next one in quarantine, or to be given out again */
    u32 alloc_step, free_step;
    u16 alloc_thread, free_thread;
    u16 state; /* LIVE or FREED; else this is no block */
    u16 lead;  /* bytes before this header that belong to the same place (alignment) */
};
_Static_assert(sizeof(struct header) == 32, "blocks must be aligned to 16");

static struct {
    uptr top;  /* the next block's header goes here; 0: nothing is mapped yet */
    uptr high; /* as far as memory was ever used */
    struct header *oldest, *newest; /* in quarantine */
    size_t waiting;                 /* bytes in it */
    struct header *again[CLASSES];  /* to be given out again, by class */
} heap, saved;

static int class_of(size_t size) { /* powers of two */
    return 64 - __builtin_clzll(size | 1);
}

static struct header *header_of(void *block) {
    return (struct header *)block - 1;
}

/* A block that waited long enough and is large enough, or NULL. */
static struct header *again(size_t size) {
    struct header **list = &heap.again[class_of(size)], *h = *list;
    if (!h || h->size < size)
        return NULL;
    *list = h->next;
    shadow_fresh((uptr)(h + 1), h->size);
    __builtin_memset(h + 1, 0, size);
    return h;
}

static void *allocate(size_t size, size_t alignment) {
    if (unlikely(!heap.top)) {
        map_memory(ARENA, arena_size);
        heap.top = ARENA;
    }
    if (size > arena_size / 2)
        return NULL;
    if (!size)
        size = 1;
    struct header *h = alignment <= 16 ? again(size) : NULL;
    if (!h) {
        uptr block = heap.top + sizeof *h;
        block = (block + alignment - 1) & ~(alignment - 1);
        uptr end = (block + size + 15) & ~(uptr)15;
        if (end > ARENA + arena_size)
            return NULL;
        h = (struct header *)block - 1;
        h->lead = (u16)((uptr)h - heap.top > 0xFFFF ? 0xFFFF : (uptr)h - heap.top);
        h->size = size;
        heap.top = end;
        if (end > heap.high)
            heap.high = end;
    }
    h->next = NULL;
    h->alloc_step = rt.active ? step_now() : 0;
    h->alloc_thread = rt.active ? rt.current->id : 0;
    h->free_step = 0;
    h->free_thread = 0;
    h->state = LIVE;
    return h + 1;
}

static void *or_errno(void *block) {
    if (!block)
        errno = ENOMEM;
    return block;
}

static void retire(struct header *h) {
    h->state = FREED;
    h->free_step = rt.active ? step_now() : 0;
    h->free_thread = rt.active ? rt.current->id : 0;
    h->next = NULL;
    if (heap.newest)
        heap.newest->next = h;
    else
        heap.oldest = h;
    heap.newest = h;
    heap.waiting += h->size;
    while (heap.oldest && heap.waiting > quarantine) {
        struct header *old = heap.oldest;
        heap.oldest = old->next;
        if (!heap.oldest)
            heap.newest = NULL;
        heap.waiting -= old->size;
        int class = class_of(old->size);
        old->next = heap.again[class];
        heap.again[class] = old;
    }
}

static void release(void *block, uptr pc) {
    if (!block)
        return;
    struct header *h = header_of(block);
    bool ours = (uptr)block > ARENA && (uptr)block < heap.top && !((uptr)block & 15);
    if (!rt.active) {
        if (ours && h->state == LIVE)
            retire(h);
        return;
    }
    bool event = instrumented(pc);
    if (event) {
        point_sync(EVENT_FREE, block, pc);
        ours = (uptr)block > ARENA && (uptr)block < heap.top && !((uptr)block & 15);
    }
    if (!ours || (h->state != LIVE && h->state != FREED))
        fail(FAILURE_BAD_FREE, (uptr)block, pc, NULL);
    if (h->state == FREED) {
        rt.failure.access = EVENT_FREE;
        rt.failure.other_access = EVENT_FREE;
        fail_with(FAILURE_DOUBLE_FREE, (uptr)block, pc, h->free_thread, h->free_step, NULL);
    }
    if (event)
        shadow_access((uptr)block, h->size, true, false, pc);
    retire(h);
    shadow_freed((uptr)block, h->size);
}

/* --- the functions ---------------------------------------------------------------------- */

static void allocated(void *block, size_t size, uptr pc) {
    if (rt.traced && rt.active && block && instrumented(pc))
        trace_event(EVENT_ALLOC, (uptr)block, (u32)size, pc);
}

EXPORT void *malloc(size_t size) {
    void *block = or_errno(allocate(size, 16));
    allocated(block, size, CALLER);
    return block;
}

EXPORT void *calloc(size_t count, size_t each) {
    size_t size;
    if (__builtin_mul_overflow(count, each, &size))
        return or_errno(NULL);
    void *block = or_errno(allocate(size, 16)); /* new memory is zero */
    allocated(block, size, CALLER);
    return block;
}

EXPORT void free(void *block) {
    release(block, CALLER);
}

EXPORT void cfree(void *block) {
    release(block, CALLER);
}

static void *resize(void *block, size_t size, uptr pc) {
    if (!block)
        return or_errno(allocate(size, 16));
    if (!size) {
        release(block, pc);
        return NULL;
    }
    struct header *h = header_of(block);
    if (rt.active && h->state == FREED) {
        release(block, pc); /* says that it is a double free */
        return NULL;
    }
    void *moved = or_errno(allocate(size, 16));
    if (!moved)
        return NULL;
    __builtin_memcpy(moved, block, h->size < size ? h->size : size);
    release(block, pc);
    return moved;
}

EXPORT void *realloc(void *block, size_t size) {
    return resize(block, size, CALLER);
}

EXPORT void *reallocarray(void *block, size_t count, size_t each) {
    size_t size;
    if (__builtin_mul_overflow(count, each, &size))
        return or_errno(NULL);
    return resize(block, size, CALLER);
}

static bool power_of_two(size_t n) {
    return n && !(n & (n - 1));
}

EXPORT int posix_memalign(void **block, size_t alignment, size_t size) {
    if (!power_of_two(alignment) || alignment % sizeof(void *))
        return EINVAL;
    void *got = allocate(size, alignment < 16 ? 16 : alignment);
    if (!got)
        return ENOMEM;
    *block = got;
    return 0;
}

EXPORT void *memalign(size_t alignment, size_t size) {
    while (!power_of_two(alignment))
        alignment += alignment & (0 - alignment) ? alignment & (0 - alignment) : 1;
    return or_errno(allocate(size, alignment < 16 ? 16 : alignment));
}

EXPORT void *aligned_alloc(size_t alignment, size_t size) {
    return memalign(alignment, size);
}

EXPORT void *valloc(size_t size) {
    return or_errno(allocate(size, 4096));
}

EXPORT void *pvalloc(size_t size) {
    return or_errno(allocate((size + 4095) & ~(size_t)4095, 4096));
}

EXPORT size_t malloc_usable_size(void *block) {
    return block ? header_of(block)->size : 0;
}

/* --- for snapshots and traces -------------------------------------------------------------- */

void heap_save(uptr *low, uptr *high) {
    saved = heap;
    *low = heap.top ? ARENA : 0;
    *high = heap.top;
}

void heap_restore(void) {
    uptr low = saved.top ? saved.top : ARENA, used = heap.top > low ? heap.top - low : 0;
    bool again_given_out = heap.waiting > saved.waiting + quarantine / 2;
    heap = saved;
    if (!used)
        return;
    if (used <= (4 << 20) && !again_given_out) {
        __builtin_memset((void *)low, 0, used);
        return;
    }
    uptr page = (low + 4095) & ~(uptr)4095;
    __builtin_memset((void *)low, 0, page - low);
    sys(SYS_madvise, page, used - (page - low) + 4095, MADV_DONTNEED);
}

u32 heap_blocks(struct block *to, u32 max) {
    u32 count = 0, kept = 0;
    for (int pass = 0; pass < 2; pass++) {
        u32 i = 0;
        for (uptr at = saved.top ? saved.top : ARENA; at < heap.top; i++) {
            struct header *h = (struct header *)at;
            while (h->state != LIVE && h->state != FREED && (uptr)h < heap.top)
                h++; /* over what alignment left empty */
            if ((uptr)h >= heap.top)
                break;
            if (pass == 1 && count - i <= max)
                to[count - i - 1] = (struct block){(uptr)(h + 1), h->size,         h->alloc_step,
                                                   h->free_step,  h->alloc_thread, h->free_thread},
                               kept++;
            at = ((uptr)(h + 1) + h->size + 15) & ~(uptr)15;
        }
        count = i;
    }
    return kept;
}
