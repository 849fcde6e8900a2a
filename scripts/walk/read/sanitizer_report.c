/*
 * sanitizer_report.c - see sanitizer_report.h.
 *
 * A report is a headline and paragraphs; a paragraph is a line that says what comes,
 * and a stack. Frames are numbered from 0; where a number is missing, lines were lost or
 * belong to somebody else, and the rest of that stack is left out.
 */
#include "sanitizer_report.h"

#include <string.h>

#include "../blame.h"

/* --- the lines ------------------------------------------------------------------------ */

void raw_clear(struct raw *r, size_t rows_kept) {
    if (rows_kept > r->count)
        rows_kept = r->count;
    r->count = rows_kept;
    r->used = rows_kept ? r->rows[rows_kept - 1].at + r->rows[rows_kept - 1].length : 0;
    r->run = 0;
    r->full = false;
}

static void make_room(struct raw *r, size_t length) {
    if (r->used + length > r->room) {
        size_t room = (r->used + length) * 2 + 4096;
        char *bytes = pool_take(&r->pool, room);
        if (r->used)
            memcpy(bytes, r->bytes, r->used);
        r->bytes = bytes;
        r->room = room;
    }
    if (r->count == r->row_room) {
        r->row_room = r->row_room * 2 + 64;
        struct row *rows = pool_array(&r->pool, r->row_room, sizeof *rows);
        if (r->count)
            memcpy(rows, r->rows, r->count * sizeof *rows);
        r->rows = rows;
    }
}

void raw_add(struct raw *r, struct span line) {
    bool frame = frame_line(line);
    if (frame && line.at[5] == '0')
        r->run = 0;
    r->run = frame ? r->run + 1 : 0;
    if (r->run > STACK_KEPT) {
        r->rows[r->count - 1].more++;
        return;
    }
    /* Rows count, too, or a million empty lines would fit. */
    if (r->used + line.length + r->count * sizeof(struct row) > REPORT_KEPT) {
        r->full = true;
        r->run = 0;
        return;
    }
    make_room(r, line.length);
    if (line.length)
        memcpy(r->bytes + r->used, line.at, line.length);
    r->rows[r->count++] = (struct row){(unsigned)r->used, (unsigned)line.length, 0, frame};
    r->used += line.length;
}

struct span raw_row(const struct raw *r, size_t i) {
    return (struct span){r->bytes + r->rows[i].at, r->rows[i].length};
}

/* Eight bytes at a time; multiply and fold, as wyhash does (github.com/wangyi-fudan/wyhash). */
static uint64_t mix(uint64_t key, const char *at, size_t length) {
    for (uint64_t word = 0; length; word = 0) {
        size_t n = length < sizeof word ? length : sizeof word;
        memcpy(&word, at, n);
        key = (key ^ word) * 0x9e3779b97f4a7c15;
        key ^= key >> 32;
        at += n;
        length -= n;
    }
    return key;
}

uint64_t report_key(const struct raw *r) {
    enum { WORDS = 16 }; /* of a paragraph's first line: more than what kind it is would differ */
    struct headline h;
    headline_read(raw_row(r, 0), &h);
    uint64_t key = mix((uint64_t)h.tool + 1, h.words.at, h.words.length);
    for (size_t i = 1; i < r->count; i++) {
        const struct row *row = &r->rows[i];
        size_t length = row->frame || row->length < WORDS ? row->length : WORDS;
        key =
            mix(key ^ ((uint64_t)row->length * row->frame + row->more), r->bytes + row->at, length);
    }
    return key;
}

/* --- stacks --------------------------------------------------------------------------- */

void reading_stack(struct reading *r, struct stack *stack, bool optional) {
    r->stack = r->brief && optional ? NULL : stack;
    r->optional = optional;
    r->next_number = 0;
    r->broken = r->enough = false;
}

struct site *reading_site(struct reading *r, enum access access) {
    struct finding *f = r->f;
    bool room = f->site_count < FINDING_SITES;
    struct site *s = room ? &f->sites[f->site_count++] : &r->beyond;
    if (!room)
        *s = (struct site){0};
    s->access = access;
    s->locks_known = f->tool == TOOL_TSAN;
    reading_stack(r, room ? &s->stack : NULL, !room);
    return s;
}

struct site *reading_site_of(struct reading *r, const char *thread, struct site *after) {
    struct finding *f = r->f;
    for (struct site *s = after ? after + 1 : f->sites; s < f->sites + f->site_count; s++)
        if (thread && s->thread && strcmp(s->thread, thread) == 0)
            return s;
    return NULL;
}

/* The frame's number is the next one: else lines are missing, or are another report's. */
static bool in_order(struct reading *r, struct span text) {
    uint64_t number = 0;
    span_take(&text, "    #");
    return span_take_number(&text, &number) && number == r->next_number;
}

