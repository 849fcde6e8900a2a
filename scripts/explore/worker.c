/*
 * worker.c - see worker.h.
 */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONSTRUCTORS_SECONDS = 10 };
volatile int worker_stop_signal;
double worker_deadline = INFINITY;
struct seen *workers_seen;
static int seen_fd = -1;

double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

bool worker_late(void) {
    return now() >= worker_deadline;
}

static double earlier(double a, double b) {
    return a < b ? a : b;
}

static void on_signal(int sig) {
    worker_stop_signal = sig;
}

static void *shared_memory(const char *name, size_t size, int *fd) {
    *fd = memfd_create(name, MFD_CLOEXEC);
    if (*fd < 0 || ftruncate(*fd, (off_t)size))
        stop(3, "no shared memory: %s", strerror(errno));
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, *fd, 0);
    if (p == MAP_FAILED)
        stop(3, "no shared memory: %s", strerror(errno));
    return p;
}

void workers_setup(void) {
    struct sigaction sa = {.sa_handler = on_signal}; /* no SA_RESTART: poll returns */
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sigaction(SIGHUP, &sa, NULL);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    workers_seen = shared_memory("explore-seen", sizeof *workers_seen, &seen_fd);
}

static pid_t alive[64]; /* workers */

static bool is_alive(pid_t pid) {
    for (size_t i = 0; i < sizeof alive / sizeof *alive; i++)
        if (alive[i] == pid)
            return true;
    return false;
}

static void set_alive(pid_t from, pid_t to) {
    for (size_t i = 0; i < sizeof alive / sizeof *alive; i++)
        if (alive[i] == from) {
            alive[i] = to;
            return;
        }
}

static _Noreturn void become(const struct options *o, int out, int memory, int socket, int tell,
                             pid_t driver) {
    char where[80];
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != driver)
        _exit(127);
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (out < 0)
        out = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    struct rlimit none = {0};
    if (getrlimit(RLIMIT_CORE, &none) == 0) {
        none.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &none);
    }
    for (int sig = 1; sig < NSIG; sig++)
        signal(sig, SIG_DFL);
    sigset_t empty;
    sigemptyset(&empty);
    sigprocmask(SIG_SETMASK, &empty, NULL);
    if (!o->randomized)
        personality(ADDR_NO_RANDOMIZE); /* where it is forbidden, we do without */
    int seen = fcntl(seen_fd, F_DUPFD, 900);
    memory = fcntl(memory, F_DUPFD, 900);
    socket = fcntl(socket, F_DUPFD, 900);
    snprintf(where, sizeof where, "%d,%d,%d", memory, socket, seen);
    setenv(CHANNEL_VARIABLE, where, 1);
    execvp(o->program[0], o->program);
    int error = errno;
    if (write(tell, &error, sizeof error) < 0)
        _exit(127);
    _exit(127);
}

static uint32_t pool_known; /* of stacks: as many as a worker so far needed */

void worker_start(struct worker *w, const struct options *o, bool output) {
    int memory, pair[2], news[2], said[2] = {-1, -1}, error;
    *w = (struct worker){
        .channel_size = sizeof(struct channel), .program = o->program[0], .output = -1};
    w->channel = shared_memory("explore-channel", sizeof *w->channel, &memory);
    w->channel->version = CHANNEL_VERSION;
    w->channel->size = sizeof *w->channel;
    w->channel->request.kernel_threads = o->kernel_threads;
    w->channel->request.weak = o->weak;
    w->channel->pool_first = pool_known;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) || pipe2(news, O_CLOEXEC))
        stop(3, "no socket: %s", strerror(errno));
    if (output
        && (pipe2(said, O_CLOEXEC) || fcntl(said[0], F_SETFL, O_NONBLOCK)
            || !(w->kept = calloc(1, OUTPUT_MAX + 1))))
        stop(3, "no pipe: %s", strerror(errno));
    w->output = said[0];
    pid_t driver = getpid();
    w->pid = fork();
    if (w->pid < 0)
        stop(3, "cannot fork: %s", strerror(errno));
    if (w->pid == 0)
        become(o, said[1], memory, pair[1], news[1], driver);
    setpgid(w->pid, w->pid);
    close(pair[1]);
    close(news[1]);
    close(memory);
    if (output)
        close(said[1]);
    w->socket = pair[0];
    bool failed = read(news[0], &error, sizeof error) == (ssize_t)sizeof error;
    close(news[0]);
    if (failed) {
        waitpid(w->pid, NULL, 0);
        stop(2, "cannot start %s: %s", o->program[0], strerror(error));
    }
    set_alive(0, w->pid);
}

