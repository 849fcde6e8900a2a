/*
 * team_report.c - how a program of the labs dies: it says why, who was doing
 * what, and leaves a core.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "team_internal.h"

static _Thread_local struct team_member *self;

void team_report_self(struct team_member *me) {
    self = me;
}

unsigned team_number(void) {
    return self ? (unsigned)(self - team.members) + 1 : TEAM_STRANGER;
}

/* --- where every thread is ----------------------------------------------- */

static _Noreturn void stand_still(void) {
    for (;;)
        pause();
}

/* Only its owner writes a counter, so load and store will do. */
static void step(void) {
    uint64_t n = atomic_load_explicit(&self->steps, memory_order_relaxed);
    atomic_store_explicit(&self->steps, n + 1, memory_order_relaxed);
    if (atomic_load_explicit(&team.stopped, memory_order_relaxed))
        stand_still();
}

void team_enter(const char *op) {
    if (!self)
        return;
    step();
    atomic_store_explicit(&self->doing, op, memory_order_relaxed);
}

void team_leave(void) {
    if (!self)
        return;
    step();
    atomic_store_explicit(&self->doing, NULL, memory_order_relaxed);
}

/* --- dying --------------------------------------------------------------- */

/* What t is doing, as far as anybody can tell who does not stop it first. */
static const char *whereabouts(const struct team_member *t) {
    if (atomic_load_explicit(&t->doing, memory_order_relaxed))
        return atomic_load_explicit(&t->doing, memory_order_relaxed);
    if (t == &team.members[0])
        return "waiting for the round to end";
    if (atomic_load_explicit(&t->finished, memory_order_relaxed) == team.round)
        return "done with the round";
    if (!atomic_load_explicit(&t->working, memory_order_relaxed))
        return "not begun with the round";
    return team_asleep(t) ? "asleep, between map operations" : "awake, between map operations";
}

static void print_threads(void) {
    for (int i = 0; i < team.count; i++) {
        const struct team_member *t = &team.members[i];
        const char *doing = i == 0 && t == self ? "watching" : whereabouts(t);
        fprintf(stderr, "    %-11s %s%s\n", t->name, doing, t == self ? "  <- found it" : "");
    }
}

/* The first to die speaks for all; a second one stands still meanwhile. */
static _Noreturn void die(const char *kind, const char *message, unsigned who) {
    if (atomic_exchange_explicit(&team.stopped, 1, memory_order_relaxed))
        stand_still();
    team.met = who;
    snprintf(team.last_words, sizeof team.last_words, "%s: %s", kind, message);
    fprintf(stderr, "%s\n", team.last_words);
    if (who >= 1 && who <= (unsigned)team.count && self)
        fprintf(stderr, "    %s came upon %s, which was writing\n", self->name,
                team.members[who - 1].name);
    if (team.count > 1) {
        fprintf(stderr, "threads, in round %ld:\n", team.round);
        print_threads();
    }
    abort();
}

_Noreturn void team_fatal(const char *message, unsigned who) {
    die("fatal error", message, who);
}

_Noreturn void team_panic(const char *message) {
    die("panic", message, 0);
}

void team_expect(const char *what, long expected, long found) {
    if (found == expected)
        return;
    char message[160];
    snprintf(message, sizeof message, "%s: expected %ld, found %ld", what, expected, found);
    die("check failed", message, 0);
}
