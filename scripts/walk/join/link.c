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
    const struct core *core;
    struct finding *finding;
    char reason[1024];
    int thread, other, site;
};

static const char *blamed_in(const struct core *core, int thread) {
    return thread >= 0 ? stack_blamed_name(&core->threads[thread].stack) : "?";
}

/* The next site after `after` whose blamed function this is, or -1. */
static int site_after(const struct finding *f, const char *function, int after) {
    for (size_t i = (size_t)(after + 1); i < f->site_count; i++)
        if (strcmp(function, "?") != 0
            && strcmp(stack_blamed_name(&f->sites[i].stack), function) == 0)
            return (int)i;
    return -1;
}

static void who(const struct attempt *a, int thread, char *buffer, size_t size) {
    thread_who(&a->core->threads[thread], buffer, size);
}

/* "map_count and map_move": the functions that the circle's threads are in, each once. */
static void circle_functions(const struct core *core, char *buffer, size_t size) {
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < core->cycle_count && used < size; i++) {
        const char *function = blamed_in(core, core->cycle[i]);
        bool said = false;
        for (size_t k = 0; k < i; k++)
            said |= strcmp(function, blamed_in(core, core->cycle[k])) == 0;
        if (!said)
            used +=
                (size_t)snprintf(buffer + used, size - used, "%s%s", i ? " and " : "", function);
    }
}

/* The threads of the circle are inside the sides of an inversion. `each`: every one in a
 * side of its own; else several may be in one. */
static bool in_circle(struct attempt *a, bool each) {
    const struct core *core = a->core;
    char functions[400];
    unsigned taken = 0;
    if (core->cycle_count < 2 || a->finding->kind != KIND_LOCK_ORDER)
        return false;
    for (size_t i = 0; i < core->cycle_count; i++) {
        int site = -1;
        do
            site = site_after(a->finding, blamed_in(core, core->cycle[i]), site);
        while (each && site >= 0 && taken & 1u << site);
        if (site < 0)
            return false;
        taken |= 1u << site;
    }
    a->thread = core->cycle[0];
    a->other = core->cycle[1];
    a->site = site_after(a->finding, blamed_in(core, a->thread), -1);
    circle_functions(core, functions, sizeof functions);
    snprintf(a->reason, sizeof a->reason,
             "the threads that wait for one another stand in %s, where locks were seen taken "
             "in two orders",
             functions);
    return true;
}

static bool by_circle(struct attempt *a) {
    return in_circle(a, true);
}
static bool by_part_of_circle(struct attempt *a) {
    return in_circle(a, false);
}

/* Is a function of the thread's own stack a side of the finding, other than `but`? The
 * side's index, or -1; *function is its name. */
static int side_on_stack(const struct attempt *a, int thread, int but, const char **function) {
    const struct stack *s = &a->core->threads[thread].stack;
    for (size_t i = 0; i < s->count; i++) {
        const char *name = s->frames[i].own ? s->frames[i].function : NULL;
        int site = name ? site_after(a->finding, name, -1) : -1;
        if (site >= 0 && site == but)
            site = site_after(a->finding, name, site);
        if (site < 0)
            continue;
        *function = name;
        return site;
    }
    return -1;
}

/* `one` stands in a side, and `other` is inside another one. */
static bool both_sides(struct attempt *a, int one, int other) {
    const char *first = blamed_in(a->core, one), *second;
    int site = site_after(a->finding, first, -1);
    if (site < 0 || side_on_stack(a, other, site, &second) < 0)
        return false;
    char a_name[128], b_name[128];
    who(a, one, a_name, sizeof a_name);
    who(a, other, b_name, sizeof b_name);
    a->thread = one;
    a->other = other;
    a->site = site;
    if (strcmp(first, second) == 0)
        snprintf(a->reason, sizeof a->reason, "in the core, %s and %s are both in %s", a_name,
                 b_name, first);
    else
        snprintf(a->reason, sizeof a->reason, "in the core, %s is in %s and %s in %s", a_name,
                 first, b_name, second);
    return true;
}

/* The two threads that met in the core are the finding's two sides. */
static bool by_crossing(struct attempt *a) {
    int one = a->core->crossing[0], other = a->core->crossing[1];
    return one >= 0 && other >= 0 && (both_sides(a, one, other) || both_sides(a, other, one));
}

/* The victim stands in one side, any other thread in the other. */
static bool by_pair(struct attempt *a) {
    for (size_t t = 0; a->core->victim >= 0 && t < a->core->thread_count; t++)
        if ((int)t != a->core->victim && both_sides(a, a->core->victim, (int)t))
            return true;
    return false;
}

/* The victim died in one of its sides. */
static bool by_victim(struct attempt *a) {
    int site = site_after(a->finding, blamed_in(a->core, a->core->victim), -1);
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
        int site = f->own && f->function ? site_after(a->finding, f->function, -1) : -1;
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
        int site = site_after(a->finding, blamed_in(a->core, (int)t), -1);
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

/* Does one side of it give memory back? */
static bool frees(const struct finding *f) {
    bool any = f->kind == KIND_USE_AFTER_FREE || f->kind == KIND_DOUBLE_FREE;
    for (size_t i = 0; i < f->site_count; i++) {
        const struct stack *s = &f->sites[i].stack;
        const char *top = s->count ? s->frames[0].function : NULL;
        any |= f->sites[i].access == ACCESS_FREE
               || (top && (strcmp(top, "free") == 0 || strstr(top, "operator delete")));
    }
    return any;
}

/* Tries the rules on the findings, or on those only that free something. */
static bool try_rules(struct casefile *c, bool only_frees) {
    static bool (*const rules[])(struct attempt *) = {by_circle, by_part_of_circle, by_crossing,
                                                      by_pair,   by_victim,         by_object,
                                                      by_stack,  by_another};
    enum { SURE = 6 }; /* of these rules, the first ones */
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
        for (size_t i = 0; i < c->finding_count; i++) {
            struct attempt a = {c->core, c->findings[i], "", -1, -1, -1};
            if (a.finding->kind == KIND_DEADLY_SIGNAL || a.finding->kind == KIND_EXIT_STATUS
                || a.finding->part_of || (only_frees && !frees(a.finding)) || !rules[r](&a))
                continue;
            c->link = (struct link){
                a.finding, pool_copy(&c->pool, a.reason), a.thread, a.other, a.site, r < SURE};
            return true;
        }
    return false;
}

void link_crash(struct casefile *c) {
    c->link = (struct link){.thread = -1, .other = -1, .site = -1};
    if (!c->core || (!c->core->signal && c->core->cycle_count == 0))
        return;
    /* what died of freed memory died of what freed it, if that was seen */
    if (c->core->fault == FAULT_FREED && try_rules(c, true))
        return;
    try_rules(c, false);
}
