/*
 * explored.c - see explored.h.
 */
#include "explored.h"

#include <stdlib.h>

#include "asked.h"

json_t *explored(const struct trial *t, const char *program, bool check, const char *const *options,
                 double timeout, struct child_end *end) {
    enum { OPTIONS_MAX = 8 };
    const char *argv[OPTIONS_MAX + 5] = {"build/bin/explore", "--json"};
    int n = 2;
    while (*options && n < OPTIONS_MAX + 2)
        argv[n++] = *options++;
    argv[n++] = "--";
    argv[n] = program;
    setenv("HMAP_CHECK", check ? "1" : "0", 1);
    *end = asked(t, argv, "explore", timeout);
    unsetenv("HMAP_CHECK");
    return json_load_file(in_out(t, "explore.txt"), 0, NULL);
}

const char *text_of(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

int number_of(const json_t *o, const char *key) {
    return (int)json_integer_value(json_object_get(o, key));
}
