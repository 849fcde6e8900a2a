/* jsonout.c - see jsonout.h. */
#include "jsonout.h"

#include <inttypes.h>

#include "utf8.h"

static void new_line(struct json_out *o) {
    fputc('\n', o->out);
    for (int i = 0; i < o->depth; i++)
        fputc(' ', o->out);
}

static void next(struct json_out *o, const char *key) {
    if (o->filled)
        fputc(',', o->out);
    if (o->depth > 0)
        new_line(o);
    o->filled = true;
    if (key)
        fprintf(o->out, "\"%s\": ", key);
}

void json_open(struct json_out *o, const char *key, char bracket) {
    next(o, key);
    fputc(bracket, o->out);
    o->depth++;
    o->filled = false;
}

void json_close(struct json_out *o, char bracket) {
    o->depth--;
    if (o->filled)
        new_line(o);
    fputc(bracket, o->out);
    o->filled = true;
}

/* jansson knows nothing of the brackets around: its lines are indented here. In strings
 * it writes a newline as \n, so each one is a line's end. */
static int indented(const char *text, size_t size, void *data) {
    struct json_out *o = data;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n')
            new_line(o);
        else
            fputc(text[i], o->out);
    }
    return ferror(o->out) ? -1 : 0;
}

void json_put(struct json_out *o, const char *key, json_t *value) {
    next(o, key);
    if (!value || json_dump_callback(value, indented, o, JSON_INDENT(1) | JSON_ENCODE_ANY) != 0)
        o->failed = true;
    json_decref(value);
    pool_reset(&o->pool);
}

bool json_end(struct json_out *o) {
    fputc('\n', o->out);
    pool_free(&o->pool);
    return !o->failed && fflush(o->out) == 0 && !ferror(o->out);
}

json_t *json_words(struct pool *p, const char *string) {
    return string ? json_string_nocheck(utf8_clean(p, string)) : json_null();
}

json_t *json_text(const char *string) {
    struct pool mended = {0};
    json_t *valid = json_words(&mended, string);
    pool_free(&mended);
    return valid;
}

json_t *json_hex(uint64_t address) {
    char text[24];
    snprintf(text, sizeof text, "0x%" PRIx64, address);
    return json_string(text);
}

json_t *json_size(uint64_t n) {
    return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

json_t *json_known(uint64_t n) {
    return n > 0 ? json_size(n) : json_null();
}

json_t *json_index(int index, size_t count) {
    return index >= 0 && (size_t)index < count ? json_integer(index) : json_null();
}
