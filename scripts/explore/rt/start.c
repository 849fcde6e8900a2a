/*
 * start.c - between the C library's start and the program's main.
 */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "fiber.h"
#include "server.h"
#include "shadow.h"
#include "snapshot.h"
#include "sys.h"
#include "weak.h"

typedef int main_function(int, char **, char **);

uptr main_sp;
static main_function *program_main;
static int argument_count;
static char **arguments, **environment;
static uptr text_low = ~(uptr)0, text_high;

bool instrumented(uptr pc) {
    return pc >= text_low && pc < text_high;
}

void cannot_start_threads_yet(void) {
    cannot("the program starts a thread before main: this is not covered");
}

void main_entry(void) {
    int status = program_main(argument_count, arguments, environment);
    end_of_process(status, (uptr)program_main + 1);
}

void flush_output(void) {
    typedef int flush(void *);
    REAL(flush *, "fflush");
    bool was_active = rt.active;
    rt.active = false;
    due_now();
    real(NULL);
    rt.active = was_active;
}

static int look_at_program(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size, (void)data;
    rt.channel->load_bias = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_LOAD || !(p->p_flags & PF_X))
            continue;
        uptr low = info->dlpi_addr + p->p_vaddr;
        if (low < text_low)
            text_low = low;
        if (low + p->p_memsz > text_high)
            text_high = low + p->p_memsz;
    }
    return 1; /* the first one is the program */
}

/* --- with a driver, and alone --------------------------------------------------------- */

static int parse_number(const char **text) {
    int n = 0;
    for (; **text >= '0' && **text <= '9'; ++*text)
        n = n * 10 + **text - '0';
    if (**text)
        ++*text;
    return n;
}

static void *map_shared(int fd, size_t size) {
    long at = sys(SYS_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (at < 0)
        cannot("the driver's memory cannot be had (error %d)", (int)-at);
    sys(SYS_close, fd);
    return (void *)at;
}

static void meet_driver(const char *where) {
    int memory = parse_number(&where), socket = parse_number(&where), seen = parse_number(&where);
    rt.channel = map_shared(memory, sizeof *rt.channel);
    rt.seen = map_shared(seen, sizeof *rt.seen);
    if (rt.channel->version != CHANNEL_VERSION || rt.channel->size != sizeof *rt.channel)
        cannot("this program was linked with another version: compile it anew");
    enum { AWAY = 1000 }; /* where no program looks for it */
    long moved = sys(SYS_fcntl, socket, F_DUPFD_CLOEXEC, AWAY);
    rt.socket = moved >= 0 ? (int)moved : socket;
    if (moved >= 0)
        sys(SYS_close, socket);
}

/* Run by hand: one schedule, like a program. */
static void be_alone(void) {
    rt.channel = map_memory(0, sizeof *rt.channel);
    rt.seen = map_memory(0, sizeof *rt.seen);
    rt.channel->request.steps_max = 0x7FFFFFFF;
    rt.alone = true;
}

void end_alone(void) {
    const struct failure *f = &rt.failure;
    static const char *const words[] = {
#define X(name, text) text,
        FAILURES(X)
#undef X
    };
    if (!f->kind)
        sys(SYS_exit_group, 0);
    if (f->kind == FAILURE_EXIT)
        sys(SYS_exit_group, f->value);
    if (f->kind == FAILURE_CRASH || f->kind == FAILURE_ABORT || f->kind == FAILURE_ASSERTION) {
        u64 action[4] = {0};
        sys(SYS_rt_sigaction, f->value, action, NULL, 8);
        sys(SYS_kill, sys(SYS_getpid, 0), f->value);
    }
    char line[300];
    int n = print_into(line, sizeof line, "explore: %s%s%s\n", words[f->kind],
                       f->words[0] ? ": " : "", f->words);
    sys(SYS_write, 2, line, n);
    sys(SYS_exit_group, 1);
    __builtin_unreachable();
}

enum { SERVER_STACK = 1 << 20, FIBERS_FIRST = 8 };

static int our_main(int count, char **vector, char **variables) {
    argument_count = count;
    arguments = vector;
    environment = variables;
    const char *where = getenv(CHANNEL_VARIABLE);
    if (where)
        meet_driver(where);
    else
        be_alone();
    unsetenv(CHANNEL_VARIABLE);
    dl_iterate_phdr(look_at_program, NULL);
    main_sp = (uptr)__builtin_frame_address(0) - 1024;
    rt.fibers = fibers_possible();
    rt.channel->fibers = rt.fibers;
    shadow_start();
    if (rt.channel->request.weak)
        weak_start();
    signals_start();
    u32 first = rt.channel->pool_first;
    fibers_make(first > FIBERS_FIRST ? (int)first : FIBERS_FIRST);
    keys_save();
    if (rt.alone) {
        run_alone();
    } else {
        snapshot_take((uptr)__builtin_frame_address(0) - 1024);
        threads[0].fs = tls_base();
        server_start((uptr)map_memory(0, SERVER_STACK) + SERVER_STACK, serve);
    }
    return 0;
}

EXPORT int __libc_start_main(main_function *main, int count, char **vector, void (*init)(void),
                             void (*fini)(void), void (*rtld_fini)(void), void *stack_end) {
    typedef int start(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void),
                      void *);
    program_main = main;
    start *real = (start *)real_function("__libc_start_main");
    return real(our_main, count, vector, init, fini, rtld_fini, stack_end);
}
