/*
 * link.c - which finding explains the crash, and why we think so.
 *
 * The core has the victim, the detectors have the culprit, and they come from
 * different runs: addresses cannot be compared, functions and names can. The rules
 * are tried from the strongest to the weakest; the first finding that one of them
 * fits is taken, and the rule is the reason that the reader is told.
 */
#include <stdio.h>
#include <string.h>

#include "../blame.h"
#include "../tell/tell.h"
#include "steps.h"

struct attempt {
    struct casefile *c;
    const struct core *core;
    struct finding *finding;
    char reason[1024];
    int thread, site;
};

static const char *blamed_in(const struct core *core, int thread) {
    return thread >= 0 ? stack_blamed_name(&core->threads[thread].stack) : "?";
}

/* The site whose blamed function this is, other than `but`; or -1. */
static int site_in(const struct finding *f, const char *function, int but) {
    for (size_t i = 0; i < f->site_count; i++)
        if ((int)i != but && strcmp(function, "?") != 0
            && strcmp(stack_blamed_name(&f->sites[i].stack), function) == 0)
            return (int)i;
    return -1;
}

static void who(const struct attempt *a, int thread, char *buffer, size_t size) {
    thread_who(&a->core->threads[thread], buffer, size);
}

/* Each thread of the circle is inside one side of an inversion. */
static bool by_circle(struct attempt *a) {
    if (a->core->cycle_count < 2 || a->finding->kind != KIND_LOCK_ORDER)
        return false;
    for (size_t i = 0; i < a->core->cycle_count; i++)
        if (site_in(a->finding, blamed_in(a->core, a->core->cycle[i]), -1) < 0)
            return false;
    a->thread = a->core->cycle[0];
    a->site = site_in(a->finding, blamed_in(a->core, a->thread), -1);
    snprintf(a->reason, sizeof a->reason,
             "the threads that wait for one another stand in %s: there the locks were seen "
             "taken in two orders",
             a->finding->pair);
    return true;
}

/* The two threads that met in the core are the finding's two sides. */
static bool by_crossing(struct attempt *a) {
    int one = a->core->crossing[0], other = a->core->crossing[1];
    if (one < 0 || other < 0)
        return false;
    int first = site_in(a->finding, blamed_in(a->core, one), -1);
    if (first < 0 || site_in(a->finding, blamed_in(a->core, other), first) < 0)
        return false;
    char a_name[128], b_name[128];
    who(a, one, a_name, sizeof a_name);
    who(a, other, b_name, sizeof b_name);
    a->thread = one;
    a->site = first;
    snprintf(a->reason, sizeof a->reason,
             "in the core, %s and %s stand in the very two functions: %s", a_name, b_name,
             a->finding->pair);
    return true;
}

/* The victim died in one of its sides. */
static bool by_victim(struct attempt *a) {
    int site = site_in(a->finding, blamed_in(a->core, a->core->victim), -1);
    if (site < 0)
        return false;
    char name[128];
    who(a, a->core->victim, name, sizeof name);
    a->thread = a->core->victim;
    a->site = site;
    snprintf(a->reason, sizeof a->reason, "%s died in %s, which is one side of it", name,
             blamed_in(a->core, a->core->victim));
    return true;
}

/* Is this word in the text, as a word? */
static bool has_word(const char *text, const char *word, size_t length) {
    for (const char *at = text; at && (at = strstr(at, word)); at++) {
        static const char letters[] =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
        bool before = at > text && strchr(letters, at[-1]);
        bool after = at[length] && strchr(letters, at[length]);
        if (!before && !after)
            return true;
    }
    return false;
}

/* The victim's own lines name the global that was raced on. */
static bool by_object(struct attempt *a) {
    const char *what = a->finding->object.what, *quote = what ? strchr(what, '\'') : NULL;
    size_t length = quote ? strcspn(quote + 1, "'") : 0;
    if (length == 0 || length > 200 || a->core->victim < 0)
        return false;
    char name[201], victim[128];
    snprintf(name, sizeof name, "%.*s", (int)length, quote + 1);
    const struct thread *t = &a->core->threads[a->core->victim];
    for (size_t i = 0; i < t->stack.count; i++) {
        const struct frame *f = &t->stack.frames[i];
        const char *text = f->own ? source_line(NULL, f->file, f->line) : NULL;
        if (!text || !has_word(text, name, length))
            continue;
        a->thread = a->core->victim;
        snprintf(a->reason, sizeof a->reason, "the line where %s was uses %s, which was raced on",
                 thread_who(t, victim, sizeof victim), what);
        return true;
    }
    return false;
}

/* A function of the program's own on the victim's stack is one of its sides. */
static bool by_stack(struct attempt *a) {
    const struct stack *s = a->core->victim >= 0 ? &a->core->threads[a->core->victim].stack : NULL;
    for (size_t i = 0; s && i < s->count; i++) {
        const struct frame *f = &s->frames[i];
        int site = f->own && f->function ? site_in(a->finding, f->function, -1) : -1;
        if (site < 0)
            continue;
        char name[128];
        who(a, a->core->victim, name, sizeof name);
        a->thread = a->core->victim;
        a->site = site;
        snprintf(a->reason, sizeof a->reason, "%s is on the stack of %s, and one side of it",
                 f->function, name);
        return true;
    }
    return false;
}

/* Another thread was in one of its sides when the victim died. */
static bool by_another(struct attempt *a) {
    for (size_t t = 0; t < a->core->thread_count; t++) {
        int site = site_in(a->finding, blamed_in(a->core, (int)t), -1);
        if (site < 0 || (int)t == a->core->victim)
            continue;
        char name[128], victim[128] = "the program";
        who(a, (int)t, name, sizeof name);
        if (a->core->victim >= 0)
            who(a, a->core->victim, victim, sizeof victim);
        a->thread = (int)t;
        a->site = site;
        snprintf(a->reason, sizeof a->reason, "when %s died, %s was in %s, one side of it", victim,
                 name, blamed_in(a->core, (int)t));
        return true;
    }
    return false;
}

void link_crash(struct casefile *c) {
    static bool (*const rules[])(struct attempt *) = {by_circle, by_crossing, by_victim,
                                                      by_object, by_stack,    by_another};
    enum { STRONG = 4 }; /* of these rules, the first ones */
    c->link = (struct link){.thread = -1, .site = -1};
    if (!c->core || (!c->core->signal && c->core->cycle_count == 0))
        return;
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
        for (size_t i = 0; i < c->finding_count; i++) {
            struct attempt a = {
                .c = c, .core = c->core, .finding = c->findings[i], .thread = -1, .site = -1};
            if (a.finding->kind == KIND_DEADLY_SIGNAL || a.finding->part_of || !rules[r](&a))
                continue;
            c->link = (struct link){a.finding, pool_copy(&c->pool, a.reason), a.thread, a.site,
                                    r < STRONG};
            return;
        }
}
