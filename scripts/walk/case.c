/*
 * case.c - see case.h: strings kept once, findings kept once, witnesses counted.
 *
 * Strings are in an open-addressed table, findings in chains under their hash: FNV-1a
 * of kind and pair (Fowler, Noll, Vo: http://www.isthe.com/chongo/tech/comp/fnv/), which
 * is also what their identity shows, so that it is the same in every run and place.
 */
#include "case.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blame.h"

enum {
    SLOTS = 8192,       /* of findings; twice as many as are kept */
    STRING_MOST = 2048, /* bytes; a longer name is cut off */
    PAIR_MOST = 4096,   /* bytes of "f/g" */
    NOTES_MOST = 100,
};

static uint64_t fnv(uint64_t hash, const char *at, size_t length) {
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)at[i]) * 0x100000001b3;
    return hash;
}
static const uint64_t fnv_start = 0xcbf29ce484222325;

/* --- strings ---------------------------------------------------------------------- */

/* The slot that has this string, or the free one where it belongs. */
static const char **slot_of(const char **table, size_t slots, const char *s, size_t length) {
    size_t i = fnv(fnv_start, s, length) & (slots - 1);
    while (table[i] && (strncmp(table[i], s, length) != 0 || table[i][length]))
        i = (i + 1) & (slots - 1);
    return &table[i];
}

static void make_room(struct casefile *c) {
    if (c->string_slots && c->string_count * 2 < c->string_slots)
        return;
    size_t slots = c->string_slots ? c->string_slots * 2 : 1024;
    const char **table = calloc(slots, sizeof *table);
    if (!table)
        abort();
    for (size_t i = 0; i < c->string_slots; i++)
        if (c->strings[i])
            *slot_of(table, slots, c->strings[i], strlen(c->strings[i])) = c->strings[i];
    free(c->strings);
    c->strings = table;
    c->string_slots = slots;
}

const char *case_string(struct casefile *c, const char *string) {
    if (!string)
        return NULL;
    size_t length = strnlen(string, STRING_MOST);
    make_room(c);
    const char **slot = slot_of(c->strings, c->string_slots, string, length);
    if (!*slot) {
        *slot = pool_string(&c->pool, string, length);
        c->string_count++;
    }
    return *slot;
}

void case_note(struct casefile *c, const char *format, ...) {
    char text[STRING_MOST];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *note = case_string(c, text);
    for (size_t i = 0; i < c->note_count; i++)
        if (c->notes[i] == note)
            return;
    if (c->note_count == NOTES_MOST)
        return;
    c->notes = pool_grown(&c->pool, c->notes, c->note_count, sizeof *c->notes);
    c->notes[c->note_count++] = note;
}

/* --- runs ---------------------------------------------------------------------------- */

void case_begin_run(struct casefile *c) {
    c->runs++;
}

/* Counts a run once: false when this one has been counted. */
static bool once(unsigned *last, unsigned run) {
    bool first = *last != run;
    *last = run;
    return first;
}

void case_tool_ran(struct casefile *c, enum tool tool) {
    if (c->runs == 0)
        case_begin_run(c);
    struct tool_state *t = &c->tools[tool];
    if (once(&t->last_run, c->runs))
        t->runs++;
}

/* --- findings ------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Blames the stacks and writes the pair: the blamed functions in alphabetical order. Of
 * a circle of more than two, each once; sites without any are left out, and where there
 * is none it is "?". */
static void name_pair(struct finding *f, char *pair, size_t size) {
    const char *names[FINDING_SITES];
    size_t n = 0, used = 0;
    for (size_t i = 0; i < f->site_count && i < FINDING_SITES; i++) {
        stack_blame(&f->sites[i].stack);
        if (f->sites[i].stack.blamed >= 0)
            names[n++] = stack_blamed_name(&f->sites[i].stack);
    }
    if (n == 0)
        names[n++] = "?";
    qsort(names, n, sizeof *names, by_text);
    for (size_t i = n; i-- > 1 && n > 2;)
        if (strcmp(names[i], names[i - 1]) == 0)
            memmove(&names[i], &names[i + 1], (--n - i) * sizeof *names);
    for (size_t i = 0; i < n; i++) {
        size_t room = size - used - 1, length = strnlen(names[i], room / (n - i));
        if (i > 0 && room > 1)
            pair[used++] = '/';
        memcpy(pair + used, names[i], length);
        used += length;
    }
    pair[used] = '\0';
}

static void witnessed(struct casefile *c, struct finding *f, enum tool tool) {
    case_tool_ran(c, tool);
    struct witness *w = &f->witnesses[tool];
    struct tool_state *t = &c->tools[tool];
    w->reports++;
    if (once(&w->last_run, c->runs))
        w->runs++;
    if (once(&t->last_found, c->runs))
        t->with_findings++;
    if (f->kind == KIND_DEADLY_SIGNAL && once(&t->last_died, c->runs))
        t->died++;
}

