/*
 * valgrind_report.c - see valgrind_report.h: what sentences and frames do to a report. What
 * an object is: valgrind_object.c. How a report ends: valgrind_finish.c.
 */
#include "valgrind_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../blame.h"
#include "valgrind_object.h"

static struct site *next_site(struct vg_report *r, enum access access) {
    struct site *s = &r->f.sites[r->f.site_count++];
    s->access = access;
    return s;
}

static const char *thread_name(struct vg_report *r, const char *headline) {
    static const char *const behind[] = {"Thread #", "by thread #", "by thread "};
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        unsigned long n = valgrind_number(headline, behind[i], 10);
        if (n)
            return pool_print(&r->pool, i < 2 ? "#%lu" : "%lu", n);
    }
    return r->speaker[0] && r->f.kind != KIND_DEADLY_SIGNAL ? pool_copy(&r->pool, r->speaker)
                                                            : NULL;
}

/* --- what sentences do -------------------------------------------------------------- */

/* "… lock order "0xA before 0xB" violated": 0xB was taken first. */
static void wrong_order(struct vg_report *r, struct site *s, const char *headline) {
    s->address = valgrind_number(headline, "order \"", 16);
    const char *held = strstr(headline, "before 0x");
    if (!held)
        return;
    s->locks = pool_array(&r->pool, 1, sizeof *s->locks);
    s->locks[s->lock_count++].name = pool_string(&r->pool, held + 7, strcspn(held + 7, "\""));
}

static void begin(struct vg_report *r, const char *headline, struct meaning m, size_t line) {
    vg_finish(r, false);
    if (m.tool != TOOL_COUNT)
        r->tool = m.tool;
    pool_reset(&r->pool);
    memset(&r->f, 0, sizeof r->f);
    r->open = true;
    r->unsound = 0;
    r->lock_order_later = false;
    r->lock = 0;
    r->f.kind = m.kind;
    r->f.headline = pool_copy(&r->pool, headline);
    r->f.file = r->name;
    r->f.line = line;
    struct site *s = next_site(r, m.access);
    s->thread = thread_name(r, headline);
    s->address = valgrind_number(headline, m.kind == KIND_RACE ? " at 0x" : "0x", 16);
    s->size = (unsigned)valgrind_number(headline, r->tool == TOOL_DRD ? " size " : " of size ", 10);
    if (m.kind == KIND_LOCK_ORDER)
        wrong_order(r, s, headline);
    valgrind_object_of_headline(r);
    r->target = &s->stack;
}

static void conflict(struct vg_report *r, const char *sentence, enum access access) {
    r->lock = 0;
    if (r->f.kind != KIND_RACE || r->f.site_count != 1) {
        r->f.torn = true;
        return;
    }
    struct site *s = next_site(r, access);
    s->thread = thread_name(r, sentence);
    s->address = r->f.sites[0].address;
    s->size = (unsigned)valgrind_number(sentence, " of size ", 10);
    r->target = &s->stack;
}

/* "Locks held: 2, at addresses 0x10C0A0 0x10C0E0 (and 1 that can't be shown)" */
static void locks_held(struct vg_report *r, const char *sentence) {
    struct site *s = &r->f.sites[r->f.site_count - 1];
    if (s->locks_known || s->stack.count)
        return;
    s->locks_known = true;
    r->target = &s->stack;
    for (const char *at = strstr(sentence, "0x"); at; at = strstr(at + 2, "0x")) {
        s->locks = pool_grown(&r->pool, s->locks, s->lock_count, sizeof *s->locks);
        s->locks[s->lock_count++].name = pool_string(&r->pool, at, strcspn(at, " ("));
    }
}

static void order(struct vg_report *r, const char *sentence, enum role role) {
    if (r->f.kind != KIND_LOCK_ORDER) {
        r->f.torn = true;
        return;
    }
    if (role == ROLE_REQUIRED) {
        if (r->f.site_count == 1)
            next_site(r, ACCESS_LOCK);
        r->lock_order_later = true;
    }
    struct site *s = &r->f.sites[r->lock_order_later ? r->f.site_count - 1 : 0];
    const char *address = strstr(sentence, "0x");
    if (role == ROLE_LATER) {
        s->address = address ? strtoull(address, NULL, 16) : 0;
        r->target = &s->stack;
        return;
    }
    if (address && !s->lock_count) {
        s->locks = pool_array(&r->pool, 1, sizeof *s->locks);
        s->locks[s->lock_count++].name = pool_copy(&r->pool, address);
    }
    r->target = &s->earlier;
}

