/*
 * explore.c - is there a schedule in which it fails, or in which two accesses race? Of
 * all oracles it finds the most; see docs/schedules.md for what it cannot see.
 */
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "schedule.h"

enum { SCHEDULES = 20000, SECONDS = 60 };

static char *found(const json_t *defect) {
    return words("%s %s", text_of(defect, "kind"), text_of(defect, "pair"));
}

void ask_explore(const struct trial *t, struct opinion *o) {
    struct child_end end;
    o->verdict = ENVIRONMENT;
    o->unit = "schedules";
    o->random = true;
    o->cure = "make build/bin/explore says why; the rest of the lab does not need it";
    if (!made(t, (const char *const[]){"explore/lab", NULL}))
        return;
    char schedules[16];
    snprintf(schedules, sizeof schedules, "%d", SCHEDULES);
    json_t *all = repair_explored(t, "--schedules", schedules, SECONDS + 30, &end);
    if (end.how == CHILD_EXIT && all && end.value <= 1) {
        const json_t *defect = defect_worst(all);
        o->verdict = defect ? REJECTED : PASSED;
        o->tries = (long)json_integer_value(json_object_get(all, "schedules"));
        o->cure = NULL;
        if (defect) {
            o->found = found(defect);
            o->story = defect_told(t, defect);
        } else {
            o->detail = words(
                "%lld distinct interleavings",
                (long long)json_integer_value(json_object_get(all, "distinct_interleavings")));
        }
    } else if (end.how == CHILD_TIMEOUT || (end.how == CHILD_EXIT && end.value == 124)) {
        o->verdict = LATE;
        o->tries = (long)json_integer_value(json_object_get(all, "schedules"));
    }
    json_decref(all);
}
