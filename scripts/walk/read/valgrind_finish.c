/*
 * valgrind_finish.c - see valgrind_report.h: how a report ends, whole or damaged, and what
 * of it goes into the case.
 */
#include <stdlib.h>
#include <string.h>

#include "valgrind_object.h"
#include "valgrind_report.h"

/* Whom to blame in a stack that is not whole: only one who is there already. */
static void distrust(struct vg_report *r, struct stack *s) {
    for (size_t i = 0; i < r->f.site_count; i++)
        if (s == &r->f.sites[i].stack && (s->count == 0 || s->blamed < 0))
            r->unsound |= 1U << i;
}

void vg_damaged(struct vg_report *r) {
    r->maybe[0] = '\0';
    if (!r->target)
        return;
    r->f.torn = true;
    if (r->open)
        distrust(r, r->target);
    r->target = NULL;
}

void vg_pause(struct vg_report *r) {
    r->maybe[0] = '\0';
    r->paused = r->target;
    r->target = NULL;
}

/* --- the end ------------------------------------------------------------------------------- */

/* The sites that are not to be trusted go. False when none is left. */
static bool leave_sound(struct vg_report *r, bool cut) {
    size_t kept = 0;
    struct stack *last = r->target ? r->target : r->paused;
    if (cut && last)
        distrust(r, last);
    for (size_t i = 0; i < r->f.site_count; i++) {
        struct stack *s = &r->f.sites[i].stack;
        bool missing = cut && !s->count && !s->lost;
        if (!missing && !(r->unsound & 1U << i))
            r->f.sites[kept++] = r->f.sites[i];
    }
    r->f.torn |= cut || kept < r->f.site_count;
    r->f.site_count = kept;
    return kept > 0;
}

static void add_created(struct vg_report *r, struct site *s) {
    unsigned long number = s->thread && *s->thread == '#' ? strtoul(s->thread + 1, NULL, 10) : 0;
    for (size_t i = 0; number && i < r->thread_count; i++)
        if (r->threads[i].number == number)
            s->created = r->threads[i].created;
}

static bool told(struct vg_report *r) {
    if (r->f.kind == KIND_DEADLY_SIGNAL && valgrind_stopped_from_outside(r->f.headline)) {
        case_note(r->c, "%s: the program was stopped from outside: %s", r->name, r->f.headline);
        return false;
    }
    if (r->tool != TOOL_COUNT)
        return true;
    case_note(r->c, "%s, line %zu: a report of Valgrind that does not say which tool it is of: %s",
              r->name, r->f.line, r->f.headline);
    return false;
}

/* Is it known to the case? Then it is counted, by the frames up to the blamed ones alone. */
static bool seen(struct vg_report *r) {
    size_t counts[FINDING_SITES] = {0};
    for (size_t i = 0; i < r->f.site_count; i++) {
        struct stack *s = &r->f.sites[i].stack;
        counts[i] = s->count;
        if (s->count && s->blamed >= 0)
            s->count = (size_t)s->blamed + 1;
    }
    bool is_known = case_seen(r->c, &r->f);
    for (size_t i = 0; i < r->f.site_count; i++)
        r->f.sites[i].stack.count = counts[i];
    return is_known;
}

void vg_finish(struct vg_report *r, bool cut) {
    if (r->open) {
        bool damaged = r->unsound;
        r->f.tool = r->tool;
        if (!leave_sound(r, cut))
            case_note(r->c, "%s, line %zu: a report is %s, and left out: %s", r->name, r->f.line,
                      damaged ? "damaged" : "cut off", r->f.headline);
        else if (told(r) && !seen(r)) {
            valgrind_object_finish(r);
            for (size_t i = 0; i < r->f.site_count; i++) {
                add_created(r, &r->f.sites[i]);
                frames_mark_inlined(r->f.sites[i].stack.frames, r->f.sites[i].stack.count);
            }
            case_add(r->c, &r->f);
        }
        r->open = false;
    }
    vg_pause(r);
}

void vg_free(struct vg_report *r) {
    pool_free(&r->pool);
    pool_free(&r->threads_pool);
}
