/*
 * fiber.c - see fiber.h.
 */
#include "fiber.h"

#include <dlfcn.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "sys.h"

/* Stacks lie at fixed addresses, 16 MiB apart, with a page below that nobody may touch:
 * so that what a program makes of addresses is the same in every process. */
#define STACKS ((uptr)0x200600000000)
enum { STACK_SIZE = 8 << 20, STACK_STRIDE = 16 << 20, POOL_MAX = 1000 };

struct lent {
    pthread_t thread; /* fibers: who lends its control block */
    uptr low, top;    /* of the stack; top: below what the sleeper uses */
};
static struct lent pool[POOL_MAX];
static int used; /* of the pool, in this schedule */

static void block_signals(sigset_t *old) {
    u64 all = ~(u64)0;
    sys(SYS_rt_sigprocmask, SIG_BLOCK, &all, old, 8);
}

static void restore_signals(const sigset_t *old) {
    sys(SYS_rt_sigprocmask, SIG_SETMASK, old, NULL, 8);
}

static void futex_wait(int *word) {
    while (!__atomic_load_n(word, __ATOMIC_ACQUIRE))
        sys(SYS_futex, word, FUTEX_WAIT_PRIVATE, 0, NULL);
    __atomic_store_n(word, 0, __ATOMIC_RELAXED);
}

static void futex_wake(int *word) {
    __atomic_store_n(word, 1, __ATOMIC_RELEASE);
    sys(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1);
}

static void real_create(pthread_t *thread, struct lent *l, void *(*start)(void *), void *argument) {
    typedef int create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    REAL(create *, "pthread_create");
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, (void *)l->low, STACK_SIZE);
    sigset_t old;
    block_signals(&old);
    int error = real(thread, &attributes, start, argument);
    restore_signals(&old);
    if (error)
        cannot("a thread cannot be made (error %d): are there too many processes?", error);
}

/* --- x86-64: switching in user space ---------------------------------------------------- */

#ifdef __x86_64__

/* Callee-saved registers and the floating point control words go on the stack that is
 * left; the thread control block is exchanged with the stack. The control words are nearly
 * always the same, and to load them takes longer than to compare. */
void explore_swap(uptr *save, uptr sp, uptr fs) __attribute__((visibility("hidden")));
__asm__(
    ".text\n"
    ".globl explore_swap\n"
    ".hidden explore_swap\n"
    ".type explore_swap, @function\n"
    "explore_swap:\n"
    "    pushq %rbp\n"
    "    pushq %rbx\n"
    "    pushq %r12\n"
    "    pushq %r13\n"
    "    pushq %r14\n"
    "    pushq %r15\n"
    "    subq $8, %rsp\n"
    "    stmxcsr (%rsp)\n"
    "    fnstcw 4(%rsp)\n"
    "    movq %rsp, (%rdi)\n"
    "    movq %rsp, %rax\n"
    "    movq %rsi, %rsp\n"
    "    wrfsbase %rdx\n"
    "    movl (%rax), %ecx\n"
    "    cmpl (%rsp), %ecx\n"
    "    jne 1f\n"
    "    movzwl 4(%rax), %ecx\n"
    "    cmpw 4(%rsp), %cx\n"
    "    jne 1f\n"
    "2:\n"
    "    addq $8, %rsp\n"
    "    popq %r15\n"
    "    popq %r14\n"
    "    popq %r13\n"
    "    popq %r12\n"
    "    popq %rbx\n"
    "    popq %rbp\n"
    "    ret\n"
    "1:  fldcw 4(%rsp)\n"
    "    ldmxcsr (%rsp)\n"
    "    jmp 2b\n"
    ".size explore_swap, . - explore_swap\n");

bool fibers_possible(void) {
    enum { HWCAP2_FSGSBASE = 1 << 1 }; /* asm/hwcap2.h; Linux 5.9 */
    return getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE && !rt.channel->request.kernel_threads;
}

uptr tls_base(void) {
    uptr base;
    __asm__ volatile("rdfsbase %0" : "=r"(base));
    return base;
}

/* A stack on which explore_swap() finds a call of `function`. */
static uptr prepared(uptr top, void (*function)(void)) {
    uptr *sp = (uptr *)(top & ~(uptr)15);
    *--sp = 0; /* where `function` would return to: the end for unwinders */
    *--sp = (uptr)function;
    for (int i = 0; i < 6; i++)
        *--sp = 0;
    *--sp = 0;
    __asm__ volatile("stmxcsr (%0)\n\tfnstcw 4(%0)" : : "r"(sp) : "memory");
    return (uptr)sp;
}

static struct { uptr sp, fs; } server;

