/*
 * team_watch.c - tells a team that is stuck from one that is merely slow.
 *
 * The main thread looks at its members every tick while a round lasts. They are
 * stuck when for `patience` seconds nobody began or ended an operation although
 * they could have: either all who still work are asleep (they wait for one
 * another: deadlock), or the process did burn processor time (an operation that
 * never ends, as in a corrupted chain). A program that the machine does not let
 * run does neither, so a busy machine raises no alarm.
 */
#include "team_internal.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t all_steps(void) {
    uint64_t sum = 0;
    for (int i = 1; i < team.count; i++)
        sum += atomic_load_explicit(&team.members[i].steps, memory_order_relaxed);
    return sum;
}

/* The state letter of one thread, third field of its stat file (proc(5)): 'S'
 * is asleep. The second field, its name in brackets, may hold anything. */
static char thread_state(int tid) {
    char path[64], text[128] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return '?';
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    const char *after_name = n > 0 ? strrchr(text, ')') : NULL;
    return after_name && after_name[1] ? after_name[2] : '?';
}

bool team_asleep(const struct team_member *t) {
    return thread_state(atomic_load_explicit(&t->tid, memory_order_relaxed)) == 'S';
}

static bool all_asleep(void) {
    for (int i = 1; i < team.count; i++) {
        const struct team_member *t = &team.members[i];
        if (atomic_load_explicit(&t->working, memory_order_relaxed) && !team_asleep(t))
            return false;
    }
    return true;
}

void team_watch_start(struct team_watch *w, double patience) {
    *w = (struct team_watch){.patience = patience, .steps = all_steps(), .cpu = cpu_seconds()};
}

const char *team_watch_look(struct team_watch *w) {
    double tick = TEAM_TICK_MS / 1e3;
    uint64_t steps = all_steps();
    double cpu = cpu_seconds(), burned = cpu - w->cpu;
    bool asleep = all_asleep();

    if (steps != w->steps)
        w->idle = 0;
    else if (asleep || burned >= tick / 2)
        w->idle += tick;
    w->steps = steps;
    w->cpu = cpu;
    if (w->idle < w->patience)
        return NULL;
    return asleep ? "all threads wait for one another: deadlock"
                  : "no operation ends any more: endless loop";
}
