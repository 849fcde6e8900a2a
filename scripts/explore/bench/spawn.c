/*
 * spawn.c - how often a second a process can be started and waited for. What
 * bench-explore.sh compares schedules with.
 *
 * usage: spawn COUNT [PROGRAM ARG...]     without a program: children that end at once
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    long count = argc > 1 ? atol(argv[1]) : 0;
    if (count <= 0)
        return fprintf(stderr, "usage: spawn COUNT [PROGRAM ARG...]\n"), 2;
    double begin = now();
    for (long i = 0; i < count; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            if (argc == 2)
                _exit(0);
            dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
            execvp(argv[2], argv + 2);
            _exit(127);
        }
        int status = 0;
        if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
            return fprintf(stderr, "spawn: a child fails\n"), 1;
    }
    printf("%.0f\n", (double)count / (now() - begin));
    return 0;
}
