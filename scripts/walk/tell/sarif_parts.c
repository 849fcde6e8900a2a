/* sarif_parts.c - see sarif.h. */
#include <string.h>

#include "../blame.h"
#include "jsonout.h"
#include "sarif.h"
#include "tell.h"
#include "utf8.h"

/* --- URIs (RFC 3986) -------------------------------------------------------------------- */

/* A colon would make a scheme of what stands before it. */
static bool plain_in_uri(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || (c && strchr("-._~/!$&'()*+,;=@", c));
}

static char *encoded(struct pool *p, const char *prefix, const char *path) {
    static const char digits[] = "0123456789ABCDEF";
    size_t start = strlen(prefix);
    char *uri = pool_take(p, start + 3 * strlen(path) + 1), *to = uri + start;
    memcpy(uri, prefix, start);
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if (plain_in_uri(c)) {
            *to++ = (char)c;
        } else {
            *to++ = '%';
            *to++ = digits[c >> 4];
            *to++ = digits[c & 15];
        }
    }
    return uri;
}

/* Without empty and "." segments, and without ".." after what it undoes, so that one file
 * has one URI (3.10.1). In place. */
static void normalise(char *path) {
    bool absolute = path[0] == '/';
    char *to = path, *floor = path; /* nothing before `floor` can be undone */
    for (char *at = path; *at;) {
        size_t length = strcspn(at, "/");
        char *next = at + length + strspn(at + length, "/");
        bool up = length == 2 && at[0] == '.' && at[1] == '.';
        if (up && to > floor) {
            while (to > floor && *--to != '/')
                ;
        } else if (length > 0 && !(length == 1 && at[0] == '.') && !(up && absolute)) {
            if (to > path || absolute)
                *to++ = '/';
            memmove(to, at, length);
            to += length;
            if (up)
                floor = to;
        }
        at = next;
    }
    *to = '\0';
}

const char *sarif_uri(struct pool *p, const char *file, bool own) {
    if (!file || !*file || (!own && file[0] != '/'))
        return NULL;
    char *path = pool_copy(p, file);
    normalise(path);
    if (!*path)
        return NULL;
    return encoded(p, path[0] == '/' ? "file://" : "", path);
}

/* --- messages ------------------------------------------------------------------------------ */

json_t *sarif_message(struct pool *p, const char *text) {
    return json_pack("{s:o}", "text", json_words(p, text ? text : ""));
}

const char *sarif_quoted(struct pool *p, const char *text) {
    char *quoted = pool_take(p, 2 * strlen(text) + 1), *to = quoted;
    for (; *text; text++) {
        if (strchr("[]\\", *text))
            *to++ = '\\';
        *to++ = *text;
    }
    return quoted;
}

/* --- places ---------------------------------------------------------------------------------- */

static json_t *artifact(struct pool *p, const char *uri) {
    if (strncmp(uri, "file:", 5) == 0)
        return json_pack("{s:o}", "uri", json_words(p, uri));
    return json_pack("{s:o,s:s}", "uri", json_words(p, uri), "uriBaseId", "SRCROOT");
}

/* Lines and columns count from 1, and a column without its line means nothing (3.30). */
static json_t *physical(struct pool *p, const char *uri, size_t line, int column) {
    json_t *o = json_pack("{s:o}", "artifactLocation", artifact(p, uri));
    if (line == 0)
        return o;
    json_t *region = json_pack("{s:o}", "startLine", json_size(line));
    if (column > 0)
        json_object_set_new(region, "startColumn", json_integer(column));
    json_object_set_new(o, "region", region);
    return o;
}

json_t *sarif_place(struct pool *p, const struct frame *f, const char *message, int id) {
    json_t *o = json_object();
    if (id > 0)
        json_object_set_new(o, "id", json_integer(id));
    const char *uri = f ? sarif_uri(p, f->file, f->own) : NULL;
    if (uri)
        json_object_set_new(o, "physicalLocation",
                            physical(p, uri, f->line > 0 ? (size_t)f->line : 0, f->column));
    if (f && f->function && *f->function)
        json_object_set_new(o, "logicalLocations",
                            json_pack("[{s:o,s:s}]", "fullyQualifiedName",
                                      json_words(p, f->function), "kind", "function"));
    if (message)
        json_object_set_new(o, "message", sarif_message(p, message));
    return o;
}

json_t *sarif_file(struct pool *p, const char *file, size_t line, const char *message) {
    const char *uri = sarif_uri(p, file, true);
    json_t *o = json_object();
    if (uri)
        json_object_set_new(o, "physicalLocation", physical(p, uri, line, 0));
    json_object_set_new(o, "message", sarif_message(p, message));
    return o;
}

/* --- stacks ------------------------------------------------------------------------------------
 */

json_t *sarif_stack(struct pool *p, const struct stack *s, const char *message) {
    if (s->count == 0)
        return NULL;
    json_t *frames = json_array();
    for (size_t i = 0; i < s->count; i++) {
        const struct frame *f = &s->frames[i];
        json_t *o = json_pack("{s:o}", "location", sarif_place(p, f, frame_name(f), 0));
        if (f->module)
            json_object_set_new(o, "module", json_words(p, f->module));
        if (f->args)
            json_object_set_new(o, "parameters", json_pack("[o]", json_words(p, f->args)));
        json_array_append_new(frames, o);
    }
    return json_pack("{s:o,s:o}", "message", sarif_message(p, message), "frames", frames);
}

static void walk_in(json_t *steps, struct pool *p, const struct stack *s, const char *arrived) {
    for (size_t i = s->count; i-- > 0;) {
        const struct frame *f = &s->frames[i];
        bool blamed = s->blamed >= 0 && i == (size_t)s->blamed;
        const char *message =
            blamed ? pool_print(p, "%s: %s", frame_name(f), arrived) : frame_name(f);
        json_array_append_new(steps,
                              json_pack("{s:o,s:o,s:s}", "location", sarif_place(p, f, message, 0),
                                        "nestingLevel", json_size(s->count - 1 - i), "importance",
                                        blamed   ? "essential"
                                        : f->own ? "important"
                                                 : "unimportant"));
    }
}

json_t *sarif_flow(struct pool *p, const struct stack *first, const struct stack *s,
                   const char *message) {
    if (first->count + s->count == 0)
        return NULL;
    json_t *steps = json_array();
    walk_in(steps, p, first, "takes the lock that it holds next");
    walk_in(steps, p, s, message);
    return json_pack("{s:o,s:o}", "message", sarif_message(p, message), "locations", steps);
}

void sarif_append_once(json_t *array, json_t *value) {
    for (size_t i = 0; value && i < json_array_size(array); i++)
        if (json_equal(json_array_get(array, i), value)) {
            json_decref(value);
            return;
        }
    if (value)
        json_array_append_new(array, value);
}
