/*
 * honest_house.c - a repair changes map.c and nothing else. See honesty.h.
 *
 * Git knows what was shipped. Where there is no git, or these files are not in it, this
 * cannot be looked at, and is not held against anybody.
 */
#include <stdio.h>
#include <string.h>

#include "asked.h"
#include "honesty.h"

void look_at_house(const struct trial *trial, struct objections *o) {
    char lab[256], own[300], line[512];
    snprintf(lab, sizeof lab, "labs/%s", trial->lab);
    snprintf(own, sizeof own, ":(exclude)labs/%s/map.c", trial->lab);
    const char *const argv[] = {
        "git", "-c", "core.quotePath=false", "diff", "--name-only",    "HEAD",
        "--",  lab,  "labs/common",          own,    ":(exclude)*.md", NULL};
    struct child_end end = asked(trial, argv, "git", 10);
    if (end.how != CHILD_EXIT || end.value != 0)
        return;
    FILE *f = fopen(in_out(trial, "git.txt"), "re");
    while (f && fgets(line, sizeof line, f)) {
        char what[80];
        line[strcspn(line, "\n")] = '\0';
        snprintf(what, sizeof what, "%.60s was changed", line);
        object(o, 0, 0, what,
               "The lab must be as it was shipped, or a repair of map.c cannot be told from one of "
               "the lab. To get it back: git checkout HEAD -- %s",
               line);
    }
    if (f)
        fclose(f);
}
