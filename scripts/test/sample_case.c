/* sample_case.c - see sample_case.h. */
#include "sample_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/blame.h"

static struct casefile *new_case(const char *program) {
    struct casefile *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->program = pool_copy(&c->pool, program);
    return c;
}

struct casefile *sample_empty(void) {
    return new_case(NULL);
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

/* One frame a line, innermost first: "function|file:line|args|locals"; the last two
 * may be missing. */
static struct stack stack_of(struct pool *p, const char *text) {
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

static void look_at(struct casefile *c, const char *expression, const char *lines) {
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

/* The same report in `runs` runs of its tool. */
static struct finding *add_in_runs(struct casefile *c, struct finding *report, int runs) {
    struct finding *f = NULL;
    for (int run = 0; run < runs; run++) {
        case_begin_run(c);
        case_tool_ran(c, report->tool);
        f = case_add(c, report);
    }
    return f;
}

#define MEMBER "member|labs/common/team.c:54|self=0x7ffe2c1d8a90\n"
#define CLONE                                                                                      \
    "start_thread|./nptl/pthread_create.c:442\n"                                                   \
    "clone3|../sysdeps/unix/sysv/linux/x86_64/clone3.S:81"
#define ABORT                                                                                      \
    "__pthread_kill_implementation|./nptl/pthread_kill.c:44\n"                                     \
    "__pthread_kill_internal|./nptl/pthread_kill.c:78\n"                                           \
    "__GI_raise|../sysdeps/posix/raise.c:26\n"                                                     \
    "__GI_abort|./stdlib/abort.c:79\n"                                                             \
    "die|labs/common/team_report.c:86\n"                                                           \
    "team_fatal|labs/common/team_report.c:90\n"
#define ENLIST                                                                                     \
    "pthread_create|../../../../src/libsanitizer/tsan/tsan_interceptors_posix.cpp:1001\n"          \
    "enlist|labs/common/team.c:85\n"                                                               \
    "team_run|labs/common/team.c:157\n"

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
        .stack = stack_of(p,
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
        .stack = stack_of(p,
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
        .stack =
            stack_of(p, ABORT "enter_writing|labs/common/hmap.c:60|m=0x5639c7553520\n" ASSIGN
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
    look_at(c, "table->users",
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
        .stack = stack_of(p, ASSIGN ":251\n" MAP_PUT "\n" SIGN_UP "\n" MEMBER),
        .created = stack_of(p, ENLIST MAIN_01),
        .creator = "main thread",
    };
    f.sites[1] = (struct site){
        .access = ACCESS_WRITE,
        .size = 8,
        .address = 0x7b1000000020,
        .thread = "T1",
        .name = "writer 1",
        .locks_known = true,
        .stack = stack_of(p, "grow|labs/common/hmap.c:228\n" ASSIGN ":260\n" MAP_PUT "\n" SIGN_UP
                             "\n" MEMBER),
        .created = stack_of(p, ENLIST MAIN_01),
        .creator = "main thread",
    };
    f.object = (struct object){
        .what = "heap block of size 56",
        .address = 0x7b1000000000,
        .size = 56,
        .stack = stack_of(p,
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
                                   .stack = stack_of(&c->pool,
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
    add_in_runs(c, &freed, 1);

    struct finding drd = race_report(&c->pool, TOOL_DRD);
    drd.headline = "Conflicting load by thread 3 at 0x0524c4a0 size 8";
    drd.file = "traces/01-concurrent-write/drd.xml";
    drd.site_count = 1;
    drd.sites[0].locks_known = false;
    drd.sites[0].thread = "#3";
    add_in_runs(c, &drd, 3);
}

struct casefile *sample_race(void) {
    struct casefile *c = new_case("build/plain/labs/01-concurrent-write/lab");
    c->lab = (struct lab){.slug = "01-concurrent-write",
                          .title = "Two threads write one map",
                          .class = "data race",
                          .source = "1, 2.2"};
    race_core(c);
    struct finding report = race_report(&c->pool, TOOL_TSAN);
    struct finding *f = add_in_runs(c, &report, 3);
    report = race_report(&c->pool, TOOL_HELGRIND);
    report.headline = "Possible data race during read of size 8 at 0x524C4A0 by thread #3";
    report.file = "traces/01-concurrent-write/helgrind.xml";
    add_in_runs(c, &report, 3);
    race_other_reports(c);
    c->link = (struct link){.finding = f,
                            .reason =
                                "writer 2 was in hmap_assign, the function of this race, when "
                                "it died",
                            .thread = 2,
                            .site = 0};
    c->tools[TOOL_TSAN].died = 3;
    return c;
}

/* --- lab 12: two trucks --------------------------------------------------------------- */

#define MOVE "map_move|labs/12-lock-order/map.c"
#define CARRY "carry|labs/12-lock-order/work.c:30"
#define MAIN_12 "main|labs/12-lock-order/work.c:52"
#define LOCK                                                                                       \
    "futex_wait|../sysdeps/nptl/futex-internal.h:146\n"                                            \
    "__GI___lll_lock_wait|./nptl/lowlevellock.c:49\n"                                              \
    "___pthread_mutex_lock|./nptl/pthread_mutex_lock.c:93\n"
#define DEPOT 0x55a3fee87f40u

static struct thread truck(struct pool *p, int which) {
    struct thread t = {.number = 2 + which,
                       .lwp = 5596 + which,
                       .name = which ? "truck 2" : "truck 1",
                       .role = "truck",
                       .where = "waiting for a lock in map_move",
                       .waits_kind = "mutex",
                       .holder = which ? 1 : 2};
    t.stack = stack_of(p, which ? LOCK MOVE
                              ":48|d=0x55a3fee87f40, crate=131, from=1, to=0|source="
                              "0x55a3fee87f70;target=0x55a3fee87f40;load=0x1\n" CARRY
                              "|me=1|trip=0;from=1;i=31;left_behind=0\n" MEMBER CLONE
                                : LOCK MOVE
                              ":48|d=0x55a3fee87f40, crate=0, from=0, to=1|source="
                              "0x55a3fee87f40;target=0x55a3fee87f70;load=0x1\n" CARRY
                              "|me=0|trip=0;from=0;i=0;left_behind=0\n" MEMBER CLONE);
    struct held bays[2] = {{"depot->bays[0].lock", DEPOT}, {"depot->bays[1].lock", DEPOT + 0x30}};
    t.holds = pool_array(p, 1, sizeof *t.holds);
    t.holds[0] = bays[which];
    t.hold_count = 1;
    t.waits = bays[1 - which];
    return t;
}

static void deadlock_core(struct casefile *c) {
    struct pool *p = &c->pool;
    struct core *core = c->core = pool_take(p, sizeof *core);
    *core = (struct core){.path = "build/evidence/12-lock-order/racy/core/core",
                          .program = "build/plain/labs/12-lock-order/lab",
                          .fit = FIT_YES,
                          .signal = "SIGABRT",
                          .victim = 0,
                          .crossing = {1, 2},
                          .crossing_why = "each waits for a lock that the other holds",
                          .thread_count = 4,
                          .thread_total = 4,
                          .cycle_count = 2};
    core->threads = pool_array(p, 4, sizeof *core->threads);
    core->threads[0] =
        (struct thread){.number = 1,
                        .lwp = 5595,
                        .name = "main",
                        .role = "main",
                        .where = "watching the others",
                        .holder = -1,
                        .stack = stack_of(p, ABORT "play_round|labs/common/team.c:133\n"
                                                   "team_run|labs/common/team.c:161\n" MAIN_12)};
    core->threads[1] = truck(p, 0);
    core->threads[2] = truck(p, 1);
    core->threads[3] = (struct thread){
        .number = 4,
        .lwp = 5598,
        .name = "clerk",
        .role = "clerk",
        .where = "done with the round",
        .holder = -1,
        .stack = stack_of(p,
                          "futex_wait|../sysdeps/nptl/futex-internal.h:146\n"
                          "___pthread_barrier_wait|./nptl/pthread_barrier_wait.c:184\n"
                          "member|labs/common/team.c:50\n" CLONE)};
    core->cycle = pool_array(p, 2, sizeof *core->cycle);
    core->cycle[0] = 1;
    core->cycle[1] = 2;
    look_at(c, "depot->bays[0].lock.__data.__owner", "5596, truck 1");
    look_at(c, "depot->bays[1].lock.__data.__owner", "5597, truck 2");
    look_at(c, "depot->bays[0].crates",
            "the map at 0x55a3fee88390\ncount says 131, and the buckets hold 131: they agree\n"
            "B = 5: 32 buckets\nwriting = 0: nobody is in the middle of a change");
}

static struct finding order_report(struct pool *p, enum tool tool) {
    static struct lock m1 = {.name = "M1"}, m2 = {.name = "M2"};
    struct finding f = {.kind = KIND_LOCK_ORDER,
                        .tool = tool,
                        .headline =
                            "WARNING: ThreadSanitizer: lock-order-inversion "
                            "(potential deadlock)",
                        .file = "traces/12-lock-order/tsan.txt",
                        .line = 2,
                        .site_count = 2,
                        .object = {.what = "mutexes M1 and M2"}};
#define INTERCEPTED                                                                                \
    "pthread_mutex_lock|../../../../src/libsanitizer/sanitizer_common/"                            \
    "sanitizer_common_interceptors.inc:4324\n"
#define COUNTED                                                                                    \
    INTERCEPTED                                                                                    \
    "map_count|labs/12-lock-order/map.c:60\n"                                                      \
    "fill_depot|labs/12-lock-order/work.c:21\nplay_round|labs/common/team.c:124\n"                 \
    "team_run|labs/common/team.c:161\n" MAIN_12
    f.sites[0] = (struct site){.access = ACCESS_LOCK,
                               .address = 0x7b3000000030,
                               .thread = "main thread",
                               .locks = &m1,
                               .lock_count = 1,
                               .locks_known = true,
                               .stack = stack_of(p, COUNTED),
                               .earlier = stack_of(p, COUNTED)};
    f.sites[1] = (struct site){.access = ACCESS_LOCK,
                               .address = 0x7b3000000000,
                               .thread = "T2",
                               .name = "truck 2",
                               .locks = &m2,
                               .lock_count = 1,
                               .locks_known = true,
                               .stack = stack_of(p, INTERCEPTED MOVE ":48\n" CARRY "\n" MEMBER),
                               .earlier = stack_of(p, INTERCEPTED MOVE ":45\n" CARRY "\n" MEMBER),
                               .created = stack_of(p, ENLIST MAIN_12),
                               .creator = "main thread"};
    return f;
}

struct casefile *sample_deadlock(void) {
    struct casefile *c = new_case("build/plain/labs/12-lock-order/lab");
    c->lab = (struct lab){.slug = "12-lock-order",
                          .title = "Two trucks wait for each other",
                          .class = "deadlock",
                          .source = "3.2",
                          .silent =
                              "DRD is right as far as it looks: each access has its lock. In "
                              "which order a thread takes its locks, it does not note."};
    deadlock_core(c);
    struct finding report = order_report(&c->pool, TOOL_TSAN);
    struct finding *f = add_in_runs(c, &report, 3);
    report = order_report(&c->pool, TOOL_HELGRIND);
    report.headline = "Thread #2: lock order \"0x524C460 before 0x524C490\" violated";
    report.file = "traces/12-lock-order/helgrind.xml";
    add_in_runs(c, &report, 3);
    for (int run = 0; run < 3; run++) {
        case_begin_run(c);
        case_tool_ran(c, TOOL_DRD);
    }
    c->silence[TOOL_DRD] = c->lab.silent;
    c->link = (struct link){.finding = f,
                            .reason =
                                "truck 1 and truck 2 wait for each other's lock in map_move, "
                                "which takes these locks in two orders",
                            .thread = 1,
                            .site = 1};
    return c;
}
