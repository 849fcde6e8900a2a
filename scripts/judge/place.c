/*
 * place.c - see place.h.
 */
#include "place.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asked.h"
#include "tokens.h"

/* The project's root: two folders above this program. */
static const char *root(void) {
    static char self[PATH_MAX];
    static const char *found;
    if (found)
        return found;
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        stop(3, "cannot find out where this program lies: %s", strerror(errno));
    return found = dirname(dirname(dirname(self)));
}

static void enter_root(void) {
    if (chdir(root()) || access("labs/common", F_OK))
        stop(3, "this program has to lie in the project's build/bin");
}

/* From here on relative to the root, if it is in there: so tools print it, too. */
static const char *map_path(const char *map, const char *lab) {
    static char real[PATH_MAX];
    struct stat st;
    if (!map)
        return words("labs/%s/map.c", lab);
    if (!realpath(map, real))
        stop(2, "--map %s: %s", map, strerror(errno));
    if (stat(real, &st) || !S_ISREG(st.st_mode))
        stop(2, "--map %s is no file", map);
    size_t n = strlen(real), length = strlen(root());
    if (n < 3 || strcmp(real + n - 2, ".c") != 0 || strpbrk(real, " \t\n$#%:=\\'\""))
        stop(2, "--map %s: make cannot build a file of this name; call it map.c", map);
    return strncmp(real, root(), length) == 0 && real[length] == '/' ? real + length + 1 : real;
}

static void make_folders(const char *path) {
    char part[512];
    for (const char *slash = path; (slash = strchr(slash + 1, '/'));) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0777);
    }
    if (mkdir(path, 0777) && errno != EEXIST)
        stop(3, "cannot make %s: %s", path, strerror(errno));
}

/* Two at once would build into one another. */
static void wait_for_turn(const char *out) {
    char path[512];
    snprintf(path, sizeof path, "%s.lock", out);
    FILE *f = fopen(path, "we");
    if (!f)
        stop(3, "cannot write %s: %s", path, strerror(errno));
    if (flock(fileno(f), LOCK_EX | LOCK_NB) == 0)
        return; /* held until this process ends */
    fputs("judge: another check of this lab is running; this one begins after it\n", stderr);
    if (flock(fileno(f), LOCK_EX))
        stop(3, "cannot wait for it: %s", strerror(errno));
}

static const struct trial *to_remove;

/* By `rm`, which does it well; the folders are ours and have fixed names. */
static void remove_trial(void) {
    char command[2048];
    const struct trial *t = to_remove;
    snprintf(command, sizeof command,
             "rm -rf '%s' '%s.lock' 'build/plain/%s' 'build/tsan/%s' 'build/explore/%s'", t->out,
             t->out, t->built, t->built, t->built);
    if (system(command) != 0)
        fprintf(stderr, "judge: cannot remove %s\n", t->out);
}

/* As `t` lies below build/, by the name of its folder. */
static void settle(struct trial *t, const char *name, bool keep) {
    t->built = words("judge/%s/%s", t->lab, name);
    t->out = words("build/%s", t->built);
    make_folders(t->out);
    wait_for_turn(t->out);
    if (!keep) {
        to_remove = t;
        atexit(remove_trial);
    }
}

static void in_lab(struct trial *t, const char *lab) {
    struct stat st;
    enter_root();
    char *claims = words("labs/%s/lab.txt", lab);
    if (strchr(lab, '/') || stat(claims, &st))
        stop(2, "no lab is called '%s': make list shows them", lab);
    free(claims);
    t->lab = lab;
}

void trial_of(struct trial *t, const char *lab, const char *map, bool keep) {
    struct stat st;
    char name[16] = "own";
    t->map = map_path(map, lab); /* as the caller sees it: before we go elsewhere */
    in_lab(t, lab);
    if (access(t->map, R_OK) || stat(t->map, &st))
        stop(2, "cannot read %s: %s", t->map, strerror(errno));
    if (st.st_size > SOURCE_MAX)
        stop(2, "%s is larger than %d KiB: no map is", t->map, SOURCE_MAX >> 10);
    t->ours = !map;
    if (!t->ours)
        snprintf(name, sizeof name, "%d", (int)getpid());
    settle(t, name, t->ours || keep);
}

void trial_of_shipped(struct trial *t, const char *lab) {
    char name[16], command[1024];
    in_lab(t, lab);
    snprintf(name, sizeof name, "%d", (int)getpid());
    settle(t, name, false);
    t->map = words("%s/map.c", t->out);
    snprintf(command, sizeof command,
             "git show HEAD:'labs/%s/map.c' >'%s' 2>/dev/null || cp 'labs/%s/map.c' '%s'", lab,
             t->map, lab, t->map);
    if (system(command) != 0)
        stop(3, "cannot write %s", t->map);
}
