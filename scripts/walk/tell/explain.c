/*
 * explain.c - the key fields of what was read, each with its value in this case and
 * what it means: what a newcomer meets in the raw report or core, in the words that
 * stand there.
 *
 * The core's come first, then those of the finding that the case is about. A row is
 * there only when the case has a value for it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../blame.h"
#include "explain.h"
#include "threads.h"

enum {
    VALUE_MOST = 72, /* bytes; a cell is to be short: a name or two and a place */
    KEY_MOST = 9,    /* rows; a table of more is not read */
};

void row_add(struct rows *r, const char *first, const char *second, const char *third) {
    if (r->count < r->most)
        r->at[r->count++] = (struct row){{first, second, third}};
}

const char *row_value(struct rows *r, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    int wanted = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (wanted <= VALUE_MOST)
        return pool_copy(r->pool, text);
    size_t end = VALUE_MOST - 1;
    while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--; /* not within a character */
    return pool_print(r->pool, "%.*s…", (int)end, text);
}

/* "hmap_assign, labs/common/hmap.c:251" */
const char *row_frame(struct rows *r, const struct stack *s) {
    const struct frame *f = stack_blamed(s);
    if (!f && s->count > 0)
        f = &s->frames[0];
    if (!f)
        return row_value(r, "no stack: %s", s->lost ? s->lost : "the report has none");
    if (!f->file || !f->own) /* where a library's own sources were built tells nobody */
        return row_value(r, "%s", frame_name(f));
    return row_value(r, "%s, %s:%d", frame_name(f), short_path(f->file), f->line);
}

/* --- the core -------------------------------------------------------------------- */

static void owner_row(const struct core *core, struct rows *r) {
    char who[128];
    for (size_t i = 0; i < core->thread_count; i++) {
        const struct thread *t = core_thread(core, (int)i);
        const struct thread *holder = t ? core_thread(core, t->holder) : NULL;
        if (holder && holder->lwp && t->waits_kind && strcmp(t->waits_kind, "mutex") == 0) {
            row_add(r, "__owner, in a mutex",
                    row_value(r, "%d: %s", holder->lwp, thread_who(holder, who, sizeof who)),
                    "the LWP of the thread that has the lock, noted by glibc; find it among "
                    "the threads, and see what that one waits for");
            return;
        }
    }
}

static void core_rows(const struct core *core, struct rows *r) {
    char who[128];
    const struct thread *victim = core_thread(core, core->victim);
    if (core->signal)
        row_add(r, "terminated with signal", core->signal,
                core->fault == FAULT_NONE
                    ? "how it died: the signal was sent, so a check or abort() ended it"
                : core->fault == FAULT_OTHER ? "how it died"
                                             : "how it died: an access that cannot be done");
    if (core->signal && core->fault != FAULT_NONE && (core->fault != FAULT_OTHER || core->address))
        row_add(r, "si_addr", row_value(r, "0x%" PRIx64, core->address),
                core->fault == FAULT_NON_CANONICAL
                    ? "the processor tells 0 of a pointer that is no address: look at the "
                      "pointer"
                : core->address < 4096
                    ? "the address it failed at: 0, or little more, is a NULL pointer and a "
                      "field's offset"
                    : "the address that it failed at");
    if (victim && victim->lwp)
        row_add(r, "LWP", row_value(r, "%d: %s", victim->lwp, thread_who(victim, who, sizeof who)),
                "the kernel's number of the thread that died; GDB calls that one thread 1");
    if (victim && victim->stack.count)
        row_add(r,
                victim->stack.blamed > 0 ? row_value(r, "frame #%d", victim->stack.blamed)
                                         : "frame #0",
                row_frame(r, &victim->stack),
                victim->stack.blamed > 0
                    ? "the first frame of the program's own; above it stands how a program dies"
                    : "the innermost frame: where it was");
    owner_row(core, r);
}

size_t key_fields(const struct casefile *c, struct row *rows, size_t most, struct pool *p) {
    struct rows r = {.at = rows, .most = most < KEY_MOST ? most : KEY_MOST, .pool = p};
    const struct finding *f = case_main(c);
    if (c->core)
        core_rows(c->core, &r);
    if (f)
        report_rows(f, &r);
    return r.count;
}

size_t guide_entries(const struct casefile *c, struct guide_entry entries[ENTRIES_MOST]) {
    bool told[KIND_COUNT] = {false};
    size_t n = 0;
    if (c->core && c->core->cycle_count)
        entries[n++] = (struct guide_entry){"deadlock", guide_for_deadlock()};
    else if (c->core && c->core->signal)
        entries[n++] =
            (struct guide_entry){fault_title(c->core->fault), guide_for_fault(c->core->fault)};
    for (size_t i = 0; i < c->finding_count; i++) {
        enum kind kind = c->findings[i]->kind;
        if (!told[kind])
            entries[n++] = (struct guide_entry){kind_name(kind), guide_for(kind)};
        told[kind] = true;
    }
    return n;
}
