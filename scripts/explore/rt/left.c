/*
 * left.c - processes that a schedule left behind. They would go on beside all the schedules
 * to come, in real time, and thousands of schedules would fill the system with them.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "children.h"
#include "server.h"
#include "sys.h"

enum { TRIES = 1000 };

void left_begin(void) {
    sys(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1);
}

static void kill_all(void) {
    static long children[256];
    for (long n = children_of(0, children, 256); n > 0;)
        sys(SYS_kill, children[--n], SIGKILL);
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