/* The one of this hash and identity, or NULL. */
static struct finding *known(struct casefile *c, uint64_t hash, enum kind kind, const char *pair) {
    if (!c->by_hash)
        c->by_hash = pool_array(&c->pool, SLOTS, sizeof *c->by_hash);
    for (struct finding *f = c->by_hash[hash % SLOTS]; f; f = f->next_same_slot)
        if (f->hash == hash && f->kind == kind && strcmp(f->pair, pair) == 0)
            return f;
    return NULL;
}

uint64_t case_hash(const char *kind, const char *pair) {
    return fnv(fnv(fnv_start, kind, strlen(kind) + 1), pair, strlen(pair));
}

static uint64_t identity_of(struct finding *report, char *pair, size_t size) {
    name_pair(report, pair, size);
    return case_hash(kind_name(report->kind), pair);
}

struct finding *case_seen(struct casefile *c, struct finding *report) {
    char pair[PAIR_MOST];
    uint64_t hash = identity_of(report, pair, sizeof pair);
    struct finding *f = known(c, hash, report->kind, pair);
    if (f)
        witnessed(c, f, report->tool);
    return f;
}

void case_again(struct casefile *c, struct finding *f, enum tool tool) {
    witnessed(c, f, tool);
}

void case_schedules(struct finding *f, uint64_t schedules, unsigned preemptions) {
    struct witness *w = &f->witnesses[TOOL_EXPLORE];
    w->preemptions = w->reports > 1 && w->preemptions < preemptions ? w->preemptions : preemptions;
    w->schedules += schedules;
}

static void keep_stack(struct casefile *c, struct stack *s) {
    stack_blame(s);
    struct frame *frames = pool_array(&c->pool, s->count, sizeof *frames);
    for (size_t i = 0; i < s->count; i++) {
        frames[i] = s->frames[i];
        frames[i].function = case_string(c, frames[i].function);
        frames[i].file = case_string(c, frames[i].file);
        frames[i].module = case_string(c, frames[i].module);
        frames[i].args = NULL;
        frames[i].locals = NULL;
        frames[i].local_count = 0;
    }
    s->frames = frames;
    s->lost = case_string(c, s->lost);
}

static void keep_site(struct casefile *c, struct site *s) {
    s->thread = case_string(c, s->thread);
    s->name = case_string(c, s->name);
    s->creator = case_string(c, s->creator);
    struct lock *locks = pool_array(&c->pool, s->lock_count, sizeof *locks);
    for (size_t i = 0; i < s->lock_count; i++)
        locks[i] = (struct lock){case_string(c, s->locks[i].name), s->locks[i].shared};
    s->locks = locks;
    keep_stack(c, &s->stack);
    keep_stack(c, &s->earlier);
    keep_stack(c, &s->created);
}

static struct finding *keep(struct casefile *c, const struct finding *report, uint64_t hash,
                            const char *pair) {
    struct finding *f = pool_take(&c->pool, sizeof *f);
    *f = *report;
    memset(f->witnesses, 0, sizeof f->witnesses);
    f->hash = hash;
    f->headline = case_string(c, f->headline);
    f->file = case_string(c, f->file);
    f->pair = pool_copy(&c->pool, pair);
    f->identity = pool_print(&c->pool, "%016" PRIx64, hash);
    f->object.what = case_string(c, f->object.what);
    keep_stack(c, &f->object.stack);
    for (size_t i = 0; i < f->site_count; i++)
        keep_site(c, &f->sites[i]);
    f->next_same_slot = c->by_hash[hash % SLOTS];
    c->by_hash[hash % SLOTS] = f;
    c->findings = pool_grown(&c->pool, c->findings, c->finding_count, sizeof *c->findings);
    c->findings[c->finding_count++] = f;
    return f;
}

struct finding *case_add(struct casefile *c, struct finding *report) {
    if (report->kind == KIND_COULD_NOT_START) {
        case_tool_ran(c, report->tool);
        c->tools[report->tool].not_started++;
        c->tools[report->tool].reason = case_string(c, report->headline);
        return NULL;
    }
    char pair[PAIR_MOST];
    uint64_t hash = identity_of(report, pair, sizeof pair);
    struct finding *f = known(c, hash, report->kind, pair);
    if (!f) {
        if (c->finding_count == FINDINGS_KEPT || c->pool.taken > FINDINGS_BYTES) {
            c->findings_dropped++;
            return NULL;
        }
        f = keep(c, report, hash, pair);
    }
    witnessed(c, f, report->tool);
    return f;
}

bool case_told_by_core(const struct casefile *c, const struct finding *f) {
    return f->kind == KIND_DEADLY_SIGNAL && c->core && c->core->signal;
}

const struct finding *case_main(const struct casefile *c) {
    if (c->link.finding)
        return c->link.finding;
    for (size_t i = 0; i < c->finding_count; i++)
        if (!case_told_by_core(c, c->findings[i]))
            return c->findings[i];
    return NULL;
}

unsigned finding_tools(const struct finding *f) {
    unsigned n = 0;
    for (int t = 0; t < TOOL_COUNT; t++)
        n += f->witnesses[t].runs > 0;
    return n;
}

void case_free(struct casefile *c) {
    free(c->strings);
    pool_free(&c->pool);
    memset(c, 0, sizeof *c);
}
