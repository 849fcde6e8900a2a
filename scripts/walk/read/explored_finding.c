/*
 * explored_finding.c - see explored.h: what explore calls a defect, as a finding that is
 * named as the other tools name theirs, so that they are one.
 */
#include <stdlib.h>
#include <string.h>

#include "explored.h"

static const struct {
    const char *does;
    enum access access;
} accesses[] = {{"reads", ACCESS_READ},
                {"writes", ACCESS_WRITE},
                {"loads", ACCESS_ATOMIC_READ},
                {"stores", ACCESS_ATOMIC_WRITE},
                {"changes atomically", ACCESS_ATOMIC_WRITE},
                {"locks", ACCESS_LOCK},
                {"tries to lock", ACCESS_LOCK},
                {"locks for reading", ACCESS_LOCK},
                {"locks for writing", ACCESS_LOCK},
                {"unlocks", ACCESS_UNLOCK},
                {"frees", ACCESS_FREE},
                {"allocates", ACCESS_ALLOC}};

static enum access access_of(const char *does) {
    for (size_t i = 0; does && i < sizeof accesses / sizeof *accesses; i++)
        if (strcmp(accesses[i].does, does) == 0)
            return accesses[i].access;
    return ACCESS_CALL;
}

/* --- kinds ------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    enum kind kind;
} kinds[] = {{"race", KIND_RACE},
             {"use after free", KIND_USE_AFTER_FREE},
             {"double free", KIND_DOUBLE_FREE},
             {"bad free", KIND_BAD_FREE},
             {"thread leak", KIND_THREAD_LEAK},
             {"crash", KIND_DEADLY_SIGNAL},
             {"abort", KIND_DEADLY_SIGNAL},
             {"assertion", KIND_DEADLY_SIGNAL},
             {"exit", KIND_EXIT_STATUS},
             {"lost wakeup", KIND_LOST_WAKEUP},
             {"livelock", KIND_LIVELOCK},
             {"hang", KIND_LIVELOCK}};

/* A circle of locks is what others call an order of locks, one thread that locks twice a
 * misuse; what is no lock (a join, a barrier) or has no holder any more, nobody else sees. */
static enum kind kind_of_deadlock(const struct explored *e) {
    const struct finding *f = &e->report;
    size_t n = f->site_count, locks = 0, others = 0;
    if (n == 0)
        return e->pair && strchr(e->pair, '/') ? KIND_LOCK_ORDER : KIND_DEADLOCK;
    for (size_t i = 0; i < n; i++) {
        locks += f->sites[i].access == ACCESS_LOCK;
        others += f->sites[i].address != f->sites[0].address;
    }
    if (locks < n)
        return KIND_DEADLOCK;
    if (n == 1)
        return f->sites[0].earlier.count ? KIND_MUTEX_MISUSE : KIND_DEADLOCK;
    return others ? KIND_LOCK_ORDER : KIND_DEADLOCK;
}

static enum kind kind_of_misuse(const char *words) {
    static const struct {
        const char *word;
        enum kind kind;
    } misuses[] = {{"condition variable", KIND_COND_MISUSE},
                   {"barrier", KIND_BARRIER_MISUSE},
                   {"semaphore", KIND_SEM_MISUSE},
                   {"mutex", KIND_MUTEX_MISUSE},
                   {"rwlock", KIND_MUTEX_MISUSE},
                   {"spin lock", KIND_MUTEX_MISUSE}};
    for (size_t i = 0; words && i < sizeof misuses / sizeof *misuses; i++)
        if (strstr(words, misuses[i].word))
            return misuses[i].kind;
    return KIND_API_ERROR;
}

static enum kind kind_of(const struct explored *e) {
    if (strcmp(e->kind, "deadlock") == 0)
        return kind_of_deadlock(e);
    if (strcmp(e->kind, "misuse") == 0)
        return kind_of_misuse(e->words);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, e->kind) == 0)
            return kinds[i].kind;
    return KIND_OTHER; /* of a newer version */
}

/* --- sites ------------------------------------------------------------------------------- */

/* "f/g" is all that is known; but of these, explore's pair is no function. */
static void sites_of_pair(struct explored *e, struct pool *p) {
    static const char *const others[] = {"crash", "exit", "misuse", "hang"};
    struct finding *f = &e->report;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(e->kind, others[i]) == 0)
            return;
    for (const char *at = e->pair; at && *at && f->site_count < 2;) {
        size_t length = strcspn(at, "/");
        struct stack *s = &f->sites[f->site_count++].stack;
        s->frames = pool_array(p, 1, sizeof *s->frames);
        s->frames[0].function = pool_string(p, at, length);
        s->frames[0].module = e->program ? e->program : "program";
        s->count = 1;
        at += length + (at[length] == '/');
    }
}

static void name_sites(struct explored *e, struct pool *p) {
    for (size_t i = 0; i < e->report.site_count; i++) {
        struct site *s = &e->report.sites[i];
        if (!e->sites[i].does) /* known by its pair alone */
            continue;
        s->access = access_of(e->sites[i].does);
        s->thread = e->sites[i].thread ? pool_print(p, "T%d", e->sites[i].thread) : "main thread";
        if (!e->sites[i].thread) /* the name that everybody has for it */
            s->name = NULL;
    }
}

/* --- what they met at ----------------------------------------------------------------------- */

static bool is_name(const char *words) {
    return words[strspn(words,
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789_.:~<>,")]
               == '\0'
           && (words[0] < '0' || words[0] > '9');
}

/* "counter" is a global; a block, or a place within something, says so itself. */
static const char *object_of(const char *words, struct pool *p) {
    static const char into[] = " bytes into ";
    const char *within = words ? strstr(words, into) : NULL;
    const char *name = within ? within + strlen(into) : words;
    if (!words || strncmp(words, "0x", 2) == 0)
        return NULL;
    if (!is_name(name))
        return words;
    return pool_print(p, "%.*sglobal '%s'", (int)(name - words), words, name);
}

/* Each thread of the circle holds what the one before it waits for. */
static void set_locks(struct explored *e, struct pool *p) {
    struct finding *f = &e->report;
    const char *what = NULL;
    for (size_t i = 0; i < f->site_count; i++) {
        const char *held = e->sites[(i + f->site_count - 1) % f->site_count].object;
        const char *object = object_of(e->sites[i].object, p);
        if (held && f->sites[i].earlier.count) {
            f->sites[i].locks = pool_array(p, 1, sizeof *f->sites[i].locks);
            f->sites[i].locks[f->sites[i].lock_count++].name = held;
        }
        if (object)
            what = what ? pool_print(p, "%s, and %s", what, object) : object;
    }
    f->object.what = what;
}

void explored_add(struct casefile *c, struct explored *e, struct pool *p) {
    struct finding *f = &e->report;
    name_sites(e, p);
    f->tool = TOOL_EXPLORE;
    f->kind = kind_of(e);
    f->headline = e->verdict ? e->verdict : e->words && *e->words ? e->words : e->kind;
    if (f->site_count == 0)
        sites_of_pair(e, p);
    if (f->kind == KIND_LOCK_ORDER)
        set_locks(e, p);
    else
        f->object.what = object_of(e->sites[0].object, p);
    if (f->object.what && f->kind != KIND_LOCK_ORDER)
        f->object.address = f->sites[0].address;
    struct finding *kept = case_add(c, f);
    if (kept)
        case_schedules(kept, e->schedules, e->preemptions);
}
