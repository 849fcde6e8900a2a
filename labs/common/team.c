/*
 * team.c - see team.h. How a round goes:
 *
 *     main                         every member
 *     setup()
 *     barrier  ------------------  barrier          all start at once
 *     wait until nobody is left    work(me)
 *       and look every tick        one less is left (under the lock)
 *     check()
 *
 * Everything here is ordered by the barrier and the lock, and clean under every
 * detector: what they report in a lab is the lab's.
 */
#include "team.h"

#include <errno.h>
#include <math.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <valgrind/helgrind.h>

#include "size.h"
#include "team_internal.h"

struct team team;

static struct {
    pthread_barrier_t start;
    pthread_mutex_t lock;
    int left;    /* members still at work; guarded by lock */
    sem_t ended; /* posted when left becomes 0, to wake main; orders nothing */
    bool over;   /* written by main before the barrier, read after it */
} run = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- members ------------------------------------------------------------- */

static void introduce(struct team_member *t) {
    team_report_self(t);
    atomic_store_explicit(&t->tid, gettid(), memory_order_relaxed);
}

static void *member(void *arg) {
    struct team_member *t = arg;
    introduce(t);
    for (;;) {
        pthread_barrier_wait(&run.start);
        if (run.over)
            return NULL;
        atomic_store_explicit(&t->working, 1, memory_order_relaxed);
        t->work(t->me);
        atomic_store_explicit(&t->finished, team.round, memory_order_relaxed);
        atomic_store_explicit(&t->working, 0, memory_order_relaxed);
        pthread_mutex_lock(&run.lock);
        bool last = --run.left == 0;
        pthread_mutex_unlock(&run.lock);
        if (last)
            sem_post(&run.ended);
    }
}

static void enlist(const struct team_plan *plan) {
    struct team_member *t = team.members;
    *t++ = (struct team_member){.name = "main", .role = "main"};
    introduce(team.members);
    for (const struct team_role *r = plan->roles; r < plan->roles + TEAM_ROLES && r->work; r++)
        for (int i = 0; i < r->count; i++, t++) {
            *t = (struct team_member){.role = r->role, .work = r->work, .me = i};
            if (r->count > 1)
                snprintf(t->name, sizeof t->name, "%.11s %d", r->role, i + 1);
            else
                snprintf(t->name, sizeof t->name, "%.11s", r->role);
        }
    team.count = (int)(t - team.members);

    /* Looked at by others on purpose and without order, by atomics: Helgrind
     * and DRD cannot see that plain machine loads are meant to be that. */
    VALGRIND_HG_DISABLE_CHECKING(&team, sizeof team);

    pthread_barrier_init(&run.start, NULL, (unsigned)team.count);
    for (int i = 1; i < team.count; i++) {
        int error = pthread_create(&team.members[i].thread, NULL, member, &team.members[i]);
        if (error) {
            fprintf(stderr, "team: cannot start thread %d: %s\n", i, strerror(error));
            exit(3);
        }
        pthread_setname_np(team.members[i].thread, team.members[i].name);
    }
}

/* --- rounds -------------------------------------------------------------- */

static double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Waits a tick, or less: true when the round has ended. (A semaphore, because
 * Helgrind 3.19 raises a false alarm inside glibc's pthread_cond_timedwait; the
 * lock, because it is what orders the members' work before main's check.) */
static bool round_ended(void) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TEAM_TICK_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    if (sem_timedwait(&run.ended, &until))
        return false;
    pthread_mutex_lock(&run.lock);
    bool ended = run.left == 0;
    pthread_mutex_unlock(&run.lock);
    return ended;
}

static void play_round(const struct team_plan *plan, double patience) {
    team.round++;
    if (plan->setup)
        plan->setup();
    run.left = team.count - 1; /* nobody is out there yet: no lock needed */
    pthread_barrier_wait(&run.start);

    struct team_watch watch;
    team_watch_start(&watch, patience);
    while (!round_ended()) {
        const char *stuck = team_watch_look(&watch);
        if (stuck)
            team_fatal(stuck, 0);
    }
    if (plan->check)
        plan->check();
}

/* A non-negative number from the environment, or what is usual. */
static double setting(const char *name, double usual) {
    const char *text = getenv(name);
    if (!text || !*text)
        return usual;
    char *end;
    double value = strtod(text, &end);
    if (!*end && value >= 0 && isfinite(value))
        return value;
    fprintf(stderr, "team: %s=%s is not a number of 0 or more\n", name, text);
    exit(2);
}

int team_run(const struct team_plan *plan) {
    double seconds = setting("TEAM_SECONDS", 0.8), patience = setting("TEAM_PATIENCE", 0.5);
    long rounds = (long)setting("TEAM_ROUNDS", SIZE(0, 1));

    sem_init(&run.ended, 0, 0);
    enlist(plan);

    double begin = seconds_now();
    do
        play_round(plan, patience);
    while (rounds ? team.round < rounds : seconds_now() - begin < seconds);

    run.over = true;
    pthread_barrier_wait(&run.start);
    for (int i = 1; i < team.count; i++)
        pthread_join(team.members[i].thread, NULL);
    printf("ok: %ld rounds in %.2f s, every check passed\n", team.round, seconds_now() - begin);
    return 0;
}
