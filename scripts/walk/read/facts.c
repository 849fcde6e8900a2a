/*
 * facts.c - what our GDB command `case` wrote of a core (JSON, version 2), as a
 * struct core. The fields are those of case.h.
 *
 * A field of the wrong type is as good as none; an index that points nowhere is -1.
 * Only what is no such JSON at all is refused.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "../blame.h"
#include "core.h"

enum {
    VERSION = 2,
    FACTS_MAX = 256 << 20, /* bytes: 1,000 threads of 256 frames are 100 MB */
    STRING_MAX = 1000,     /* bytes of one string; `case` writes at most 600 */
    THREADS_MAX = 4096,
    VARIABLES_MAX = 512, /* of one frame */
    HOLDS_MAX = 1024,    /* of one thread */
    LOOKS_MAX = 256,
    OUTERMOST = 32 /* of the frames kept of a stack that is too long */
};

/* A string's copy, not too long and not torn within a character; NULL if it is none. */
static const char *string(struct casefile *c, const json_t *value) {
    const char *text = json_string_value(value);
    if (!text || strlen(text) <= STRING_MAX)
        return case_string(c, text);
    size_t end = STRING_MAX;
    while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    char cut[STRING_MAX + 1];
    memcpy(cut, text, end);
    cut[end] = '\0';
    return case_string(c, cut);
}

static const char *text_of(struct casefile *c, const json_t *object, const char *key) {
    return string(c, json_object_get(object, key));
}

/* "0x5581…" or a number. */
static uint64_t address_of(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (json_is_string(value))
        return strtoull(json_string_value(value), NULL, 0);
    return json_integer_value(value) > 0 ? (uint64_t)json_integer_value(value) : 0;
}

/* What has no name is called by its address; NULL is nothing. */
static const char *hexadecimal(struct casefile *c, uint64_t address) {
    return address ? case_string(c, pool_print(&c->pool, "0x%" PRIx64, address)) : NULL;
}

static int int_of(const json_t *object, const char *key) {
    json_int_t value = json_integer_value(json_object_get(object, key));
    return value >= 0 && value <= INT32_MAX ? (int)value : 0;
}

static int index_in(const json_t *value, size_t count) {
    json_int_t i = json_is_integer(value) ? json_integer_value(value) : -1;
    return i >= 0 && (uint64_t)i < count ? (int)i : -1;
}

static size_t length_of(const json_t *array, size_t most) {
    size_t length = json_array_size(array);
    return length < most ? length : most;
}

/* --- threads ------------------------------------------------------------------- */

static void read_frame(struct casefile *c, const json_t *from, struct frame *f) {
    f->function = text_of(c, from, "function");
    f->file = text_of(c, from, "file");
    f->module = text_of(c, from, "module");
    f->args = text_of(c, from, "args");
    f->address = address_of(from, "address");
    f->line = int_of(from, "line");
    f->inlined = json_is_true(json_object_get(from, "inlined"));
    const json_t *locals = json_object_get(from, "locals");
    size_t count = length_of(locals, VARIABLES_MAX);
    if (!count)
        return;
    f->locals = pool_array(&c->pool, count, sizeof *f->locals);
    for (size_t i = 0; i < count; i++) {
        const json_t *pair = json_array_get(locals, i);
        struct variable v = {string(c, json_array_get(pair, 0)),
                             string(c, json_array_get(pair, 1))};
        if (v.name && v.value)
            f->locals[f->local_count++] = v;
    }
}

/* Which of a stack's frames is the i-th of those kept? */
static size_t kept(size_t i, size_t count, size_t length) {
    return length > count && i >= STACK_KEPT - OUTERMOST ? length - (count - i) : i;
}

/* GDB knows more than a frame's names say: what is a library's that was linked into the
 * program, and what a signal's handler did after the fault, are not the program's own. */
static void only_own(const json_t *from, size_t length, struct stack *s) {
    s->blamed = -1;
    for (size_t i = 0; i < s->count; i++) {
        const json_t *one = json_array_get(from, kept(i, s->count, length));
        if (json_is_false(json_object_get(one, "own")))
            s->frames[i].own = false;
        if (s->blamed < 0 && s->frames[i].own && frame_blamable(&s->frames[i]))
            s->blamed = (int)i;
    }
}

static void read_stack(struct casefile *c, const json_t *from, const json_t *omitted,
                       struct stack *s) {
    size_t length = json_array_size(from);
    json_int_t beyond = json_integer_value(omitted);
    s->count = length_of(from, STACK_KEPT);
    s->omitted = length - s->count + (beyond > 0 ? (size_t)beyond : 0);
    s->frames = s->count ? pool_array(&c->pool, s->count, sizeof *s->frames) : NULL;
    for (size_t i = 0; i < s->count; i++)
        read_frame(c, json_array_get(from, kept(i, s->count, length)), &s->frames[i]);
    if (!s->count)
        s->lost = "GDB shows no frame of it";
    stack_blame(s);
    only_own(from, length, s);
}

static void read_locks(struct casefile *c, const json_t *from, size_t threads, struct thread *t) {
    const json_t *waits = json_object_get(from, "waits");
    t->holder = -1;
    if (json_is_object(waits)) {
        t->waits_kind = text_of(c, waits, "kind");
        t->waits.name = text_of(c, waits, "name");
        t->waits.address = address_of(waits, "address");
        if (!t->waits.name)
            t->waits.name = hexadecimal(c, t->waits.address);
        t->holder = index_in(json_object_get(waits, "holder"), threads);
    }
    const json_t *holds = json_object_get(from, "holds");
    size_t count = length_of(holds, HOLDS_MAX);
    t->holds = count ? pool_array(&c->pool, count, sizeof *t->holds) : NULL;
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(holds, i);
        struct held held = {text_of(c, one, "name"), address_of(one, "address")};
        if (!held.name)
            held.name = hexadecimal(c, held.address);
        if (held.name)
            t->holds[t->hold_count++] = held;
    }
}