void server_run(uptr sp, void (*function)(void)) {
    if (!rt.fibers) {
        function();
        return;
    }
    server.fs = tls_base();
    explore_swap(&server.sp, prepared(sp, function), threads[0].fs);
}

void server_start(uptr top, void (*function)(void)) {
    uptr nobody;
    if (rt.fibers)
        explore_swap(&nobody, prepared(top, function), tls_base());
    function();
    __builtin_unreachable();
}

void server_resume(void) {
    uptr nobody;
    explore_swap(&nobody, server.sp, server.fs);
    __builtin_unreachable();
}

#else

bool fibers_possible(void) {
    return false;
}
uptr tls_base(void) {
    return 0;
}
void server_run(uptr sp, void (*function)(void)) {
    (void)sp, function();
}
void server_start(uptr top, void (*function)(void)) {
    (void)top, function();
    __builtin_unreachable();
}
void server_resume(void) {
    sys(SYS_exit_group, 0);
    __builtin_unreachable();
}
static uptr prepared(uptr top, void (*function)(void)) {
    return (void)function, top;
}
static void explore_swap(uptr *save, uptr sp, uptr fs) {
    (void)save, (void)sp, (void)fs;
}

#endif

/* --- thread-local storage ------------------------------------------------------------------ */

/* Static TLS lies below the control block (psABI, "variant II"); glibc tells both sizes
 * to debuggers and sanitizers. */
static size_t block_size, static_size;

static void learn_sizes(void) {
    typedef void info(size_t *, size_t *);
    info *get = (info *)real_function("_dl_get_tls_static_info");
    const u32 *size = dlsym(RTLD_NEXT, "_thread_db_sizeof_pthread");
    size_t alignment;
    if (!size)
        cannot("the C library has no _thread_db_sizeof_pthread");
    get(&static_size, &alignment);
    block_size = *size;
}

uptr tls_high(uptr base) {
    if (!block_size)
        learn_sizes();
    return base + block_size;
}

uptr tls_low(uptr base) {
    return tls_high(base) - static_size;
}

/* --- the pool --------------------------------------------------------------------------------- */

static int awake; /* set by a sleeper when it has said where its stack is free */

static void *sleep_for_good(void *argument) {
    struct lent *l = argument;
    l->top = (uptr)__builtin_frame_address(0) - 4096;
    futex_wake(&awake);
    for (;;)
        sys(SYS_ppoll, NULL, 0, NULL, NULL, 8);
    return NULL;
}

void fibers_make(int count) {
    if (count > POOL_MAX)
        count = POOL_MAX;
    for (; rt.pool_count < count; rt.pool_count++) {
        struct lent *l = &pool[rt.pool_count];
        l->low = (uptr)map_memory(STACKS + (uptr)rt.pool_count * STACK_STRIDE, STACK_SIZE);
        sys(SYS_mprotect, l->low, 4096, PROT_NONE);
        if (rt.fibers) {
            real_create(&l->thread, l, sleep_for_good, l);
            futex_wait(&awake);
        }
    }
    rt.channel->pool_made = (u32)rt.pool_count;
}

void fiber_main(void) {
    used = 0;
    threads[0].fs = tls_base();
    threads[0].handle = (uptr)pthread_self();
    threads[0].pool = -1;
}

static void *begin_for_real(void *argument) {
    struct thread *t = argument;
    futex_wait(&t->futex);
    thread_main();
}

bool fiber_create(struct thread *t) {
    if (used == rt.pool_count) {
        rt.pool_wanted = rt.pool_count * 2;
        return false;
    }
    struct lent *l = &pool[used];
    t->pool = used++;
    t->futex = 0;
    if (!rt.fibers) {
        pthread_t thread;
        real_create(&thread, l, begin_for_real, t);
        t->handle = (uptr)thread;
        return true;
    }
    t->handle = (uptr)l->thread;
    t->fs = (uptr)l->thread;
    t->sp = prepared(l->top, thread_main);
    return true;
}

void fiber_switch(struct thread *from, struct thread *to) {
    if (rt.fibers) {
        explore_swap(&from->sp, to->sp, to->fs);
        return;
    }
    futex_wake(&to->futex);
    for (;;) {
        futex_wait(&from->futex);
        if (from->state != THREAD_FINISHED)
            return;
    }
}

int fibers_used(void) {
    return used;
}

void fiber_memory(int i, struct thread_memory *memory) {
    const struct lent *l = &pool[i];
    memory->stack_low = l->low;
    memory->stack_high = l->low + STACK_SIZE;
    memory->tls_low = rt.fibers ? tls_low((uptr)l->thread) : 0;
    memory->tls_high = rt.fibers ? tls_high((uptr)l->thread) : 0;
}