void worker_meet(struct worker *w) {
    char byte;
    struct pollfd fd = {.fd = w->socket, .events = POLLIN};
    if (w->met || w->dead)
        return;
    w->met = true;
    /* constructors of the program may take their time */
    double until = earlier(now() + CONSTRUCTORS_SECONDS, worker_deadline);
    while (poll(&fd, 1, 20) <= 0)
        if (now() > until || worker_stop_signal) {
            w->late = true;
            break;
        }
    w->dead = w->late || read(w->socket, &byte, 1) != 1;
}

void worker_ask(struct worker *w, enum request_kind kind) {
    worker_meet(w);
    w->channel->request.kind = kind;
    w->busy = true;
    w->beat = w->channel->beat;
    w->beat_at = now();
    if (!w->dead && write(w->socket, "", 1) != 1)
        w->dead = true;
}

/* Keeps the first of what it wrote, and lets it write on. */
static void drain(struct worker *w) {
    char rest[16384];
    for (int i = 0; i < 64; i++) { /* an endless flood is no reason to stay here */
        size_t room = OUTPUT_MAX - w->kept_size;
        ssize_t n = room ? read(w->output, w->kept + w->kept_size, room)
                         : read(w->output, rest, sizeof rest);
        if (n <= 0) {
            if (n == 0 || errno != EAGAIN) {
                close(w->output);
                w->output = -1;
            }
            return;
        }
        w->kept_size += room ? (size_t)n : 0;
    }
}

char *worker_said(struct worker *w) {
    char *text = w->kept;
    if (w->output >= 0)
        drain(w);
    w->kept = NULL;
    if (text && !*text) {
        free(text);
        text = NULL;
    }
    return text;
}

int worker_wait(struct worker *workers, int n, double seconds) {
    struct pollfd fds[65];
    for (int i = 0; i < n; i++) {
        if (workers[i].busy && workers[i].dead) {
            workers[i].busy = false;
            return i;
        }
        fds[i] = (struct pollfd){.fd = workers[i].busy ? workers[i].socket : -1, .events = POLLIN};
    }
    fds[n] = (struct pollfd){.fd = workers->output, .events = POLLIN}; /* who has one is alone */
    if (poll(fds, (nfds_t)n + 1, seconds > 0 ? (int)(seconds * 1000) + 1 : 0) <= 0)
        return -1;
    if (fds[n].revents)
        drain(workers);
    for (int i = 0; i < n; i++) {
        if (!fds[i].revents)
            continue;
        char byte;
        workers[i].busy = false;
        workers[i].dead = read(workers[i].socket, &byte, 1) != 1;
        return i;
    }
    return -1;
}

bool worker_do(struct worker *w, enum request_kind kind, double seconds) {
    worker_ask(w, kind);
    double until = earlier(now() + seconds, worker_deadline);
    while (worker_wait(w, 1, until - now()) < 0)
        if (now() >= until || worker_stop_signal) {
            kill(-w->pid, SIGKILL);
            w->dead = w->late = true;
            return false;
        }
    return !w->dead;
}

/* What outlived its parent was given to us by the kernel, as its subreaper: all of our
 * children that are no workers, nor in the group of one. */
static void kill_strays(void) {
    for (int tries = 0; tries < 100; tries++) {
        FILE *f = fopen("/proc/thread-self/children", "re");
        int pid, any = 0;
        while (f && fscanf(f, "%d", &pid) == 1)
            if (!is_alive(pid) && !is_alive(getpgid(pid))) {
                kill(pid, SIGKILL);
                waitpid(pid, NULL, WNOHANG);
                any = 1;
            }
        if (f)
            fclose(f);
        if (!any)
            return;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

void worker_end(struct worker *w, bool keep_channel) {
    if (!w->pid)
        return;
    if (w->channel->pool_made > pool_known)
        pool_known = w->channel->pool_made;
    kill(-w->pid, SIGKILL);
    kill(w->pid, SIGKILL);
    waitpid(w->pid, NULL, 0);
    set_alive(w->pid, 0);
    kill_strays();
    close(w->socket);
    if (w->output >= 0)
        close(w->output);
    free(w->kept);
    w->kept = NULL;
    if (!keep_channel)
        munmap(w->channel, w->channel_size);
    w->pid = 0;
}
