/*
 * child.c - see child.h.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t asked_to_stop;

static void on_signal(int sig) {
    asked_to_stop = sig;
}

void child_setup(void) {
    struct sigaction sa = {.sa_handler = on_signal}; /* no SA_RESTART: poll returns */
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGHUP, &sa, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- in the child -------------------------------------------------------- */

/* Sent up a close-on-exec pipe: silence means that exec went well. */
struct news {
    bool randomized;
    int error;
};

static _Noreturn void become(const struct child_plan *plan, int out, int err, int tell) {
    struct news news = {0};
    setpgid(0, 0);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);

    struct rlimit core;
    if (getrlimit(RLIMIT_CORE, &core) == 0) {
        core.rlim_cur = plan->no_core ? 0 : core.rlim_max;
        setrlimit(RLIMIT_CORE, &core);
    }
    if (plan->memory_mb) {
        rlim_t most = (rlim_t)plan->memory_mb << 20;
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){most, most});
    }
    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);

    if (plan->fixed_addresses && personality(ADDR_NO_RANDOMIZE) == -1) {
        news.randomized = true;
        if (write(tell, &news, sizeof news) < 0)
            _exit(127);
    }
    execvp(plan->argv[0], plan->argv);
    news.error = errno;
    if (write(tell, &news, sizeof news) < 0)
        _exit(127);
    _exit(127);
}

/* --- in the parent ------------------------------------------------------- */

static void copy_some(int from, int to, size_t *kept) {
    char buffer[65536];
    ssize_t n;
    while ((n = read(from, buffer, sizeof buffer)) > 0) {
        size_t room = CHILD_OUTPUT_MAX - *kept, use = (size_t)n < room ? (size_t)n : room;
        ssize_t written = use ? write(to, buffer, use) : 0;
        if (written > 0)
            *kept += (size_t)written;
        if ((size_t)n < sizeof buffer)
            return;
    }
}

/* What the child left behind is ours now (subreaper): its group is dead, those
 * who left the group are listed here by the kernel. */
static void kill_leftovers(void) {
    for (int tries = 0; tries < 100; tries++) {
        FILE *f = fopen("/proc/thread-self/children", "re");
        int pid, any = 0;
        while (f && fscanf(f, "%d", &pid) == 1) {
            kill(pid, SIGKILL);
            any = 1;
        }
        if (f)
            fclose(f);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (!any)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

/* Bytes that pid and its descendants have in memory. What two of them share counts twice:
 * it is a bound to stop a runaway by, and no measurement. */
static size_t memory_of(pid_t pid, int depth) {
    char path[64];
    size_t pages = 0, sum = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *f = fopen(path, "re");
    if (f && fscanf(f, "%*u %zu", &pages) == 1)
        sum = pages * (size_t)sysconf(_SC_PAGESIZE);
    if (f)
        fclose(f);
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    f = depth < 8 ? fopen(path, "re") : NULL;
    int child;
    while (f && fscanf(f, "%d", &child) == 1)
        sum += memory_of(child, depth + 1);
    if (f)
        fclose(f);
    return sum;
}

/* Waits for pid with its output copied meanwhile. Fills how, value. */
static void watch(pid_t pid, const struct child_plan *plan, int from[2], int to[2],
                  struct child_end *end) {
    double begin = now(), limit = begin + plan->timeout;
    bool late = false, killed = false, greedy = false;
    size_t kept[2] = {0, 0};
    int status = 0, stop = 0;
    struct pollfd fds[2] = {{.fd = from[0], .events = POLLIN}, {.fd = from[1], .events = POLLIN}};
    for (;;) {
        pid_t got = waitpid(pid, &status, WNOHANG);
        poll(fds, 2, got == pid ? 0 : 5);
        for (int i = 0; i < 2; i++)
            if (fds[i].fd >= 0 && fds[i].revents) {
                copy_some(fds[i].fd, to[i], &kept[i]);
                if (fds[i].revents & POLLHUP && !(fds[i].revents & POLLIN))
                    fds[i].fd = -1;
            }
        if (got == pid)
            break;
        if (asked_to_stop && !stop) {
            stop = asked_to_stop;
            limit = now();
        }
        if (plan->memory_mb && !greedy && memory_of(pid, 0) >> 20 > (size_t)plan->memory_mb) {
            greedy = killed = true;
            kill(-pid, SIGKILL);
        }
        if (!late && now() >= limit) {
            late = true;
            kill(-pid, SIGTERM);
        }
        if (!killed && now() >= limit + 1) {
            killed = true;
            kill(-pid, SIGKILL);
        }
    }
    end->seconds = now() - begin;
    end->how = stop                  ? CHILD_STOPPED
               : greedy              ? CHILD_GREEDY
               : late                ? CHILD_TIMEOUT
               : WIFSIGNALED(status) ? CHILD_SIGNAL
                                     : CHILD_EXIT;
    end->value = stop                  ? stop
                 : greedy              ? (int)plan->memory_mb
                 : WIFSIGNALED(status) ? WTERMSIG(status)
                                       : WEXITSTATUS(status);
    kill(-pid, SIGKILL);
    kill_leftovers();
    for (int i = 0; i < 2; i++)
        if (fds[i].fd >= 0)
            copy_some(fds[i].fd, to[i], &kept[i]);
}

static struct child_end cannot(const char *what) {
    return (struct child_end){.how = CHILD_CANNOT, .value = errno, .cannot = what};
}

static int make_file(const char *path) {
    return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

static void close_all(const int *fds, int n) {
    for (int i = 0; i < n; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

struct child_end child_run(const struct child_plan *plan) {
    /* 0,1 stdout pipe   2,3 stderr pipe   4,5 news pipe   6 output   7 errors */
    int fd[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
    struct child_end end;
    fd[6] = make_file(plan->output);
    if (fd[6] >= 0 && plan->errors)
        fd[7] = make_file(plan->errors);
    if (fd[6] < 0 || (plan->errors && fd[7] < 0)) {
        end = cannot("write the output");
    } else if (pipe2(fd, O_CLOEXEC | O_NONBLOCK) || pipe2(fd + 2, O_CLOEXEC | O_NONBLOCK)
               || pipe2(fd + 4, O_CLOEXEC)) {
        end = cannot("make a pipe");
    } else {
        /* the child's ends block as usual */
        fcntl(fd[1], F_SETFL, 0);
        fcntl(fd[3], F_SETFL, 0);
        pid_t pid = fork();
        if (pid == 0)
            become(plan, fd[1], plan->errors ? fd[3] : fd[1], fd[5]);
        if (pid < 0) {
            end = cannot("fork");
        } else {
            setpgid(pid, pid);
            close_all((int[]){fd[1], fd[3], fd[5]}, 3);
            fd[1] = fd[3] = fd[5] = -1;
            struct news news = {0}, last = {0};
            bool randomized = false;
            while (read(fd[4], &news, sizeof news) == sizeof news) {
                last = news;
                randomized |= news.randomized;
            }
            if (last.error) {
                waitpid(pid, NULL, 0);
                errno = last.error;
                end = cannot("start");
            } else {
                end = (struct child_end){.pid = pid, .randomized = randomized};
                watch(pid, plan, (int[]){fd[0], fd[2]}, (int[]){fd[6], fd[7]}, &end);
            }
        }
    }
    close_all(fd, 8);
    return end;
}