static void read_frame(struct reading *r, const struct row *row, struct span text) {
    struct stack *s = r->stack;
    if (r->enough || r->broken || (r->brief && !s && r->optional))
        return;
    struct frame frame;
    size_t number = 0;
    if (!in_order(r, text) || (!s && !r->optional) || (s && s->count == STACK_KEPT)
        || (s && !frame_read(r->pool, text, &frame, &number))) {
        r->broken = r->f->torn = true;
        return;
    }
    r->next_number++;
    if (!s)
        return;
    s->frames = pool_grown(r->pool, s->frames, s->count, sizeof *s->frames);
    s->frames[s->count++] = frame;
    s->omitted += row->more;
    r->enough = r->brief && frame_blamable(&frame);
}

/* --- the report ------------------------------------------------------------------------ */

/* "heap-use-after-free on address 0x6030… at pc …" without what is different each time. */
static struct span lasting_words(struct span words) {
    static const char *const ends[] = {" on address 0x",    " on 0x",  ": 0x",
                                       ": memory ranges [", " (pc 0x", NULL};
    for (const char *const *end = ends; *end; end++) {
        struct span rest = words, before;
        if (span_take_until(&rest, *end, &before))
            words = before;
    }
    return words;
}

/* Are these the accesses of one race? Of the two stacks of two reports that were
 * printed at the same time, they are not. */
static bool accesses_meet(const struct finding *f) {
    enum { APART = 64 }; /* more than the widest access */
    const struct site *a = &f->sites[0], *b = &f->sites[1];
    if (f->site_count < 2 || !a->address || !b->address)
        return true;
    uint64_t distance = a->address > b->address ? a->address - b->address : b->address - a->address;
    return distance < APART + a->size + b->size;
}

/* What is missing makes it a torn report; a site without anything is dropped. */
static void check_complete(struct finding *f) {
    size_t wanted = f->kind == KIND_RACE ? 2 : 0;
    if (f->kind == KIND_RACE && (f->site_count > wanted || !accesses_meet(f))) {
        f->site_count = 1; /* the others may be of another report */
        f->torn = true;
    }
    if (f->site_count < wanted)
        f->torn = true;
    for (size_t i = 0; i < f->site_count; i++)
        if (f->sites[i].stack.count == 0 && !f->sites[i].stack.lost && f->kind != KIND_DEADLY_SIGNAL
            && f->kind != KIND_OTHER)
            f->torn = true;
}

/* Of a torn report there must be at least one stack that leads to the program. */
static bool is_sound(struct finding *f) {
    if (!f->torn)
        return true;
    bool sound = false;
    for (size_t i = 0; i < f->site_count; i++) {
        stack_blame(&f->sites[i].stack);
        sound |= f->sites[i].stack.blamed >= 0;
    }
    return sound;
}

static void finish(struct finding *f) {
    for (size_t i = 0; i < f->site_count; i++) {
        struct site *s = &f->sites[i];
        frames_mark_inlined(s->stack.frames, s->stack.count);
        frames_mark_inlined(s->earlier.frames, s->earlier.count);
        frames_mark_inlined(s->created.frames, s->created.count);
    }
    frames_mark_inlined(f->object.stack.frames, f->object.stack.count);
}

bool report_read(const struct raw *raw, struct pool *p, struct finding *f, bool brief) {
    struct reading r = {.raw = raw, .pool = p, .f = f, .brief = brief};
    headline_read(raw_row(raw, 0), &r.head);
    *f = (struct finding){.kind = r.head.kind, .tool = r.head.tool, .line = raw->line};
    f->torn = raw->cut || raw->full;
    if (!brief)
        f->headline = span_copy(p, lasting_words(r.head.words));
    bool tsan = f->tool == TOOL_TSAN;
    if (!(tsan ? tsan_paragraph : asan_paragraph)(&r, raw_row(raw, 0)))
        reading_stack(&r, NULL, false);

    /* A line that the end of the stream cut off may have lost a part of a name. */
    size_t last = raw->count - (raw->cut && raw->count > 1);
    for (size_t i = 1; i < last; i++) {
        struct span text = raw_row(raw, i);
        if (raw->rows[i].frame)
            read_frame(&r, &raw->rows[i], text);
        else if (tsan && text.length == 0)
            reading_stack(&r, NULL, false);
        else if (tsan && span_starts(text, "    [failed to restore the stack]") && r.stack)
            r.stack->lost = "failed to restore the stack";
        else if (tsan)
            tsan_paragraph(&r, text);
        else
            asan_paragraph(&r, text);
    }
    check_complete(f);
    if (!brief)
        finish(f);
    return is_sound(f);
}
