/* sample_case.c - see sample_case.h and sample_parts.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/blame.h"
#include "sample_parts.h"

struct casefile *sample_new(const char *program) {
    struct casefile *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->program = pool_copy(&c->pool, program);
    return c;
}

struct casefile *sample_empty(void) {
    return sample_new(NULL);
}

void sample_free(struct casefile *c) {
    case_free(c);
    free(c);
}

/* --- stacks, as one string each ---------------------------------------------------- */

/* "name=value; name=value" */
static void put_locals(struct pool *p, struct frame *f, char *text) {
    char *rest = text;
    for (char *one; (one = strsep(&rest, ";"));) {
        char *value = strchr(one, '=');
        if (!value)
            continue;
        *value++ = '\0';
        f->locals = pool_grown(p, f->locals, f->local_count, sizeof *f->locals);
        f->locals[f->local_count++] = (struct variable){one + strspn(one, " "), value};
    }
}

struct stack sample_stack(struct pool *p, const char *text) {
    struct stack s = {.blamed = -1};
    char *rest = pool_copy(p, text);
    for (char *line; (line = strsep(&rest, "\n"));) {
        char *function = strsep(&line, "|"), *file = strsep(&line, "|");
        char *args = strsep(&line, "|"), *locals = strsep(&line, "|");
        if (!file)
            continue;
        char *colon = strrchr(file, ':');
        *colon++ = '\0';
        struct frame f = {.function = function, .file = file, .line = atoi(colon), .args = args};
        f.module = file[0] == 'l' ? "lab" : "libtsan.so.2";
        f.address = 0x1000 + (uint64_t)f.line;
        if (locals)
            put_locals(p, &f, locals);
        s.frames = pool_grown(p, s.frames, s.count, sizeof *s.frames);
        s.frames[s.count++] = f;
    }
    stack_blame(&s);
    return s;
}

void sample_look(struct casefile *c, const char *expression, const char *lines) {
    struct core *core = c->core;
    core->looks = pool_grown(&c->pool, core->looks, core->look_count, sizeof *core->looks);
    struct look *look = &core->looks[core->look_count++];
    *look = (struct look){.expression = expression};
    char *rest = pool_copy(&c->pool, lines);
    for (char *line; (line = strsep(&rest, "\n"));) {
        look->lines = pool_grown(&c->pool, look->lines, look->line_count, sizeof *look->lines);
        look->lines[look->line_count++] = line;
    }
}

struct finding *sample_runs(struct casefile *c, struct finding *report, int runs) {
    struct finding *f = NULL;
    for (int run = 0; run < runs; run++) {
        case_begin_run(c);
        case_tool_ran(c, report->tool);
        f = case_add(c, report);
    }
    return f;
}

/* --- lab 01: two writers ------------------------------------------------------------ */

#define SIGN_UP "sign_up|labs/01-concurrent-write/work.c:21"
#define MAP_PUT "map_put|labs/01-concurrent-write/map.c:26"
#define ASSIGN "hmap_assign|labs/common/hmap.c"
#define MAIN_01 "main|labs/01-concurrent-write/work.c:40"

static void race_threads(struct casefile *c) {
    struct core *core = c->core;
    struct pool *p = &c->pool;
    core->threads = pool_array(p, 3, sizeof *core->threads);
    core->thread_count = core->thread_total = 3;
    core->threads[0] = (struct thread){
        .number = 3,
        .lwp = 31946,
        .name = "main",
        .role = "main",
        .where = "waiting for the round to end",
        .holder = -1,
        .stack =
            sample_stack(p,
                         "futex_wake|../sysdeps/nptl/futex-internal.h:209\n"
                         "___pthread_barrier_wait|./nptl/pthread_barrier_wait.c:167\n"
                         "play_round|labs/common/team.c:126|plan=0x5639c5e07d40 <plan>\n"
                         "team_run|labs/common/team.c:161|plan=0x5639c5e07d40 <plan>\n" MAIN_01)};
    core->threads[1] = (struct thread){
        .number = 2,
        .lwp = 31947,
        .name = "writer 1",
        .role = "writer",
        .doing = "hmap_assign",
        .where = "in hmap_assign, key 8",
        .holder = -1,
        .stack = sample_stack(p,
                              "__libc_pause|../sysdeps/unix/sysv/linux/pause.c:29\n"
                              "stand_still|labs/common/team_report.c:25\n"
                              "step|labs/common/team_report.c:33\n"
                              "team_leave|labs/common/team_report.c:46\n"
                              "leave_writing|labs/common/hmap.c:68|m=0x5639c7553520\n" ASSIGN
                              ":266|m=0x5639c7553520, key=8, value=0x5639c5e0a0c0 <users+128>|"
                              "hash=3421674724;found=0x0;i=0\n" MAP_PUT
                              "|m=0x5639c7553500, u=0x5639c5e0a0c0 <users+128>\n" SIGN_UP
                              "|me=0|i=8;u=0x5639c5e0a0c0 <users+128>\n" MEMBER CLONE)};
    core->threads[2] = (struct thread){
        .number = 1,
        .lwp = 31948,
        .name = "writer 2",
        .role = "writer",
        .doing = "hmap_assign",
        .where = "in hmap_assign, key 4000",
        .holder = -1,
        .stack = sample_stack(p, ABORT
                              "enter_writing|labs/common/hmap.c:60|m=0x5639c7553520\n" ASSIGN
                              ":249|m=0x5639c7553520, key=4000, value=0x5639c5e19ac0 <users+64000>|"
                              "hash=<optimized out>;found=0x0;i=0\n" MAP_PUT
                              "|m=0x5639c7553500, u=0x5639c5e19ac0 <users+64000>\n" SIGN_UP
                              "|me=1|i=0;u=0x5639c5e19ac0 <users+64000>\n" MEMBER CLONE)};
    core->victim = core->crossing[0] = 2;
    core->crossing[1] = 1;
    core->crossing_why = "both are inside the same map, 0x5639c7553520";
}

