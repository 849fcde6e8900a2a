/*
 * sample_hostile.c - the case that no page must fall over; see sample_case.h.
 */
#include <stdint.h>

#include "../walk/blame.h"
#include "sample_case.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define SCRIPT "<script>alert('x')</script>"

static struct stack hostile_stack(struct pool *p, size_t frames) {
    static const char *const functions[] = {
        "std::map<int, char>::operator[]",
        SCRIPT,
        "caf\xe9 \xff\xfe \xc0\x80 \xed\xa0\x80",
        NULL,
        "",
        "operator\"\"_x & \x01\x1b[31m\tred\r\n|`pipe` *star* _under_ ]]>",
        "\u202egnirts\u202c \U0001f4a5",
    };
    struct stack s = {.frames = pool_array(p, frames, sizeof *s.frames), .count = frames};
    for (size_t i = 0; i < frames; i++)
        s.frames[i] = (struct frame){
            .function = functions[i % COUNT(functions)],
            .file = i % 3 ? i % 2 ? "src/a \"b\" <c>&.cpp" : "/\xff/\x07.c" : NULL,
            .module = i % 4 ? "lib<x>.so" : NULL,
            .args = i % 5 ? NULL : "s=\"</pre>" SCRIPT "\", n=\x02",
            .line = i % 3 ? (int)i * 1000 : 0,
            .address = i % 2 ? UINT64_MAX : 0,
            .inlined = i % 7 == 3,
        };
    s.omitted = frames ? 99744 : 0;
    stack_blame(&s);
    return s;
}

static struct stack idle_stack(struct pool *p) {
    struct stack s = {.frames = pool_array(p, 2, sizeof *s.frames), .count = 2};
    s.frames[0] = (struct frame){.function = "futex_wait", .module = "libc.so.6"};
    s.frames[1] = (struct frame){.function = "worker<T>", .file = "src/pool.cpp", .line = 12};
    stack_blame(&s);
    return s;
}

static void hostile_core(struct casefile *c) {
    enum { THREADS = 200 };
    static const char *notes[] = {"the core is cut off: 4096 of 8392704 bytes", SCRIPT};
    static struct look looks[2] = {{.expression = "a[\"<b>\"] & \xff"}, {0}};
    struct pool *p = &c->pool;
    struct core *core = c->core = pool_take(p, sizeof *core);
    *core = (struct core){.path = "/tmp/" SCRIPT "/core",
                          .fit = FIT_NO,
                          .have = 4096,
                          .want = 8392704,
                          .notes = notes,
                          .note_count = 2,
                          .signal = "SIGSEGV",
                          .fault = FAULT_NON_CANONICAL,
                          .fault_words = "the address is no address at all: <0xdeadbeef>",
                          .thread_count = THREADS,
                          .thread_total = 100000,
                          .victim = 5,
                          .crossing = {5, 7},
                          .looks = looks,
                          .look_count = 2,
                          .cycle_count = 12};
    core->threads = pool_array(p, THREADS, sizeof *core->threads);
    for (int i = 0; i < THREADS; i++)
        core->threads[i] = (struct thread){
            .number = i + 1,
            .lwp = i % 2 ? 1000 + i : 0,
            .name = i == 5 ? SCRIPT : NULL,
            .stack = i < 13 ? hostile_stack(p, (size_t)i) : idle_stack(p),
            .waits = {.address = i < 12 ? 0xffffffffffffff00u : 0},
            .waits_kind = i % 2 ? "mutex" : NULL,
            .holder = i < 12 ? (i + 1) % 12 : -1,
        };
    core->cycle = pool_array(p, 12, sizeof *core->cycle);
    for (int i = 0; i < 12; i++)
        core->cycle[i] = i;
}

static struct finding hostile_report(struct pool *p, enum kind kind) {
    static struct lock locks[3] = {{.name = "<M1>", .shared = true}, {0}, {.name = "\xff"}};
    struct finding f = {.kind = kind, .tool = (enum tool)((int)kind % TOOL_COUNT)};
    f.site_count = (size_t)kind % (FINDING_SITES + 1);
    f.headline = kind % 2 ? SCRIPT "\xff" : NULL;
    f.torn = kind % 3 == 0;
    for (size_t i = 0; i < f.site_count; i++)
        f.sites[i] = (struct site){.access = (enum access)(i % ACCESS_COUNT),
                                   .thread = i % 2 ? NULL : "T<1>",
                                   .name = i % 3 ? NULL : "caf\xe9",
                                   .locks = locks,
                                   .lock_count = i % 4,
                                   .locks_known = i % 2 == 0,
                                   .stack = hostile_stack(p, i),
                                   .created = hostile_stack(p, i % 3),
                                   .earlier = hostile_stack(p, i % 2)};
    if (f.site_count > 1)
        f.object.what = "global '<b>'";
    return f;
}

struct casefile *sample_hostile(void) {
    struct casefile *c = sample_empty();
    c->program = "/tmp/" SCRIPT "/\xff";
    hostile_core(c);
    for (int k = 0; k < KIND_COUNT; k++) {
        struct finding f = hostile_report(&c->pool, (enum kind)k);
        for (int run = 0; run <= k % 3; run++) {
            case_begin_run(c);
            case_add(c, &f);
        }
    }
    case_note(c, "%s is damaged from byte 12 on: %s", "a.txt", SCRIPT "\xff");
    c->silence[TOOL_EXPLORE] = "it was <never> asked";
    if (c->finding_count > 2)
        c->link = (struct link){.finding = c->findings[2], .thread = 5, .other = -1, .site = -1};
    return c;
}
