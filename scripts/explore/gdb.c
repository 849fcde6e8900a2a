/*
 * gdb.c - see gdb.h. The request is there before the program starts, so that it needs
 * nobody to talk to; the schedule is run in the program's own process, and the runtime
 * calls explore_switched() at each switch, where GDB stops.
 */
#include "gdb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <unistd.h>

static int memory(size_t size, void **at) {
    int fd = memfd_create("explore", 0);
    if (fd < 0 || ftruncate(fd, (off_t)size))
        stop(3, "no shared memory: %s", strerror(errno));
    *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (*at == MAP_FAILED)
        stop(3, "no shared memory: %s", strerror(errno));
    return fcntl(fd, F_DUPFD, 900);
}

static void fill(struct channel *c, const struct options *o, const struct schedule *s) {
    c->version = CHANNEL_VERSION;
    c->size = sizeof *c;
    struct request *q = &c->request;
    q->kind = REQUEST_REPLAY;
    q->reset = RESET_NONE;
    q->races = o->races;
    q->output = q->gdb = true;
    q->steps_max = s->steps_max;
    q->data_seed = s->data_seed;
    q->segment_count = s->count;
    q->kernel_threads = o->kernel_threads;
    q->weak = o->weak;
    memcpy(c->replay, s->segments, s->count * sizeof *s->segments);
}

/* What GDB does at each switch, and at the end: in frames of the program, not of ours. A
 * script, because -ex takes no command of several lines. */
static const char script[] =
    "set startup-with-shell off\n"
    "set breakpoint pending on\n"
    "define explore_here\n"
    "python\n"
    "f = gdb.newest_frame()\n"
    "def outside(f):\n"
    "    s = f.find_sal().symtab\n"
    "    return not s or 'scripts/explore/rt/' in s.filename\n"
    "while f.older() and outside(f):\n"
    "    f = f.older()\n"
    "f.select()\n"
    "end\n"
    "frame\n"
    "end\n"
    "break explore_switched\n"
    "commands\n"
    "silent\n"
    "printf \"-- here %s\\n\", explore_switch_words\n"
    "explore_here\n"
    "end\n"
    "break schedule_over\n"
    "commands\n"
    "silent\n"
    "printf \"-- here the schedule ends\\n\"\n"
    "explore_here\n"
    "end\n";

static int script_in_memory(void) {
    int fd = memfd_create("explore-gdb", 0);
    if (fd < 0 || write(fd, script, sizeof script - 1) != (ssize_t)sizeof script - 1)
        stop(3, "no memory for GDB's script: %s", strerror(errno));
    return fd;
}

void replay_in_gdb(const struct options *o, const struct schedule *s) {
    void *channel, *seen;
    int pair[2], fd = memory(sizeof(struct channel), &channel);
    int seen_fd = memory(sizeof(struct seen), &seen);
    fill(channel, o, s);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || write(pair[0], "", 1) != 1)
        stop(3, "no socket: %s", strerror(errno));
    char where[100], source[50];
    snprintf(where, sizeof where, "set environment " CHANNEL_VARIABLE " %d,%d,%d", fd,
             fcntl(pair[1], F_DUPFD, 900), seen_fd);
    snprintf(source, sizeof source, "/proc/self/fd/%d", script_in_memory());
    personality(ADDR_NO_RANDOMIZE);
    size_t n = 0;
    while (o->program[n])
        n++;
    const char *head[] = {"gdb", "-q", "-nx", "-x", source, "-ex", where, "-ex", "run", "--args"};
    size_t heads = sizeof head / sizeof *head;
    const char **all = calloc(heads + n + 1, sizeof *all);
    if (!all)
        stop(3, "out of memory");
    memcpy(all, head, sizeof head);
    for (size_t i = 0; i < n; i++)
        all[heads + i] = o->program[i];
    execvp("gdb", (char **)(uintptr_t)all);
    stop(3, "cannot start gdb: %s: sh scripts/setup.sh installs it", strerror(errno));
}