static void race_core(struct casefile *c) {
    struct core *core = c->core = pool_take(&c->pool, sizeof *core);
    *core = (struct core){.path = "build/evidence/01-concurrent-write/racy/core/core",
                          .program = "build/plain/labs/01-concurrent-write/lab",
                          .fit = FIT_YES,
                          .program_id = "9c1d60a8b3f0e5",
                          .core_id = "9c1d60a8b3f0e5",
                          .have = 9240576,
                          .want = 9240576,
                          .signal = "SIGABRT",
                          .fault = FAULT_NONE,
                          .victim = -1,
                          .crossing = {-1, -1}};
    race_threads(c);
    sample_look(c, "table->users",
                "the map at 0x5639c7553520\ncount says 9, and the buckets hold 9: they agree\n"
                "B = 1: 2 buckets\nwriting = 2: writer 1 is in the middle of a change");
}

static struct finding race_report(struct pool *p, enum tool tool) {
    struct finding f = {
        .kind = KIND_RACE,
        .tool = tool,
        .headline = "WARNING: ThreadSanitizer: data race",
        .file = "traces/01-concurrent-write/tsan.txt",
        .line = 2,
        .site_count = 2,
    };
    f.sites[0] = (struct site){
        .access = ACCESS_READ,
        .size = 8,
        .address = 0x7b1000000020,
        .thread = "T2",
        .name = "writer 2",
        .locks_known = true,
        .stack = sample_stack(p, ASSIGN ":251\n" MAP_PUT "\n" SIGN_UP "\n" MEMBER),
        .created = sample_stack(p, ENLIST MAIN_01),
        .creator = "main thread",
    };
    f.sites[1] = (struct site){
        .access = ACCESS_WRITE,
        .size = 8,
        .address = 0x7b1000000020,
        .thread = "T1",
        .name = "writer 1",
        .locks_known = true,
        .stack = sample_stack(p, "grow|labs/common/hmap.c:228\n" ASSIGN ":260\n" MAP_PUT
                                 "\n" SIGN_UP "\n" MEMBER),
        .created = sample_stack(p, ENLIST MAIN_01),
        .creator = "main thread",
    };
    f.object = (struct object){
        .what = "heap block of size 56",
        .address = 0x7b1000000000,
        .size = 56,
        .stack =
            sample_stack(p,
                         "calloc|../../../../src/libsanitizer/tsan/tsan_interceptors_posix.cpp:"
                         "667\nallocate|labs/common/hmap.c:26\nhmap_make|labs/common/hmap.c:287\n"
                         "map_new|labs/01-concurrent-write/map.c:16\n"
                         "open_table|labs/01-concurrent-write/work.c:13\n"
                         "play_round|labs/common/team.c:124\n"
                         "team_run|labs/common/team.c:161\n" MAIN_01)};
    return f;
}

static void race_other_reports(struct casefile *c) {
    struct finding freed = {.kind = KIND_USE_AFTER_FREE,
                            .tool = TOOL_TSAN,
                            .headline = "WARNING: ThreadSanitizer: heap-use-after-free",
                            .file = "traces/01-concurrent-write/tsan.txt",
                            .line = 41,
                            .site_count = 2};
    freed.sites[0] = (struct site){.access = ACCESS_READ,
                                   .size = 8,
                                   .address = 0x7b4400001210,
                                   .thread = "T1",
                                   .name = "writer 1",
                                   .stack = sample_stack(&c->pool,
                                                         "evacuate|labs/common/hmap.c:205\n"
                                                         "grow_work|labs/common/hmap.c:238\n" ASSIGN
                                                         ":252\n" MAP_PUT "\n" SIGN_UP)};
    freed.sites[1] = (struct site){.access = ACCESS_FREE,
                                   .size = 8,
                                   .address = 0x7b4400001210,
                                   .thread = "T2",
                                   .name = "writer 2",
                                   .stack = {.blamed = -1, .lost = "failed to restore the stack"}};
    freed.object = (struct object){.what = "heap block of size 272 (freed)", .size = 272};
    sample_runs(c, &freed, 1);

    struct finding drd = race_report(&c->pool, TOOL_DRD);
    drd.headline = "Conflicting load by thread 3 at 0x0524c4a0 size 8";
    drd.file = "traces/01-concurrent-write/drd.xml";
    drd.site_count = 1;
    drd.sites[0].locks_known = false;
    drd.sites[0].thread = "#3";
    sample_runs(c, &drd, 3);
}

struct casefile *sample_race(void) {
    struct casefile *c = sample_new("build/plain/labs/01-concurrent-write/lab");
    c->lab = (struct lab){.slug = "01-concurrent-write",
                          .title = "Two threads write one map",
                          .class = "data race",
                          .source = "1, 2.2"};
    race_core(c);
    struct finding report = race_report(&c->pool, TOOL_TSAN);
    struct finding *f = sample_runs(c, &report, 3);
    report = race_report(&c->pool, TOOL_HELGRIND);
    report.headline = "Possible data race during read of size 8 at 0x524C4A0 by thread #3";
    report.file = "traces/01-concurrent-write/helgrind.xml";
    sample_runs(c, &report, 3);
    race_other_reports(c);
    c->link = (struct link){.finding = f,
                            .sure = true,
                            .other = -1,
                            .reason =
                                "writer 2 was in hmap_assign, the function of this race, when "
                                "it died",
                            .thread = 2,
                            .site = 0};
    c->tools[TOOL_TSAN].died = 3;
    return c;
}
