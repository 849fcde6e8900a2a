/*
 * judged.c - see judged.h.
 */
#include "judged.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void repair(const char *head, const char *step) {
    char path[128], *text = slurp("solutions/" LAB "/map.c");
    char *structs = strstr(text, "struct user_map {");
    char *put = strstr(strstr(text, "void map_put("), "    hmap_assign");
    snprintf(path, sizeof path, "%s/map.c", tmp);
    FILE *f = fopen(path, "w");
    cr_assert(f && structs && put);
    fprintf(f, "%.*s%s\n%.*s    %s\n%s", (int)(structs - text), text, head, (int)(put - structs),
            structs, step, put);
    fclose(f);
}

json_t *judged(const char *options, int status) {
    char path[128], map[128] = "";
    if (!strstr(options, "--map"))
        snprintf(map, sizeof map, "--map %s/map.c " LAB, tmp);
    struct outcome o = sh(250, JUDGE "%s --json %s/verdict.json %s", options, tmp, map);
    exited(o, status);
    snprintf(path, sizeof path, "%s/verdict.json", tmp);
    json_t *v = json_load_file(path, 0, NULL);
    cr_assert_not_null(v);
    json_object_set_new(v, "text", json_string(o.out));
    return v;
}

const char *of(const json_t *o, const char *key) {
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

const json_t *asked(const json_t *verdict, const char *oracle) {
    const json_t *o;
    size_t i;
    json_array_foreach(json_object_get(verdict, "oracles"), i,
                       o) if (strcmp(of(o, "oracle"), oracle) == 0) return o;
    cr_assert_fail("no such oracle: %s", oracle);
    return NULL;
}

void rejected(const json_t *v, const char *by, const char *found) {
    cr_assert_str_eq(of(v, "rejected_by"), by, "%s", of(v, "text"));
    cr_assert_str_eq(of(asked(v, by), "found"), found);
    cr_assert(*of(v, "question"), "it asks nothing");
}
