/*
 * sanitizer_tsan.c - the paragraphs of ThreadSanitizer's reports. Empty lines end them.
 */
#include <string.h>

#include "sanitizer_report.h"

/* --- accesses ---------------------------------------------------------------------- */

/* "thread T2", "main thread": what follows " by " or " in ". */
static const char *take_thread(struct reading *r, struct span *s) {
    struct span name = *s;
    if (span_take(s, "main thread"))
        return "main thread";
    if (!span_take(s, "thread T"))
        return NULL;
    uint64_t number = 0;
    span_take_number(s, &number);
    name.at += strlen("thread ");
    name.length = (size_t)(s->at - name.at);
    return span_copy(r->pool, name);
}

/* "write M1, read M2)" */
static void read_locks(struct reading *r, struct site *site, struct span s) {
    for (;;) {
        bool shared = span_take(&s, "read ");
        if (!shared && !span_take(&s, "write "))
            return;
        size_t length = 0;
        while (length < s.length && s.at[length] != ',' && s.at[length] != ')')
            length++;
        site->locks = pool_grown(r->pool, site->locks, site->lock_count, sizeof *site->locks);
        site->locks[site->lock_count++] =
            (struct lock){span_copy(r->pool, (struct span){s.at, length}), shared};
        s.at += length;
        s.length -= length;
        if (!span_take(&s, ", "))
            return;
    }
}

static bool take_access(struct span *s, enum access *access) {
    bool atomic = span_take(s, "Atomic ") || span_take(s, "atomic ");
    bool write = span_take(s, "Write of size ") || span_take(s, "write of size ");
    if (!write && !span_take(s, "Read of size ") && !span_take(s, "read of size "))
        return false;
    *access = atomic ? (write ? ACCESS_ATOMIC_WRITE : ACCESS_ATOMIC_READ)
                     : (write ? ACCESS_WRITE : ACCESS_READ);
    return true;
}

/* "Modifying access of std::map at": of a library's object that TSan knows. */
static bool take_external(struct span *s, enum access *access) {
    struct span what;
    bool write = span_take(s, "Modifying access of ") || span_take(s, "modifying access of ");
    if (!write && !span_take(s, "Read-only access of ") && !span_take(s, "read-only access of "))
        return false;
    *access = write ? ACCESS_WRITE : ACCESS_READ;
    return span_take_until(s, " at 0x", &what) && (s->at -= 2, s->length += 2, true);
}

/* "Previous write of size 8 at 0x7b10 by thread T1 (mutexes: write M0):" */
static bool read_access(struct reading *r, struct span s) {
    enum access access;
    uint64_t size = 0;
    bool previous = span_take(&s, "Previous ");
    if (take_access(&s, &access))
        span_take_number(&s, &size), span_take(&s, " at ");
    else if (!take_external(&s, &access))
        return false;
    if (previous && r->f->kind == KIND_USE_AFTER_FREE)
        access = ACCESS_FREE;
    struct site *site = reading_site(r, access);
    site->size = (unsigned)size;
    span_take_hex(&s, &site->address);
    if (r->brief || !span_take(&s, " by "))
        return true;
    site->thread = take_thread(r, &s);
    if (span_take(&s, " (mutexes: "))
        read_locks(r, site, s);
    return true;
}

/* --- locks ------------------------------------------------------------------------- */

/* The address of "M1" in the cycle. */
static uint64_t address_in_cycle(struct span cycle, struct span lock) {
    struct span step = cycle, name;
    while (span_take_until(&step, " (", &name)) {
        uint64_t address = 0;
        span_take_hex(&step, &address);
        if (name.length == lock.length && memcmp(name.at, lock.at, lock.length) == 0)
            return address;
        struct span skipped;
        if (!span_take_until(&step, " => ", &skipped))
            break;
    }
    return 0;
}

/* What the threads meet at is all of them: "mutexes M0, M1" */
static void name_cycle(struct reading *r, struct span cycle) {
    struct span step = cycle, name, skipped;
    const char *what = NULL;
    while (span_take_until(&step, " (", &name)) {
        const char *one = span_copy(r->pool, name);
        what = what ? pool_print(r->pool, "%s, %s", what, one) : one;
        if (!span_take_until(&step, " => ", &skipped))
            break;
    }
    if (what)
        r->f->object.what = pool_print(r->pool, "mutexes %s", what);
}

/* "Mutex M1 acquired here while holding mutex M0 in thread T1:" */
static bool read_mutex(struct reading *r, struct span s) {
    struct span lock, held;
    struct finding *f = r->f;
    if (!span_take_until(&s, " ", &lock))
        return false;
    if (span_take(&s, "acquired here while holding mutex ")
        || span_take(&s, "acquired here while holding mutexes ")) {
        struct site *site = reading_site(r, ACCESS_LOCK);
        if (r->brief)
            return true;
        site->address = address_in_cycle(r->cycle, lock);
        if (!span_take_until(&s, " in ", &held))
            return true;
        site->locks = pool_array(r->pool, 1, sizeof *site->locks);
        site->locks[site->lock_count++] = (struct lock){span_copy(r->pool, held), false};
        site->thread = take_thread(r, &s);
    } else if (span_take(&s, "previously acquired by the same thread here:")) {
        struct site *site = f->site_count ? &f->sites[f->site_count - 1] : NULL;
        reading_stack(r, site ? &site->earlier : NULL, true);
    } else if (span_take(&s, "(") && span_ends(s, "created at:")) {
        bool about = f->kind == KIND_LOCK_ORDER || f->kind == KIND_MUTEX_MISUSE;
        bool first = about && !f->object.stack.count && !f->object.stack.lost;
        reading_stack(r, first ? &f->object.stack : NULL, true);
        if (first && !r->brief) {
            if (!f->object.what)
                f->object.what = pool_print(r->pool, "mutex %s", span_copy(r->pool, lock));
            if (!f->object.address)
                span_take_hex(&s, &f->object.address);
        }
    } else {
        return false;
    }
    return true;
}

