/*
 * evidence.c - see evidence.h.
 */
#include "evidence.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "../asked.h"
#include "../explored.h"
#include "../head.h"

enum { DEADLOCKS = 16 }; /* explorations, each until its first failure */

static void add(struct side *s, const char *function) {
    for (int i = 0; i < s->count; i++)
        if (strcmp(s->function[i], function) == 0)
            return;
    if (s->count < SIDE_MAX && *function)
        snprintf(s->function[s->count++], sizeof *s->function, "%s", function);
}

/* Up to where team.c calls the lab's work: that is everybody's. */
static void add_stack(struct side *s, const json_t *stack) {
    const json_t *frame;
    size_t i;
    json_array_foreach(stack, i, frame) {
        if (strstr(text_of(frame, "file"), "common/team"))
            continue;
        add(s, text_of(frame, "function"));
    }
}

/* Which function was called from map.c: the frame just inside of it. */
static const char *called_from_map(const json_t *stack) {
    const json_t *frame;
    size_t i;
    const char *inner = "free";
    json_array_foreach(stack, i, frame) {
        const char *file = text_of(frame, "file");
        if (strlen(file) > 6 && strcmp(file + strlen(file) - 6, "/map.c") == 0)
            return inner;
        inner = text_of(frame, "function");
    }
    return "";
}

/* A failure has one place where it shows. Who crossed whom is read from the switch: what
 * the one did before it was interrupted, and what the others did meanwhile. */
static void sides_of_switch(const json_t *defect, struct finding *f) {
    const json_t *e;
    size_t i;
    int interrupted = -1, before[64] = {0}, n = 0;
    const char *last[64] = {0};
    json_array_foreach(json_object_get(defect, "interleaving"), i, e) {
        int thread = number_of(e, "thread");
        bool own =
            strstr(text_of(e, "file"), "/map.c") || strstr(text_of(e, "file"), "common/hmap");
        if (strcmp(text_of(e, "switch"), "preempted") == 0) {
            interrupted = number_of(e, "from");
            for (int k = 0; k < n; k++)
                if (before[k] == interrupted)
                    add(&f->a, last[k]);
        } else if (own && thread != 0) {
            if (interrupted >= 0 && thread != interrupted)
                add(&f->b, text_of(e, "function"));
            else if (interrupted >= 0)
                add(&f->a, text_of(e, "function"));
            if (n < 64)
                before[n] = thread, last[n++] = text_of(e, "function");
        }
    }
}

static void add_victim(struct evidence *e, const char *name, int runs) {
    char role[24];
    snprintf(role, sizeof role, "%.*s", (int)strcspn(name, "0123456789"), name); /* "writer 2" */
    for (size_t n = strlen(role); n && role[n - 1] == ' ';)
        role[--n] = '\0';
    for (int i = 0; i < e->victim_count; i++)
        if (strcmp(e->victims[i].role, role) == 0) {
            e->victims[i].runs += runs;
            return;
        }
    if (e->victim_count == VICTIMS_MAX || !*role)
        return;
    snprintf(e->victims[e->victim_count].role, sizeof role, "%s", role);
    e->victims[e->victim_count++].runs = runs;
}

static void add_finding(struct evidence *e, const json_t *d) {
    if (e->count == FINDINGS_MAX)
        return;
    struct finding *f = &e->findings[e->count++];
    const json_t *site = json_object_get(d, "site"), *earlier = json_object_get(d, "earlier"),
                 *other;
    const char *said = text_of(d, "output");
    size_t i;
    snprintf(f->kind, sizeof f->kind, "%s", text_of(d, "kind"));
    snprintf(f->words, sizeof f->words, "%.*s", (int)strcspn(said, "\n"), said);
    f->preemptions = number_of(d, "preemptions");
    bool two = !json_is_null(earlier) || json_array_size(json_object_get(d, "circle"));
    if (two) {
        add_stack(&f->a, json_object_get(site, "stack"));
        add_stack(&f->b, json_object_get(earlier, "stack"));
        json_array_foreach(json_object_get(d, "circle"), i, other) {
            add_stack(&f->b, json_object_get(other, "stack"));
        }
    } else {
        add_stack(&f->a, json_object_get(site, "stack"));
        sides_of_switch(d, f);
    }
    f->frees = strcmp(f->kind, "use after free") == 0
               && strstr(called_from_map(json_object_get(earlier, "stack")), "free");
    if (strcmp(f->kind, "race") != 0) {
        const char *name = text_of(site, "name");
        add_victim(e, *name ? name : "main", 0);
    }
    json_array_foreach(json_object_get(d, "circle"), i, other) {
        add_victim(e, text_of(other, "name"), 0);
    }
}

/* --- looking -------------------------------------------------------------------------- */

