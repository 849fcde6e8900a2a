/*
 * explain_report.c - the key fields of a report, in the words in which its tool writes
 * them: what a newcomer looks for in the raw text. See explain.c.
 */
#include <stdio.h>
#include <string.h>

#include "explain.h"

/* Kinds that are about a lock or the like, and not about memory. */
static bool about_lock(enum kind kind) {
    return kind == KIND_MUTEX_MISUSE || kind == KIND_COND_MISUSE || kind == KIND_BARRIER_MISUSE
           || kind == KIND_SEM_MISUSE || kind == KIND_LOCK_HELD_AT_EXIT
           || kind == KIND_LOCK_HELD_LONG || kind == KIND_API_ERROR;
}

static void headline_row(const struct finding *f, struct rows *r) {
    static const char *const fields[TOOL_COUNT] = {
        [TOOL_TSAN] = "WARNING", [TOOL_HELGRIND] = "first line", [TOOL_DRD] = "first line",
        [TOOL_ASAN] = "ERROR",   [TOOL_LSAN] = "ERROR",          [TOOL_EXPLORE] = "first line"};
    static const char mark[] = "Sanitizer: ";
    const char *words = f->headline && *f->headline ? f->headline : kind_name(f->kind);
    const char *after = strstr(words, mark);
    const char *field =
        f->kind == KIND_DEADLY_SIGNAL && f->tool == TOOL_TSAN ? "ERROR" : fields[f->tool];
    row_add(r, field, row_value(r, "%s", after ? after + strlen(mark) : words),
            "the kind of report: read this first");
}

/* --- the sites ----------------------------------------------------------------------- */

/* What this tool calls an access where its stack begins; NULL: it has no word. */
static const char *word_of(enum tool tool, enum access access) {
    static const char *const tsan[ACCESS_COUNT] = {[ACCESS_READ] = "Read",
                                                   [ACCESS_WRITE] = "Write",
                                                   [ACCESS_ATOMIC_READ] = "Atomic read",
                                                   [ACCESS_ATOMIC_WRITE] = "Atomic write",
                                                   [ACCESS_FREE] = "Write"};
    static const char *const asan[ACCESS_COUNT] = {
        [ACCESS_READ] = "READ", [ACCESS_WRITE] = "WRITE"};
    static const char *const drd[ACCESS_COUNT] = {[ACCESS_READ] = "load", [ACCESS_WRITE] = "store"};
    static const char *const helgrind[ACCESS_COUNT] = {
        [ACCESS_READ] = "read", [ACCESS_WRITE] = "write"};
    return tool == TOOL_ASAN       ? asan[access]
           : tool == TOOL_DRD      ? drd[access]
           : tool == TOOL_HELGRIND ? helgrind[access]
                                   : tsan[access];
}

/* "T2" as "thread T2"; "main thread" as it is. */
static const char *thread_of(struct rows *r, const struct site *s) {
    if (!s->thread)
        return "a thread";
    return strstr(s->thread, "thread") ? s->thread : row_value(r, "thread %s", s->thread);
}

/* The line above the stack of an access: "Previous write of size 8 by thread T1". */
static const char *access_field(const struct finding *f, size_t i, const char *word,
                                struct rows *r) {
    static const char *const first[TOOL_COUNT] = {
        [TOOL_HELGRIND] = "during ", [TOOL_DRD] = "Conflicting "};
    static const char *const later[TOOL_COUNT] = {[TOOL_HELGRIND] = "conflicts with a previous "};
    const struct site *s = &f->sites[i];
    const char *before = i ? later[f->tool] : first[f->tool];
    bool lower = i && !before && word[0] >= 'A' && word[0] <= 'Z'; /* within a sentence */
    char text[64], size[32] = "";
    if (!before)
        before = i ? "Previous " : "";
    snprintf(text, sizeof text, "%s%c%s", before, lower ? word[0] - 'A' + 'a' : word[0], word + 1);
    if (s->size)
        snprintf(size, sizeof size, " of size %u", s->size);
    return row_value(r, "%s%s%s %s", text, size, f->tool == TOOL_ASAN ? "," : " by",
                     thread_of(r, s));
}

static const char *access_means(const struct finding *f, size_t i) {
    if (f->kind == KIND_DEADLY_SIGNAL)
        return "where it died";
    if (f->sites[i].access == ACCESS_FREE)
        return "here the block was freed: to a race detector, a free is a write";
    if (f->tool == TOOL_DRD)
        return "the access that DRD caught, with its stack";
    if (f->tool == TOOL_ASAN)
        return "the access that went wrong, with its stack";
    return i ? "the access that came earlier; the next run may have it the other way"
             : "the access that came later in this run, with its stack";
}

/* Where explore's page has the stack, and what it is there. */
static const char *explored_field(const struct finding *f, size_t i) {
    bool two = f->site_count > 1 && f->kind != KIND_LOCK_ORDER && f->kind != KIND_DEADLOCK;
    return !two ? "at the end" : i ? "earlier" : "then";
}

static const char *explored_means(const struct finding *f, size_t i) {
    if (f->kind == KIND_LOCK_ORDER)
        return "it waits there for the lock that the next one has taken";
    return strcmp(explored_field(f, i), "at the end") == 0
               ? "where that thread was when the schedule ended"
           : i ? "the access that came earlier in that schedule"
               : "the access that came later in that schedule";
}