/* --- what the threads met at --------------------------------------------------------- */

/* "global 'x' of size 8 at 0x55 (lab+0x40a8)", "heap block of size 56 at 0x7b allocated
 * by main thread:", "stack of thread T1.", "file descriptor 3 created by thread T1 at:" */
static void read_location(struct reading *r, struct span s) {
    struct object *o = &r->f->object;
    if (o->what)
        r->f->torn = true; /* a second one is another report's */
    reading_stack(r, o->what ? NULL : &o->stack, true);
    if (r->brief || o->what)
        return;
    struct span what = s, rest = s;
    if (span_take_until(&rest, " of size ", &what))
        span_take_number(&rest, &o->size);
    else if (span_take_until(&rest, " at 0x", &what) || span_take_until(&rest, " created by", &what)
             || span_take_until(&rest, " destroyed by", &what)
             || span_take_until(&rest, ".", &what))
        rest = s;
    if (span_take_until(&s, " at 0x", &rest)) {
        s.at -= 2, s.length += 2;
        span_take_hex(&s, &o->address);
    }
    if (span_starts(s, " ([stack]"))
        o->what = "the stack";
    else if (o->size && span_starts(what, "heap block"))
        o->what = pool_print(r->pool, "heap block of size %llu", (unsigned long long)o->size);
    else
        o->what = span_copy(r->pool, what);
}

/* --- threads -------------------------------------------------------------------------- */

/* "T1 'reader' (tid=99, running) created by main thread at:" */
static void read_creation(struct reading *r, struct span s) {
    struct finding *f = r->f;
    struct span thread, name = {0}, skipped;
    if (!span_take_until(&s, " ", &thread))
        return;
    /* The name may hold quotes; " (tid=" ends it. */
    if (span_take(&s, "'") && !span_take_until(&s, "' (tid=", &name))
        return;
    const char *who = span_copy(r->pool, thread), *creator = NULL;
    if (span_take_until(&s, ") created by ", &skipped))
        creator = take_thread(r, &s);
    struct site *site;
    if (f->kind == KIND_THREAD_LEAK) {
        site = reading_site(r, ACCESS_CALL); /* the leak is where it was created */
        site->thread = who;
        site->name = span_copy(r->pool, name);
        site->creator = creator;
        site->locks_known = false;
        return; /* one beyond FINDING_SITES has no others after it */
    }
    site = reading_site_of(r, who, NULL);
    reading_stack(r, site ? &site->created : NULL, true);
    for (; site; site = reading_site_of(r, who, site)) {
        site->name = span_copy(r->pool, name);
        site->creator = creator;
    }
}

/* Two accesses by one thread share its creation. */
static void share_creation(struct reading *r) {
    struct finding *f = r->f;
    for (size_t i = 0; i < f->site_count; i++)
        for (size_t k = 0; k < i; k++)
            if (!f->sites[i].created.count && f->sites[i].thread && f->sites[k].thread
                && strcmp(f->sites[i].thread, f->sites[k].thread) == 0)
                f->sites[i].created = f->sites[k].created;
}

/* --- the headline, and deadly signals --------------------------------------------------- */

static enum access access_of(struct span words) {
    if (span_starts(words, "unlock") || span_starts(words, "read unlock"))
        return ACCESS_UNLOCK;
    if (span_starts(words, "double lock") || span_starts(words, "read lock"))
        return ACCESS_LOCK;
    return ACCESS_CALL;
}

static bool read_headline(struct reading *r) {
    switch (r->f->kind) {
    case KIND_DEADLY_SIGNAL: return asan_paragraph(r, raw_row(r->raw, 0));
    case KIND_RACE:
    case KIND_USE_AFTER_FREE:
    case KIND_LOCK_ORDER:
    case KIND_THREAD_LEAK: return false;
    default: reading_site(r, access_of(r->head.words))->locks_known = false; return true;
    }
}

bool tsan_paragraph(struct reading *r, struct span s) {
    if (s.at == raw_row(r->raw, 0).at)
        return read_headline(r);
    if (r->f->kind == KIND_DEADLY_SIGNAL)
        return asan_paragraph(r, s);
    if (!span_take(&s, "  "))
        return false;
    if (span_take(&s, "Cycle in lock order graph: ")) {
        r->cycle = s;
        if (!r->brief)
            name_cycle(r, s);
        return true;
    }
    if (span_take(&s, "Mutex "))
        return read_mutex(r, s);
    if (span_take(&s, "Location is ")) {
        read_location(r, s);
    } else if (span_take(&s, "Thread T")) {
        s.at--, s.length++;
        if (!r->brief || r->f->kind == KIND_THREAD_LEAK)
            read_creation(r, s);
        else
            reading_stack(r, NULL, true);
        if (!r->brief)
            share_creation(r);
    } else if (span_starts(s, "and:")) {
        reading_site(r, ACCESS_LOCK)->locks_known = false;
    } else if (span_starts(s, "As if synchronized via sleep:")) {
        reading_stack(r, NULL, true);
    } else {
        return read_access(r, s);
    }
    return true;
}
