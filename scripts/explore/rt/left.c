/*
 * left.c - processes that a schedule left behind. They would go on beside all the schedules
 * to come, in real time, and thousands of schedules would fill the system with them.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "server.h"
#include "sys.h"

enum { TRIES = 1000 };

void left_begin(void) {
    sys(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1);
}

/* All those in the kernel's list of our children: "17 23 ". */
static void kill_all(void) {
    static char list[4096];
    long fd = sys(SYS_openat, -100, (uptr) "/proc/thread-self/children", 0);
    long n = fd < 0 ? 0 : sys(SYS_read, fd, list, sizeof list), pid = 0;
    sys(SYS_close, fd);
    for (long i = 0; i < n; i++) {
        if (list[i] >= '0' && list[i] <= '9') {
            pid = pid * 10 + (list[i] - '0');
        } else if (pid) {
            sys(SYS_kill, pid, SIGKILL);
            pid = 0;
        }
    }
}

void left_kill(void) {
    for (int tries = 0; tries < TRIES; tries++) { /* whoever is killed leaves us his children */
        long n;
        while ((n = sys(SYS_wait4, -1, NULL, WNOHANG | __WALL, NULL)) > 0)
            ;
        if (n < 0)
            return; /* nobody */
        kill_all();
        sys(SYS_sched_yield, 0);
    }
}