static void site_row(const struct finding *f, size_t i, struct rows *r) {
    const struct site *s = &f->sites[i];
    const char *word = word_of(f->tool, s->access);
    const char *field = i ? "the second stack" : "the stack";
    const char *means = i ? "the other place that the report is about"
                          : "where it happened: the first frame of the program's own";
    if (f->tool == TOOL_EXPLORE) {
        field = row_value(r, "%s: %s", explored_field(f, i), thread_of(r, s));
        means = explored_means(f, i);
    } else if (f->kind == KIND_LOCK_ORDER && f->tool == TOOL_HELGRIND) {
        field = i ? "Required order" : "Observed (incorrect) order";
        means = i ? "the order that was seen first, and no more right than the other"
                  : "the order that was seen later; which of the two you meant, it cannot know";
    } else if (f->kind == KIND_LOCK_ORDER) {
        field = row_value(r, "acquired here, %s", thread_of(r, s));
        means = i ? "the same locks the other way round: the other order"
                  : "it took this lock while it held another: one order";
    } else if (f->tool == TOOL_ASAN && i && s->access == ACCESS_FREE) {
        field = row_value(r, "freed by %s", thread_of(r, s));
        means = "who gave the memory back, and where";
    } else if (s->access == ACCESS_ALLOC) {
        field = row_value(r, "leak of %u byte(s)", s->size);
        means = "how much, and who allocated it";
    } else if (f->kind == KIND_THREAD_LEAK) {
        field = row_value(r, "%s created by", thread_of(r, s));
        means = "where the thread began that nobody joined";
    } else if (word) {
        field = access_field(f, i, word, r);
        means = access_means(f, i);
    }
    row_add(r, field, row_frame(r, &s->stack), means);
}

/* --- locks, object, threads ------------------------------------------------------------ */

/* The locks of a site: "M1, M2 (shared)", "none", "not told". */
static void put_locks(const struct site *s, char *text, size_t size) {
    size_t at = 0;
    snprintf(text, size, "%s", s->locks_known ? "none" : "not told");
    for (size_t i = 0; i < s->lock_count && at < size; i++) {
        int n = snprintf(text + at, size - at, "%s%s%s", i ? ", " : "",
                         s->locks[i].name ? s->locks[i].name : "?",
                         s->locks[i].shared ? " (shared)" : "");
        at += n > 0 ? (size_t)n : 0;
    }
}

static void lock_row(const struct finding *f, struct rows *r) {
    char locks[2][256];
    bool told = false;
    for (size_t i = 0; i < f->site_count && i < 2; i++) {
        put_locks(&f->sites[i], locks[i], sizeof locks[i]);
        told = told || f->sites[i].locks_known || f->sites[i].lock_count;
    }
    if (!told || f->kind != KIND_RACE)
        return;
    const char *field = f->tool == TOOL_HELGRIND ? "Locks held" : "mutexes";
    if (f->site_count == 1) {
        row_add(r, field, row_value(r, "%s", locks[0]), "the locks that it held there");
        return;
    }
    bool none = strcmp(locks[0], "none") == 0 && strcmp(locks[1], "none") == 0;
    row_add(r, field,
            none ? "none on either side" : row_value(r, "%s; other side: %s", locks[0], locks[1]),
            "the locks held on each side: a race has none in common");
}

static void object_row(const struct finding *f, struct rows *r) {
    static const char *const fields[TOOL_COUNT] = {[TOOL_TSAN] = "Location is",
                                                   [TOOL_HELGRIND] = "Address … is",
                                                   [TOOL_DRD] = "Allocation context",
                                                   [TOOL_ASAN] = "is located",
                                                   [TOOL_LSAN] = "object",
                                                   [TOOL_EXPLORE] = "object"};
    const char *what = f->object.what;
    if (!what)
        return;
    what = row_value(r, "%s", what);
    if (f->kind == KIND_LOCK_ORDER)
        row_add(r, f->tool == TOOL_TSAN ? "Cycle in lock order graph" : "lock order", what,
                "the locks that were taken in two orders");
    else if (about_lock(f->kind))
        row_add(r, "object", what, "which one it is about");
    else
        row_add(r, fields[f->tool], what,
                f->kind == KIND_RACE ? "what both used: ask which lock is meant to guard it"
                                     : "the memory that it is about");
}

static void origin_row(const struct finding *f, struct rows *r) {
    const struct object *o = &f->object;
    bool lock = about_lock(f->kind) || f->kind == KIND_LOCK_ORDER;
    if (o->stack.count)
        row_add(r, lock ? "created at" : "allocated by", row_frame(r, &o->stack),
                lock ? "where it was first seen" : "where that memory comes from");
}

static void created_row(const struct finding *f, struct rows *r) {
    for (size_t i = 0; i < f->site_count; i++)
        if (f->sites[i].created.count) {
            const char *name = f->sites[i].thread ? f->sites[i].thread : "?";
            row_add(r,
                    row_value(
                        r, f->tool == TOOL_TSAN ? "Thread %s created by" : "Thread %s was created",
                        name),
                    row_frame(r, &f->sites[i].created), "who started it: its name and its task");
            return;
        }
}

void report_rows(const struct finding *f, struct rows *r) {
    headline_row(f, r);
    for (size_t i = 0; i < f->site_count && i < 2; i++)
        site_row(f, i, r);
    lock_row(f, r);
    object_row(f, r);
    if (f->tool == TOOL_DRD && f->site_count < 2 && f->kind == KIND_RACE)
        row_add(r, "Other segment start, end", "no second stack",
                "DRD knows only between which two points the other thread did it");
    created_row(f, r);
    origin_row(f, r);
}