static json_t *looked(const struct trial *t, const char *program, bool check, int seed,
                      const char *until) {
    struct child_end end;
    char number[16], first[16];
    snprintf(number, sizeof number, "%d", SCHEDULES);
    snprintf(first, sizeof first, "%d", seed);
    return explored(
        t, program, check,
        (const char *const[]){"--until", until, "--seed", first, "--schedules", number, NULL}, 60,
        &end);
}

/* The explorer tells one deadlock of each exploration; there may be others. */
static void look_for_deadlocks(const struct trial *t, struct evidence *e, const char *program) {
    const json_t *d;
    size_t i;
    for (int k = 1; k <= DEADLOCKS; k++) {
        json_t *all = looked(t, program, true, k * 1000, "failure");
        json_array_foreach(json_object_get(all, "defects"), i, d) {
            add_finding(e, d);
        }
        json_decref(all);
    }
}

static void explore(const struct trial *t, struct evidence *e) {
    char *program = words("build/explore/%s/lab", t->built);
    for (int check = 0; check < 2; check++) {
        json_t *all = looked(t, program, check, 1, "end");
        const json_t *d;
        size_t i;
        if (!all)
            stop(3, "the explorer does not run here: scripts/doctor.sh says more");
        e->schedules += (long)json_integer_value(json_object_get(all, "schedules"));
        e->failed += (long)json_integer_value(json_object_get(all, "failed"));
        e->raced += (long)json_integer_value(json_object_get(all, "raced"));
        json_array_foreach(json_object_get(all, "defects"), i, d) {
            add_finding(e, d);
        }
        json_decref(all);
    }
    bool deadlock = false;
    for (int i = 0; i < e->count; i++)
        deadlock |= strcmp(e->findings[i].kind, "deadlock") == 0;
    if (deadlock)
        look_for_deadlocks(t, e, program);
    free(program);
}

/* "    reader 1    hmap_access  <- found it": names have at most two blanks in a row. */
static void read_victim(struct evidence *e, const char *text) {
    const char *mark = strstr(text, "  <- found it");
    if (!mark)
        return;
    while (mark > text && mark[-1] != '\n')
        mark--;
    mark += strspn(mark, " ");
    char name[24];
    snprintf(name, sizeof name, "%.*s", (int)(strstr(mark, "  ") - mark), mark);
    add_victim(e, name, 1);
}

static void run_natively(const struct trial *t, struct evidence *e) {
    for (int i = 0; i < NATIVE_RUNS; i++) {
        char how[80];
        struct child_end end = program_asked(t, "plain", "lab", "native", 20);
        e->native_runs++;
        if (ended_well(&end, 20, how, sizeof how))
            continue;
        e->native_deaths++;
        char *said = file_text(in_out(t, "native.txt"));
        read_victim(e, said);
        free(said);
    }
}

/* Explores it for as long as it shows nothing of that kind: does it fail without a race? */
static void try_without_race(const struct trial *t, struct evidence *e, const char *name) {
    char *program = words("build/explore/solutions/%s/wrong/%s/lab", t->lab, name);
    json_t *all = file_made(t, program) ? looked(t, program, true, 1, "end") : NULL;
    long failed = (long)json_integer_value(json_object_get(all, "failed"));
    if (failed > 0 && json_integer_value(json_object_get(all, "raced")) == 0) {
        e->raceless_failed = failed;
        snprintf(e->raceless, sizeof e->raceless, "%s", name);
    }
    json_decref(all);
    free(program);
}

/* Is there a wrong repair that took the race away, and fails? Then there was more. */
static void look_without_race(const struct trial *t, struct evidence *e) {
    char pattern[256];
    struct head head;
    glob_t g;
    snprintf(pattern, sizeof pattern, "solutions/%s/wrong/*.c", t->lab);
    if (glob(pattern, 0, NULL, &g))
        return;
    for (size_t i = 0; i < g.gl_pathc && !*e->raceless; i++) {
        head_read(&head, g.gl_pathv[i]);
        if (about_threads(head.oracle)) /* the others show nothing of threads */
            try_without_race(t, e, head.name);
    }
    globfree(&g);
}

void gather_evidence(const struct trial *t, struct evidence *e) {
    memset(e, 0, sizeof *e);
    if (!made(t, (const char *const[]){"plain/lab", "explore/lab", NULL}))
        stop(3, "the lab's program cannot be built: %s says why", in_out(t, "make.err"));
    explore(t, e);
    run_natively(t, e);
    if (e->raced)
        look_without_race(t, e);
}

bool has_function(const struct trial *t, const char *name) {
    char line[256], symbol[128], program[512];
    bool there = false;
    snprintf(program, sizeof program, "build/plain/%s/lab", t->built);
    asked(t, (const char *const[]){"nm", program, NULL}, "nm", 10);
    FILE *f = fopen(in_out(t, "nm.txt"), "re");
    while (f && fgets(line, sizeof line, f))
        there |= sscanf(line, "%*x %*c %127s", symbol) == 1 && strcmp(symbol, name) == 0;
    if (f)
        fclose(f);
    return there;
}