/* "Thread #2 was created": its stack is kept beyond the report. */
static void announced(struct vg_report *r, const char *sentence) {
    vg_finish(r, false);
    unsigned long number = valgrind_number(sentence, "Thread #", 10);
    if (r->thread_count == VG_THREADS_KEPT || r->threads_pool.taken > VG_THREADS_MOST)
        return;
    r->threads = pool_grown(&r->threads_pool, r->threads, r->thread_count, sizeof *r->threads);
    struct vg_thread *t = &r->threads[r->thread_count++];
    *t = (struct vg_thread){.number = number};
    r->target = &t->created;
}

/* "Thread 3:", "Thread 3 (reader):" */
static void speaker(struct vg_report *r, const char *sentence) {
    const char *at = sentence + strlen("Thread ");
    size_t length = strcspn(at, ":");
    if (length >= sizeof r->speaker)
        length = sizeof r->speaker - 1;
    memcpy(r->speaker, at, length);
    r->speaker[length] = '\0';
}

static void append(struct vg_report *r, const char *how, const char *sentence) {
    if (strlen(r->f.headline) < VG_SENTENCE_MOST) /* torn input repeats itself */
        r->f.headline = pool_print(&r->pool, how, r->f.headline, sentence);
}

void vg_reason(struct vg_report *r, const char *sentence) {
    append(r, "%s: %s", sentence);
    if (!r->f.sites[0].address)
        r->f.sites[0].address = valgrind_number(sentence, "0x", 16);
}

/* DRD knows the other thread, and between which of its calls the other access was. */
static void bound(struct vg_report *r, const char *sentence) {
    unsigned long other = valgrind_number(sentence, "Other segment start (thread ", 10);
    char thread[32];
    snprintf(thread, sizeof thread, "thread %lu", other);
    if (other)
        append(r, "%s, against %s", thread);
}

/* Where the lock was taken that is held too long, or taken again. */
static void taken_before(struct vg_report *r) {
    if (r->f.site_count != 1) {
        r->f.torn = true;
        return;
    }
    struct site *s = next_site(r, ACCESS_LOCK);
    s->thread = r->f.sites[0].thread;
    s->address = r->f.sites[0].address;
    r->target = &s->stack;
}

/* "Lock on mutex 0x10c060 was held during 61 ms": after where it was taken. */
static void held_long(struct vg_report *r, const char *sentence, struct meaning m, size_t line) {
    if (!r->open || r->f.kind != KIND_LOCK_HELD_LONG || r->f.sites[0].stack.count) {
        begin(r, sentence, m, line);
        r->f.torn = true; /* the beginning is lost */
        return;
    }
    r->f.headline = pool_copy(&r->pool, sentence);
    for (size_t i = 0; i < r->f.site_count; i++)
        r->f.sites[i].address = valgrind_number(sentence, "0x", 16);
    valgrind_object_of_headline(r);
    r->target = &r->f.sites[0].stack;
}

/* --- a sentence ----------------------------------------------------------------------- */

/* Those that begin something. */
static bool begins_something(struct vg_report *r, const char *s, struct meaning m, size_t line) {
    switch (m.role) {
    case ROLE_HEADLINE: begin(r, s, m, line); return true;
    case ROLE_ACQUIRED:
        begin(r, s, m, line);
        taken_before(r);
        return true;
    case ROLE_HELD: held_long(r, s, m, line); return true;
    case ROLE_CREATED: announced(r, s); return true;
    case ROLE_SPEAKER: speaker(r, s); return true;
    case ROLE_ROOT:
    case ROLE_END: vg_finish(r, false); return true;
    default: return false;
    }
}

/* Those that belong to a report. */
static void goes_on(struct vg_report *r, const char *s, struct meaning m) {
    switch (m.role) {
    case ROLE_CONFLICT: conflict(r, s, m.access); break;
    case ROLE_LOCKS: locks_held(r, s); break;
    case ROLE_OBSERVED:
    case ROLE_REQUIRED:
    case ROLE_LATER: order(r, s, m.role); break;
    case ROLE_EARLIER: taken_before(r); break;
    case ROLE_BOUND: bound(r, s); break;
    case ROLE_CODE:
        append(r, "%s %s", s);
        r->target = &r->f.sites[0].stack;
        break;
    case ROLE_FIRST: valgrind_lock_described(r, s); break;
    case ROLE_OBJECT: valgrind_object_described(r, s); break;
    case ROLE_MORE: valgrind_object_more(r, s); break;
    default: break;
    }
}