static void read_threads(struct casefile *c, const json_t *from, struct core *core) {
    core->thread_count = length_of(from, THREADS_MAX);
    core->threads =
        core->thread_count ? pool_array(&c->pool, core->thread_count, sizeof *core->threads) : NULL;
    for (size_t i = 0; i < core->thread_count; i++) {
        const json_t *one = json_array_get(from, i);
        struct thread *t = &core->threads[i];
        t->number = int_of(one, "number");
        t->lwp = int_of(one, "lwp");
        t->name = text_of(c, one, "name");
        t->role = text_of(c, one, "role");
        t->doing = text_of(c, one, "doing");
        t->where = text_of(c, one, "where");
        read_locks(c, one, core->thread_count, t);
        read_stack(c, json_object_get(one, "stack"), json_object_get(one, "frames_omitted"),
                   &t->stack);
    }
}

/* --- the rest -------------------------------------------------------------------- */

static void read_fault(struct casefile *c, const json_t *from, struct core *core) {
    const char *kind = json_string_value(json_object_get(from, "kind"));
    core->fault = kind ? fault_of(kind) : FAULT_NONE;
    if (core->fault == FAULT_COUNT) /* of a newer version */
        core->fault = FAULT_OTHER;
    core->address = address_of(from, "address");
    core->fault_words = text_of(c, from, "words");
}

static void read_crossing(struct casefile *c, const json_t *root, struct core *core) {
    const json_t *crossing = json_object_get(root, "crossing");
    const json_t *threads = json_object_get(crossing, "threads");
    for (size_t i = 0; i < 2; i++)
        core->crossing[i] = index_in(json_array_get(threads, i), core->thread_count);
    if (core->crossing[0] == core->crossing[1])
        core->crossing[1] = -1;
    core->crossing_why = text_of(c, crossing, "why");

    const json_t *cycle = json_object_get(root, "cycle");
    size_t count = length_of(cycle, core->thread_count);
    core->cycle = count ? pool_array(&c->pool, count, sizeof *core->cycle) : NULL;
    for (size_t i = 0; i < count; i++)
        if ((core->cycle[i] = index_in(json_array_get(cycle, i), core->thread_count)) < 0)
            return; /* a circle with a gap is none */
    core->cycle_count = count;
}

static void read_looks(struct casefile *c, const json_t *from, struct core *core) {
    size_t count = length_of(from, LOOKS_MAX);
    core->looks = count ? pool_array(&c->pool, count, sizeof *core->looks) : NULL;
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(from, i), *said = json_object_get(one, "lines");
        struct look *look = &core->looks[core->look_count];
        look->expression = text_of(c, one, "expression");
        size_t lines = length_of(said, LOOKS_MAX);
        look->lines = lines ? pool_array(&c->pool, lines, sizeof *look->lines) : NULL;
        for (size_t j = 0; j < lines; j++) {
            const char *line = string(c, json_array_get(said, j));
            if (line)
                look->lines[look->line_count++] = line;
        }
        core->look_count += look->expression != NULL;
    }
}

static void read_root(struct casefile *c, const json_t *root, struct core *core) {
    core->signal = text_of(c, root, "signal");
    read_threads(c, json_object_get(root, "threads"), core);
    json_int_t total = json_integer_value(json_object_get(root, "thread_total"));
    core->thread_total = core->thread_count;
    if (total > (json_int_t)core->thread_count && total <= INT32_MAX)
        core->thread_total = (size_t)total;
    core->victim = index_in(json_object_get(root, "victim"), core->thread_count);
    read_fault(c, json_object_get(root, "fault"), core);
    read_crossing(c, root, core);
    read_looks(c, json_object_get(root, "looks"), core);
    const json_t *notes = json_object_get(root, "notes");
    for (size_t i = 0; i < length_of(notes, CORE_NOTES); i++) {
        const char *note = string(c, json_array_get(notes, i));
        if (note)
            core_note(c, core, "%s", note);
    }
}

/* For jansson: no more than FACTS_MAX bytes, whatever the stream has. */
struct limited {
    FILE *in;
    size_t left;
};

static size_t more(void *buffer, size_t size, void *data) {
    struct limited *from = data;
    size_t n = fread(buffer, 1, size < from->left ? size : from->left, from->in);
    from->left -= n;
    return n;
}

bool read_facts(struct casefile *c, FILE *in, const char *name, const char **trouble) {
    json_error_t error;
    struct limited from = {in, FACTS_MAX};
    json_t *root = json_load_callback(more, &from, 0, &error);
    json_int_t version = json_integer_value(json_object_get(root, "version"));
    bool good = json_is_object(root) && version == VERSION
                && json_is_array(json_object_get(root, "threads"));
    if (!root)
        *trouble = pool_print(&c->pool, "no JSON that can be read: line %d: %.200s", error.line,
                              error.text);
    else if (json_object_get(root, "format"))
        *trouble = "walk wrote this itself: give it the reports and the core";
    else if (json_is_object(root) && version && version != VERSION)
        *trouble = pool_print(&c->pool,
                              "version %" JSON_INTEGER_FORMAT
                              " of what a core tells; "
                              "this program reads version %d: read the core again",
                              version, VERSION);
    else if (!good)
        *trouble = "this JSON is not what `case` writes of a core";
    if (good) {
        if (!c->core) {
            c->core = pool_take(&c->pool, sizeof *c->core);
            c->core->path = case_string(c, name);
        }
        read_root(c, root, c->core);
    }
    json_decref(root);
    return good;
}
