/*
 * explored.c - what `explore --json` printed, version 1: docs/schedules.md lists its keys.
 *
 * All of it is checked before anything goes to the case. A field of a site that has the
 * wrong type is as good as none.
 */
#include "explored.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "read.h"

enum { BYTES_MOST = 64 << 20, WORDS_MOST = 1000 };

static const char format[] = "racelab exploration ";

/* --- fields ----------------------------------------------------------------------------- */

static const char *words_of(struct pool *p, const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text && *text ? pool_string(p, text, strnlen(text, WORDS_MOST)) : NULL;
}

static uint64_t number_of(const json_t *object, const char *key) {
    json_int_t n = json_integer_value(json_object_get(object, key));
    return n > 0 ? (uint64_t)n : 0;
}

static unsigned small_of(const json_t *object, const char *key) {
    uint64_t n = number_of(object, key);
    return n < INT32_MAX ? (unsigned)n : INT32_MAX;
}

static uint64_t address_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? strtoull(text, NULL, 0) : 0;
}

/* --- sites ------------------------------------------------------------------------------- */

static void read_stack(struct pool *p, const json_t *from, const char *program, struct stack *s) {
    size_t length = json_array_size(from);
    s->count = length < STACK_KEPT ? length : STACK_KEPT;
    s->omitted = length - s->count;
    s->frames = s->count ? pool_array(p, s->count, sizeof *s->frames) : NULL;
    for (size_t i = 0; i < s->count; i++) {
        const json_t *one = json_array_get(from, i);
        struct frame *f = &s->frames[i];
        f->function = words_of(p, one, "function");
        if (f->function && strcmp(f->function, "?") == 0)
            f->function = NULL;
        f->file = words_of(p, one, "file");
        f->module = program;
        f->line = (int)small_of(one, "line");
        f->address = address_of(one, "address");
        f->inlined = json_is_true(json_object_get(one, "inlined"));
    }
}

static void read_site(struct pool *p, const json_t *from, struct explored *e) {
    size_t i = e->report.site_count;
    if (!json_is_object(from) || i == FINDING_SITES)
        return;
    struct site *s = &e->report.sites[i];
    e->sites[i].does = words_of(p, from, "does");
    e->sites[i].object = words_of(p, from, "object");
    e->sites[i].thread = (int)small_of(from, "thread");
    if (!e->sites[i].does)
        e->sites[i].does = "";
    s->name = words_of(p, from, "name");
    s->size = small_of(from, "size");
    s->address = address_of(from, "address");
    read_stack(p, json_object_get(from, "stack"), e->program, &s->stack);
    read_stack(p, json_object_get(from, "held"), e->program, &s->earlier);
    e->report.site_count++;
}

/* --- defects ------------------------------------------------------------------------------ */

/* The line of the n-th defect, from 0: that of its "kind". Within a string, the quotes
 * would have backslashes. */
static size_t line_of(const char *text, size_t n) {
    static const char key[] = "\"kind\":";
    const char *at = strstr(text, key);
    while (n-- > 0 && at)
        at = strstr(at + 1, key);
    size_t line = 1;
    for (const char *c = text; at && c < at; c++)
        line += *c == '\n';
    return at ? line : 0;
}

static void read_defect(struct casefile *c, struct pool *p, const json_t *from,
                        struct explored *e) {
    e->kind = words_of(p, from, "kind");
    e->pair = words_of(p, from, "pair");
    e->verdict = words_of(p, from, "verdict");
    e->words = words_of(p, from, "words");
    e->schedules = number_of(from, "schedules");
    e->preemptions = small_of(from, "preemptions");
    read_site(p, json_object_get(from, "site"), e);
    read_site(p, json_object_get(from, "earlier"), e);
    const json_t *circle = json_object_get(from, "circle");
    for (size_t i = 0; i < json_array_size(circle); i++)
        read_site(p, json_array_get(circle, i), e);
    explored_add(c, e, p);
}

static void read_defects(struct casefile *c, const json_t *root, const char *name,
                         const char *text) {
    const json_t *defects = json_object_get(root, "defects");
    struct pool p = {0};
    for (size_t i = 0; i < json_array_size(defects); i++) {
        struct explored e = {.report = {.file = name, .line = line_of(text, i)}};
        const char *program = words_of(&p, root, "program");
        const char *slash = program ? strrchr(program, '/') : NULL;
        e.program = slash && slash[1] ? slash + 1 : program;
        read_defect(c, &p, json_array_get(defects, i), &e);
        pool_reset(&p);
    }
    pool_free(&p);
}

/* --- the file ------------------------------------------------------------------------------ */

/* What is wrong with it as a whole, or NULL. */
static const char *trouble_with(struct pool *p, const json_t *root, const json_error_t *error) {
    const json_t *defects = json_object_get(root, "defects");
    const char *is = json_string_value(json_object_get(root, "format"));
    if (!root)
        return pool_print(p, "is cut off or damaged: line %d: %.200s", error->line, error->text);
    if (!is || strncmp(is, format, strlen(format)) != 0)
        return "is not what `explore --json` prints";
    if (strcmp(is + strlen(format), "1") != 0)
        return pool_print(p, "version %.20s of what explore tells; this program reads version 1",
                          is + strlen(format));
    if (!json_is_array(defects) || !json_is_integer(json_object_get(root, "schedules")))
        return "is damaged: it has no defects, or no number of schedules";
    for (size_t i = 0; i < json_array_size(defects); i++)
        if (!words_of(p, json_array_get(defects, i), "kind"))
            return pool_print(p, "is damaged: defect %zu has no kind", i + 1);
    return NULL;
}

/* The stream, whole and NUL-terminated, malloc'd; NULL: too long, or cannot be read. */
static char *whole(FILE *in, size_t *length) {
    size_t room = 64 << 10;
    char *text = malloc(room);
    *length = 0;
    while (text) {
        size_t got = fread(text + *length, 1, room - *length - 1, in);
        *length += got;
        text[*length] = '\0';
        if (got == 0 && !ferror(in))
            return text;
        char *larger = ferror(in) || room > BYTES_MOST ? NULL : realloc(text, room * 2);
        if (!larger)
            free(text);
        text = larger;
        room *= 2;
    }
    return NULL;
}

bool read_explored(struct casefile *c, FILE *in, const char *name, const char **trouble) {
    json_error_t error;
    size_t length;
    char *text = whole(in, &length);
    if (!text) {
        *trouble = "cannot be read to its end, or is larger than 64 MB";
        return false;
    }
    json_t *root = json_loadb(text, length, 0, &error);
    *trouble = trouble_with(&c->pool, root, &error);
    if (!*trouble) {
        case_begin_run(c);
        case_tool_ran(c, TOOL_EXPLORE);
        c->tools[TOOL_EXPLORE].schedules += number_of(root, "schedules");
        if (!c->program)
            c->program = case_string(c, json_string_value(json_object_get(root, "program")));
        read_defects(c, root, name, text);
        if (json_is_true(json_object_get(root, "out_of_time")))
            case_note(c, "%s: explore ran out of time before it had tried all schedules", name);
        if (number_of(root, "unconfirmed"))
            case_note(c, "%s: %llu failures that no fresh process showed again are not told", name,
                      (unsigned long long)number_of(root, "unconfirmed"));
    }
    json_decref(root);
    free(text);
    return !*trouble;
}