bool vg_say(struct vg_report *r, struct span sentence, size_t line, enum vg_place place,
            enum kind kind) {
    char s[VG_SENTENCE_MOST];
    size_t length = sentence.length < sizeof s ? sentence.length : sizeof s - 1;
    memcpy(s, sentence.at, length);
    s[length] = '\0';
    struct meaning m = valgrind_meaning(s);
    if (m.role == ROLE_LOST) {
        if (r->target && !r->target->count)
            r->target->lost = pool_copy(&r->pool, s);
        r->target = NULL;
        return true;
    }
    vg_pause(r);
    if (m.role == ROLE_UNKNOWN && place == VG_HEADLINE) {
        begin(r, s, (struct meaning){ROLE_HEADLINE, TOOL_COUNT, kind, ACCESS_CALL}, line);
        return true;
    }
    if (begins_something(r, s, m, line))
        return true;
    if (m.role == ROLE_FIRST && !r->open)
        valgrind_lock_described(r, s);
    else if (m.role == ROLE_OBJECT && !r->open)
        valgrind_object_described(r, s);
    else if (m.role != ROLE_UNKNOWN && r->open)
        goes_on(r, s, m);
    else if (r->open && r->f.kind == KIND_DEADLY_SIGNAL && !r->f.sites[0].stack.count) {
        vg_reason(r, s);
        r->target = &r->f.sites[0].stack;
    } else if (m.role == ROLE_UNKNOWN && place == VG_FIRST_COLUMN) {
        memcpy(r->maybe, s, length + 1);
        r->maybe_line = line;
    }
    return m.role != ROLE_UNKNOWN;
}

/* --- frames ------------------------------------------------------------------------------ */

/* The stack that the frame belongs to; NULL: none. */
static struct stack *target_of(struct vg_report *r, bool innermost) {
    if (innermost && r->maybe[0]) {
        char headline[VG_SENTENCE_MOST];
        memcpy(headline, r->maybe, sizeof headline);
        r->maybe[0] = '\0';
        bool ours = strncmp(headline, "Warning", 7) != 0 && strncmp(headline, "Open ", 5) != 0
                    && headline[0] != '[';
        if (ours && r->tool != TOOL_COUNT)
            begin(r, headline, (struct meaning){ROLE_HEADLINE, TOOL_COUNT, KIND_OTHER, ACCESS_CALL},
                  r->maybe_line);
    }
    if (r->target && innermost == (r->target->count > 0))
        vg_damaged(r); /* a second innermost frame, or a caller of none */
    return r->target;
}

/* The frame with these bytes; false when they are damaged. */
static bool frame_of(struct vg_report *r, struct pool *p, struct span raw, vg_parse *parse,
                     struct frame *f, bool *blamable) {
    uint64_t hash;
    const struct known_frame *known = known_find(r->known, raw, &hash);
    if (!known) {
        struct vg_frame from = {0};
        if (!parse(raw, &from))
            return false;
        struct known_frame *new = known_add(r->known, raw, hash);
        if (!new) {
            vg_frame_read(p, &from, f);
            *blamable = frame_blamable(f);
            return true;
        }
        vg_frame_read(&r->known->pool, &from, &new->frame);
        new->blamable = frame_blamable(&new->frame);
        known = new;
    }
    *f = known->frame;
    *blamable = known->blamable;
    return true;
}

void vg_frame(struct vg_report *r, uint64_t address, struct span raw, vg_parse *parse,
              bool innermost) {
    struct stack *s = target_of(r, innermost);
    if (!s)
        return;
    struct pool *p = r->open ? &r->pool : &r->threads_pool;
    if (s->count == STACK_KEPT || p->taken > (size_t)(r->open ? VG_REPORT_MOST : VG_THREADS_MOST)) {
        s->omitted++;
        return;
    }
    bool blamable = false;
    struct frame f;
    if (!frame_of(r, p, raw, parse, &f, &blamable)) {
        vg_damaged(r);
        return;
    }
    if (s->count == 0)
        s->blamed = -1;
    if (blamable && s->blamed < 0)
        s->blamed = (int)s->count;
    f.address = address;
    s->frames = pool_grown(p, s->frames, s->count, sizeof *s->frames);
    s->frames[s->count++] = f;
}
