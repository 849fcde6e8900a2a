/*
 * team.h - the threads of a lab: named, started together, watched.
 *
 * A plan names the roles, how many threads play each, and what is checked at
 * the end. team_run() plays rounds of it: setup in the main thread, then all
 * members at once from a barrier, then the check in the main thread, until
 * TEAM_SECONDS are over. Repeating is what makes a rare bug a sure one; the bug
 * itself is not touched.
 *
 *     static void writer(int me) { ... }              // me: 0, 1, ... in its role
 *     static const struct team_plan plan = {
 *         .setup = make_the_map,
 *         .roles = {{"writer", 2, writer}, {"reader", 1, reader}},
 *         .check = count_the_entries,
 *     };
 *     int main(void) { return team_run(&plan); }
 *
 * A defect ends the program by abort(), so that there is a core: a fatal error
 * found by the map, an expectation not met, or a round in which nobody moves
 * any more (the watchdog, team_watch.c). Before that, it is said on standard
 * error, with what every thread was doing.
 *
 * A debugger, or a core, finds everybody in `team`: thread names are not in
 * cores, so they are kept here.
 *
 * Environment: TEAM_SECONDS=s   how long rounds go on (0.8; at least one round)
 *              TEAM_ROUNDS=n    exactly n rounds instead
 *              TEAM_PATIENCE=s  how long nobody may move (0.5)
 * A value that is no number is refused with exit status 2.
 */
#ifndef TEAM_H
#define TEAM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

enum { TEAM_MEMBERS = 16, TEAM_ROLES = 4 };

struct team_role {
    const char *role;     /* "writer": at most 11 bytes */
    int count;            /* threads that play it */
    void (*work)(int me); /* one round; me counts from 0 within the role */
};

struct team_plan {
    void (*setup)(void); /* before each round, or NULL */
    struct team_role roles[TEAM_ROLES];
    void (*check)(void); /* after each round, or NULL */
};

/* Runs the plan; returns main's exit status: 0, for a defect never returns. */
int team_run(const struct team_plan *plan);

/* For check(): ends the program unless found is what was expected. It reads
 * "check failed: users in the map: expected 40000, found 39871". */
void team_expect(const char *what, long expected, long found);

/* "fatal error: <message>", what every thread was doing, abort(). `who`: the
 * team_number() of the thread that was in the way, or 0. */
_Noreturn void team_fatal(const char *message, unsigned who);

/* "panic: <message>" and the same: for a mistake no other thread has part in. */
_Noreturn void team_panic(const char *message);

/* Around every operation on a shared thing, by the thread that does it: `op` is
 * a string literal. Once a fatal error is found, threads stay in here, so that
 * the core shows the crossing and not what came after (Go: freezetheworld). */
void team_enter(const char *op);
void team_leave(void);

/* 1 for main, 2... for members, TEAM_STRANGER for a thread team did not make. */
enum { TEAM_STRANGER = 255 };
unsigned team_number(void);

/* Where the threads are. Each member's words are written by itself alone, with
 * relaxed atomics, for whoever wants to look: the watchdog, a report, a core. */
struct team_member {
    char name[24];    /* "writer 1"; also the thread's name to the kernel */
    const char *role; /* "writer" */
    void (*work)(int me);
    int me;
    pthread_t thread;
    _Atomic int tid;             /* the kernel's number: gdb's LWP; 0 before start */
    _Atomic(const char *) doing; /* "hmap_assign", or NULL: outside the map */
    _Atomic uint64_t steps;      /* operations begun and ended, ever */
    _Atomic long finished;       /* the last round it has done with */
    _Atomic int working;         /* 1 inside a round */
};

struct team {
    int count; /* members; member[0] is main */
    struct team_member members[TEAM_MEMBERS + 1];
    long round;           /* being played, from 1 */
    _Atomic int stopped;  /* a fatal error was found: stand still */
    unsigned met;         /* team_number() of who was in the way then, or 0 */
    char last_words[200]; /* what it died of; for who reads the core */
};
extern struct team team;

#endif
