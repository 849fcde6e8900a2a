/*
 * sample_deadlock.c - lab 12, in which two trucks wait for each other; see sample_case.h.
 */
#include "sample_parts.h"

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
    t.stack = sample_stack(p, which ? LOCK MOVE
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
    core->threads[0] = (struct thread){
        .number = 1,
        .lwp = 5595,
        .name = "main",
        .role = "main",
        .where = "watching the others",
        .holder = -1,
        .stack = sample_stack(p, ABORT "play_round|labs/common/team.c:133\n"
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
        .stack = sample_stack(p,
                              "futex_wait|../sysdeps/nptl/futex-internal.h:146\n"
                              "___pthread_barrier_wait|./nptl/pthread_barrier_wait.c:184\n"
                              "member|labs/common/team.c:50\n" CLONE)};
    core->cycle = pool_array(p, 2, sizeof *core->cycle);
    core->cycle[0] = 1;
    core->cycle[1] = 2;
    sample_look(c, "depot->bays[0].lock.__data.__owner", "5596, truck 1");
    sample_look(c, "depot->bays[1].lock.__data.__owner", "5597, truck 2");
    sample_look(c, "depot->bays[0].crates",
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
                               .stack = sample_stack(p, COUNTED),
                               .earlier = sample_stack(p, COUNTED)};
    f.sites[1] =
        (struct site){.access = ACCESS_LOCK,
                      .address = 0x7b3000000000,
                      .thread = "T2",
                      .name = "truck 2",
                      .locks = &m2,
                      .lock_count = 1,
                      .locks_known = true,
                      .stack = sample_stack(p, INTERCEPTED MOVE ":48\n" CARRY "\n" MEMBER),
                      .earlier = sample_stack(p, INTERCEPTED MOVE ":45\n" CARRY "\n" MEMBER),
                      .created = sample_stack(p, ENLIST MAIN_12),
                      .creator = "main thread"};
    return f;
}

struct casefile *sample_deadlock(void) {
    struct casefile *c = sample_new("build/plain/labs/12-lock-order/lab");
    c->lab = (struct lab){.slug = "12-lock-order",
                          .title = "Two trucks wait for each other",
                          .class = "deadlock",
                          .source = "3.2",
                          .silent =
                              "DRD is right as far as it looks: each access has its lock. In "
                              "which order a thread takes its locks, it does not note."};
    deadlock_core(c);
    struct finding report = order_report(&c->pool, TOOL_TSAN);
    struct finding *f = sample_runs(c, &report, 3);
    report = order_report(&c->pool, TOOL_HELGRIND);
    report.headline = "Thread #2: lock order \"0x524C460 before 0x524C490\" violated";
    report.file = "traces/12-lock-order/helgrind.xml";
    sample_runs(c, &report, 3);
    for (int run = 0; run < 3; run++) {
        case_begin_run(c);
        case_tool_ran(c, TOOL_DRD);
    }
    c->silence[TOOL_DRD] = c->lab.silent;
    c->link = (struct link){.finding = f,
                            .sure = true,
                            .other = -1,
                            .reason =
                                "truck 1 and truck 2 wait for each other's lock in map_move, "
                                "which takes these locks in two orders",
                            .thread = 1,
                            .site = 1};
    return c;
}
