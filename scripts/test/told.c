/* told.c - see told.h. */
#include "told.h"

#include <stdlib.h>
#include <string.h>

const struct sample samples[SAMPLES] = {{"race", sample_race},
                                        {"deadlock", sample_deadlock},
                                        {"hostile", sample_hostile},
                                        {"empty", sample_empty}};

char *told_of(struct casefile *c, teller *tell, size_t *size) {
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    cr_assert(tell(c, out, &(struct style){.width = 80, .most = 4}));
    fclose(out);
    sample_free(c);
    return text;
}

json_t *json_of(struct casefile *c, teller *tell) {
    size_t size;
    char *text = told_of(c, tell, &size);
    json_error_t error;
    json_t *o = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(o, "%s at line %d", error.text, error.line);
    free(text);
    return o;
}

void keep(const char *name, const char *text, size_t size) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", tmp, name);
    FILE *f = fopen(path, "w");
    cr_assert(f && fwrite(text, 1, size, f) == size && fclose(f) == 0);
}

json_t *at(json_t *o, const char *path) {
    char copy[256], *rest = copy;
    snprintf(copy, sizeof copy, "%s", path);
    for (char *key; o && (key = strsep(&rest, "."));)
        o = json_is_array(o) ? json_array_get(o, (size_t)atoi(key)) : json_object_get(o, key);
    return o;
}

void says(json_t *o, const char *path, const char *expected) {
    const char *is = json_string_value(at(o, path));
    cr_assert(is && strcmp(is, expected) == 0, "%s is \"%s\", not \"%s\"", path, is ? is : "?",
              expected);
}

void counts(json_t *o, const char *path, int expected) {
    json_t *n = at(o, path);
    cr_assert(json_is_integer(n) && json_integer_value(n) == expected,
              "%s is not %d, but %" JSON_INTEGER_FORMAT, path, expected, json_integer_value(n));
}

void unknown(json_t *o, const char *path) {
    cr_assert(json_is_null(at(o, path)), "%s is not null", path);
}

void many(json_t *o, const char *path, size_t expected) {
    json_t *list = at(o, path);
    cr_assert(json_is_array(list) && json_array_size(list) == expected,
              "%s has %zu elements, not %zu", path, json_array_size(list), expected);
}

void keep_samples(teller *tell, const char *suffix) {
    for (int i = 0; i < SAMPLES; i++) {
        char name[64];
        size_t size;
        char *text = told_of(samples[i].make(), tell, &size);
        snprintf(name, sizeof name, "%s.%s", samples[i].name, suffix);
        keep(name, text, size);
        free(text);
    }
}

const char *sarif_schema(void) {
    const char *named = getenv("SARIF_SCHEMA");
    return named ? named : SARIF_SUBSET;
}
