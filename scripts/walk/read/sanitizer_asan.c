/*
 * sanitizer_asan.c - the paragraphs of AddressSanitizer's and LeakSanitizer's reports,
 * and of a deadly signal in anybody's.
 */
#include <string.h>

#include "sanitizer_report.h"

/* "T2", "T2 (reader)"; what a thread is called stays in *name. */
static const char *take_thread(struct reading *r, struct span *s, const char **name) {
    struct span thread = *s, label;
    uint64_t number = 0;
    if (!span_take(s, "T") || !span_take_number(s, &number))
        return NULL;
    thread.length = (size_t)(s->at - thread.at);
    if (span_take(s, " (") && span_take_until(s, ")", &label) && name)
        *name = span_copy(r->pool, label);
    return span_copy(r->pool, thread);
}

/* The address in "… on address 0x60 …", "… on 0x60 …", "… malloc()-ed: 0x60 …". */
static uint64_t address_in(struct span words) {
    static const char *const before[] = {" on unknown address ", " on address ", " on ", ": ",
                                         NULL};
    for (const char *const *b = before; *b; b++) {
        struct span s = words, skipped;
        uint64_t address = 0;
        if (span_take_until(&s, *b, &skipped) && span_take_hex(&s, &address))
            return address;
    }
    return 0;
}

/* --- the headline ---------------------------------------------------------------------- */

static enum access access_of(enum kind kind) {
    switch (kind) {
    case KIND_DOUBLE_FREE:
    case KIND_BAD_FREE:
    case KIND_ALLOC_MISMATCH: return ACCESS_FREE;
    case KIND_BAD_PARAMETER: return ACCESS_CALL;
    default: return ACCESS_UNKNOWN;
    }
}

/* Linux's number of a thread, as ThreadSanitizer gives it: the process's is main's. */
static const char *name_task(struct reading *r, const char *thread) {
    if (!thread || r->f->tool != TOOL_TSAN)
        return thread;
    const char *process = pool_print(r->pool, "T%llu", (unsigned long long)r->head.process);
    return strcmp(thread, process) == 0 ? "main thread"
                                        : pool_print(r->pool, "thread %s", thread + 1);
}

static bool read_headline(struct reading *r) {
    struct span s = r->head.words, skipped;
    if (r->f->tool == TOOL_LSAN && r->f->kind == KIND_LEAK)
        return false;
    struct site *site = reading_site(r, access_of(r->f->kind));
    site->locks_known = false;
    if (r->brief)
        return true;
    site->address = address_in(s);
    if (span_take_until(&s, "in thread ", &skipped))
        site->thread = take_thread(r, &s, &site->name);
    else if (span_take_until(&s, " (pc 0x", &skipped) && span_take_until(&s, " T", &skipped)) {
        s.at--, s.length++;
        site->thread = name_task(r, take_thread(r, &s, &site->name));
    }
    return true;
}

/* "READ of size 8 at 0x603000000048 thread T2 (reader)" */
static bool read_access(struct reading *r, struct span s) {
    bool write = span_take(&s, "WRITE of size ");
    if (!write && !span_take(&s, "READ of size "))
        return false;
    if (!r->f->site_count)
        return true;
    struct site *site = &r->f->sites[0];
    site->access = write ? ACCESS_WRITE : ACCESS_READ;
    uint64_t size = 0;
    span_take_number(&s, &size);
    site->size = (unsigned)size;
    if (span_take(&s, " at "))
        span_take_hex(&s, &site->address);
    if (span_take(&s, " thread "))
        site->thread = take_thread(r, &s, &site->name);
    return true;
}

/* "==99==The signal is caused by a READ memory access.", "==99==Hint: …" */
static bool read_remark(struct reading *r, struct span s) {
    uint64_t process;
    struct finding *f = r->f;
    if (!span_take(&s, "==") || !span_take_number(&s, &process) || !span_take(&s, "=="))
        return false;
    struct span cause = s;
    if (span_take(&cause, "The signal is caused by a ") && f->site_count)
        f->sites[0].access = span_starts(cause, "READ")    ? ACCESS_READ
                             : span_starts(cause, "WRITE") ? ACCESS_WRITE
                                                           : ACCESS_UNKNOWN;
    else if (!span_take(&s, "Hint: "))
        return true;
    struct span first;
    if (span_take_until(&s, ".  ", &first)) /* what is said then is for who has the registers */
        s = first;
    if (!r->brief && f->headline && f->kind == KIND_DEADLY_SIGNAL)
        f->headline =
            pool_print(r->pool, "%s; %.*s", f->headline, (int)(s.length - span_ends(s, ".")), s.at);
    return true;
}

/* --- the object ---------------------------------------------------------------------- */

/* "0x60 is located 8 bytes inside of 32-byte region [0x60,0x80)", "0x55 is located 0
 * bytes after global variable 'hours' defined in 'x.c:4:12' (0x55) of size 28" */
static bool read_place(struct reading *r, struct span s) {
    struct object *o = &r->f->object;
    struct span skipped, name, tail;
    uint64_t address;
    if (!span_take_hex(&s, &address) || !span_take(&s, " is located "))
        return false;
    reading_stack(r, NULL, true);
    if (o->what || r->brief)
        return true;
    if (span_take_until(&s, "global variable '", &skipped)) {
        if (!span_take_until(&s, "' defined in ", &name))
            return true;
        o->what = pool_print(r->pool, "global '%.*s'", (int)name.length, name.at);
        tail = s;
        if (span_take_until(&tail, " (0x", &skipped)) {
            tail.at -= 2, tail.length += 2;
            span_take_hex(&tail, &o->address);
        }
        if (span_take_until(&tail, " of size ", &skipped))
            span_take_number(&tail, &o->size);
    } else if (span_take_until(&s, "-byte region [", &skipped)) {
        size_t digits = 0;
        while (digits < skipped.length && skipped.at[skipped.length - digits - 1] != ' ')
            digits++;
        tail = (struct span){skipped.at + skipped.length - digits, digits};
        span_take_number(&tail, &o->size);
        span_take_hex(&s, &o->address);
        o->what = pool_print(r->pool, "heap block of size %llu", (unsigned long long)o->size);
    }
    return true;
}

/* "Address 0x7f is located in stack of thread T0 at offset 40 in frame" */
static bool read_stack_place(struct reading *r, struct span s) {
    struct object *o = &r->f->object;
    struct span skipped;
    if (!span_take(&s, "Address "))
        return false;
    if (!span_take_until(&s, " is located in stack of thread ", &skipped)) {
        reading_stack(r, NULL, true);
        return true;
    }
    reading_stack(r, &o->stack, true);
    if (!r->brief && !o->what) {
        const char *thread = take_thread(r, &s, NULL);
        o->what = pool_print(r->pool, "stack of thread %s", thread ? thread : "?");
        o->address = r->f->site_count ? r->f->sites[0].address : 0;
    }
    return true;
}

/* "    [32, 40) 'name' (line 11) <== Memory access at offset 40 overflows this variable" */
static bool read_variable(struct reading *r, struct span s) {
    struct object *o = &r->f->object;
    uint64_t from, to;
    struct span name, skipped, rest;
    if (!span_take(&s, "    [") || !span_take_number(&s, &from) || !span_take(&s, ", ")
        || !span_take_number(&s, &to) || !span_take(&s, ") '") || !span_take_until(&s, "'", &name))
        return false;
    rest = s;
    if (!r->brief && span_take_until(&rest, "<== ", &skipped)) {
        o->what = pool_print(r->pool, "local '%.*s'", (int)name.length, name.at);
        o->size = to > from ? to - from : 0;
    }
    return true;
}

/* --- who freed, allocated, created ------------------------------------------------------ */

static bool read_history(struct reading *r, struct span s) {
    if (span_take(&s, "freed by thread ")) {
        struct site *site = reading_site(r, ACCESS_FREE);
        site->thread = take_thread(r, &s, &site->name);
        return true;
    }
    if (span_take(&s, "previously allocated by thread ") || span_take(&s, "allocated by thread ")) {
        reading_stack(r, &r->f->object.stack, true);
        return true;
    }
    return false;
}

/* "Thread T2 (reader) created by T0 here:" */
static bool read_creation(struct reading *r, struct span s) {
    const char *name = NULL, *who, *creator = NULL;
    if (!span_take(&s, "Thread ") || !(who = take_thread(r, &s, &name)))
        return false;
    if (span_take(&s, " created by "))
        creator = take_thread(r, &s, NULL);
    struct site *site = reading_site_of(r, who, NULL);
    reading_stack(r, site ? &site->created : NULL, true);
    for (; site; site = reading_site_of(r, who, site)) {
        site->creator = creator;
        site->name = site->name ? site->name : name;
    }
    return true;
}

/* "Direct leak of 40 byte(s) in 1 object(s) allocated from:" */
static bool read_leak(struct reading *r, struct span s) {
    struct finding *f = r->f;
    struct span words = s, from;
    uint64_t bytes = 0, objects = 0;
    if (!span_take(&s, "Direct leak of ") && !span_take(&s, "Indirect leak of "))
        return false;
    span_take_number(&s, &bytes);
    if (span_take(&s, " byte(s) in "))
        span_take_number(&s, &objects);
    reading_site(r, ACCESS_ALLOC)->size = bytes < UINT32_MAX ? (unsigned)bytes : UINT32_MAX;
    if (r->brief)
        return true;
    if (!span_take_until(&words, " allocated from", &from))
        from = words;
    f->headline = span_copy(r->pool, from);
    f->object.size = objects ? bytes / objects : bytes;
    f->object.what =
        pool_print(r->pool, "heap block of size %llu", (unsigned long long)f->object.size);
    return true;
}

bool asan_paragraph(struct reading *r, struct span s) {
    if (s.at == raw_row(r->raw, 0).at)
        return read_headline(r);
    if (!s.length)
        return false;
    switch (s.at[0]) {
    case 'R':
    case 'W': return read_access(r, s);
    case '=': return read_remark(r, s);
    case '0': return read_place(r, s);
    case 'A': return read_stack_place(r, s);
    case ' ': return read_variable(r, s);
    case 'f':
    case 'p':
    case 'a': return read_history(r, s);
    case 'T': return read_creation(r, s);
    case 'D':
    case 'I': return read_leak(r, s);
    default: return false;
    }
}
