/*
 * test_walk_sanitizer.c - the reports of ThreadSanitizer, AddressSanitizer and
 * LeakSanitizer: recorded ones, and what damage can be done to them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../walk/read/frame.h"
#include "../walk/read/read.h"
#include "reports.h"

#define REPORTS "scripts/test/fixtures/reports/"

TestSuite(walk_sanitizer, .timeout = 120);

/* --- recordings ---------------------------------------------------------------------- */

ParameterizedTestParameters(walk_sanitizer, tsan_reports_are_read) {
    return each(REPORTS "tsan-*.txt");
}

ParameterizedTest(path_param *path, walk_sanitizer, tsan_reports_are_read) {
    report_is_as_expected(*path);
}

ParameterizedTestParameters(walk_sanitizer, asan_reports_are_read) {
    return each(REPORTS "asan-*.txt");
}

ParameterizedTest(path_param *path, walk_sanitizer, asan_reports_are_read) {
    report_is_as_expected(*path);
}

ParameterizedTestParameters(walk_sanitizer, lsan_reports_are_read) {
    return each(REPORTS "lsan-*.txt");
}

ParameterizedTest(path_param *path, walk_sanitizer, lsan_reports_are_read) {
    report_is_as_expected(*path);
}

Test(walk_sanitizer, junk_with_a_headline_in_it_is_no_all_clear) {
    report_is_as_expected(REPORTS "binary-junk.txt");
}

/* --- fields ----------------------------------------------------------------------------- */

/* The only finding of a recording. */
static struct finding *only(struct casefile *c, const char *name) {
    char path[256];
    snprintf(path, sizeof path, REPORTS "%s.txt", name);
    read_report(c, path);
    cr_assert_eq(c->finding_count, 1, "%s: %s", name, findings_of(c));
    return c->findings[0];
}

static void frame_is(const struct frame *f, const char *function, const char *file, int line,
                     const char *module, uint64_t address) {
    cr_assert_str_eq(f->function, function);
    cr_assert_str_eq(f->file, file);
    cr_assert_eq(f->line, line);
    cr_assert_str_eq(f->module, module);
    cr_assert_eq(f->address, address);
}

Test(walk_sanitizer, a_race_tells_accesses_locks_threads_and_object) {
    struct casefile c = {0};
    struct finding *f = only(&c, "tsan-gcc-race-mutexes");
    cr_assert_str_eq(f->headline, "data race");
    cr_assert_eq(f->tool, TOOL_TSAN);
    cr_assert_eq(f->line, 2);
    cr_assert_not(f->torn);
    cr_assert_eq(f->site_count, 2);
    struct site *now = &f->sites[0], *before = &f->sites[1];
    cr_assert_eq(now->access, ACCESS_READ);
    cr_assert_eq(before->access, ACCESS_WRITE);
    cr_assert_eq(now->size, 8);
    cr_assert_neq(now->address, 0);
    cr_assert_eq(now->address, before->address);
    cr_assert_str_eq(now->thread, "T2");
    cr_assert_str_eq(before->thread, "T1");
    cr_assert_str_eq(now->creator, "main thread");
    cr_assert(now->locks_known && before->locks_known);
    cr_assert_eq(now->lock_count, 2);
    cr_assert_str_eq(now->locks[0].name, "M1");
    cr_assert_str_eq(now->locks[1].name, "M2");
    cr_assert_not(now->locks[0].shared);
    cr_assert_eq(before->lock_count, 1);
    cr_assert_str_eq(before->locks[0].name, "M0");
    cr_assert_eq(now->stack.count, 2);
    cr_assert_str_eq(now->stack.frames[0].function, "add_right");
    cr_assert_str_eq(now->stack.frames[0].file, "scripts/test/fixtures/programs/race-mutexes.c");
    cr_assert_eq(now->created.count, 2);
    cr_assert_str_eq(now->created.frames[1].function, "main");
    cr_assert_str_eq(f->object.what, "global 'total'");
    cr_assert_eq(f->object.size, 8);
    cr_assert_eq(f->object.address, now->address);
}

Test(walk_sanitizer, locks_held_for_reading_are_shared) {
    struct casefile c = {0};
    struct finding *f = only(&c, "tsan-clang-race-rwlock");
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(f->sites[i].lock_count, 1);
        cr_assert(f->sites[i].locks[0].shared);
    }
}

Test(walk_sanitizer, no_lock_is_told_from_no_word_on_locks) {
    struct casefile c = {0};
    struct finding *f = only(&c, "tsan-gcc-race-global");
    cr_assert(f->sites[0].locks_known && f->sites[0].lock_count == 0);
    struct casefile a = {0};
    cr_assert_not(only(&a, "asan-gcc-use-after-free")->sites[0].locks_known);
}

Test(walk_sanitizer, threads_have_names_even_with_quotes) {
    struct casefile c = {0};
    struct finding *f = only(&c, "tsan-gcc-race-named");
    cr_assert_str_eq(f->sites[0].name, "home (team's)");
    cr_assert_str_eq(f->sites[1].name, "away by main");
    cr_assert_str_eq(f->sites[1].thread, "T2");
}

Test(walk_sanitizer, a_stack_that_could_not_be_restored_is_lost_not_torn) {
    struct casefile c = {0};
    struct finding *f = only(&c, "tsan-gcc-race-lost-stack");
    cr_assert_eq(f->site_count, 2);
    cr_assert_eq(f->sites[1].stack.count, 0);
    cr_assert_str_eq(f->sites[1].stack.lost, "failed to restore the stack");
    cr_assert_not(f->torn);
}

Test(walk_sanitizer, atomic_accesses_are_told) {
    struct casefile c = {0};
    struct finding *f = only(&c, "tsan-clang-race-atomic");
    cr_assert_eq(f->sites[0].access, ACCESS_READ);
    cr_assert_eq(f->sites[1].access, ACCESS_ATOMIC_WRITE);
}

Test(walk_sanitizer, lock_order_has_a_site_for_each_lock_and_the_earlier_stacks) {
    struct casefile c = {0};
    struct finding *f = only(&c, "tsan-gcc-lock-order-3-both");
    cr_assert_eq(f->site_count, 3);
    for (size_t i = 0; i < 3; i++) {
        struct site *s = &f->sites[i];
        char thread[8], held[8];
        snprintf(thread, sizeof thread, "T%zu", i + 1);
        snprintf(held, sizeof held, "M%zu", i);
        cr_assert_eq(s->access, ACCESS_LOCK);
        cr_assert_str_eq(s->thread, thread);
        cr_assert_str_eq(s->locks[0].name, held);
        cr_assert_eq(s->earlier.count, 3);
        cr_assert_eq(s->created.count, 2);
    }
    cr_assert_eq(f->sites[1].address - f->sites[0].address, 40, "M1 and M2 are neighbours");
    struct casefile alone = {0};
    cr_assert_eq(only(&alone, "tsan-gcc-lock-order-3")->sites[0].earlier.count, 0);
}

Test(walk_sanitizer, a_freed_block_has_who_freed_and_who_allocated_it) {
    struct casefile c = {0};
    struct finding *f = only(&c, "asan-gcc-use-after-free");
    cr_assert_eq(f->tool, TOOL_ASAN);
    cr_assert_str_eq(f->headline, "heap-use-after-free");
    cr_assert_eq(f->site_count, 2);
    cr_assert_eq(f->sites[0].access, ACCESS_READ);
    cr_assert_eq(f->sites[0].size, 8);
    cr_assert_eq(f->sites[0].address, 0x603000000048);
    cr_assert_str_eq(f->sites[0].thread, "T2");
    cr_assert_str_eq(f->sites[0].creator, "T0");
    cr_assert_eq(f->sites[1].access, ACCESS_FREE);
    cr_assert_str_eq(f->sites[1].thread, "T1");
    cr_assert_eq(f->sites[1].created.count, 3);
    cr_assert_str_eq(f->object.what, "heap block of size 32");
    cr_assert_eq(f->object.address, 0x603000000040);
    cr_assert_eq(f->object.stack.count, 4);
    cr_assert_str_eq(f->object.stack.frames[1].function, "make_session");
}

Test(walk_sanitizer, variables_that_were_overrun_are_named) {
    struct casefile global = {0}, local = {0};
    struct finding *f = only(&global, "asan-clang-global-buffer");
    cr_assert_str_eq(f->object.what, "global 'hours'");
    cr_assert_eq(f->object.size, 28);
    f = only(&local, "asan-gcc-stack-buffer");
    cr_assert_str_eq(f->object.what, "local 'name'");
    cr_assert_eq(f->object.size, 8);
    cr_assert_eq(f->object.stack.count, 1);
    cr_assert_str_eq(f->object.stack.frames[0].function, "greet");
}

Test(walk_sanitizer, a_deadly_signal_says_where_and_how) {
    struct casefile c = {0}, a = {0};
    struct finding *f = only(&c, "tsan-gcc-segv-null");
    cr_assert_str_eq(f->headline,
                     "SEGV on unknown address 0x000000000008; The signal is caused by "
                     "a READ memory access; address points to the zero page");
    cr_assert_eq(f->sites[0].access, ACCESS_READ);
    cr_assert_eq(f->sites[0].address, 8);
    cr_assert_str_eq(f->sites[0].thread, "main thread");
    cr_assert_eq(c.tools[TOOL_TSAN].died, 1);
    f = only(&a, "asan-clang-segv-wild");
    cr_assert_str_eq(f->sites[0].thread, "T1");
    cr_assert_eq(f->sites[0].created.count, 3, "who created it is told after the summary");
}

Test(walk_sanitizer, leaks_are_the_leak_sanitizers_and_say_how_much) {
    struct casefile c = {0};
    read_report(&c, REPORTS "asan-gcc-leak.txt");
    cr_assert_eq(c.finding_count, 2);
    struct finding *direct = c.findings[0], *indirect = c.findings[1];
    cr_assert_eq(direct->tool, TOOL_LSAN);
    cr_assert_str_eq(direct->headline, "Direct leak of 40 byte(s) in 1 object(s)");
    cr_assert_eq(direct->object.size, 40);
    cr_assert_str_eq(indirect->headline, "Indirect leak of 32 byte(s) in 1 object(s)");
    cr_assert_eq(indirect->witnesses[TOOL_LSAN].reports, 2);
    cr_assert_eq(indirect->line, 12);
    cr_assert_eq(c.tools[TOOL_ASAN].runs, 0);
}

Test(walk_sanitizer, deep_stacks_keep_their_beginning_and_count_the_rest) {
    struct casefile c = {0};
    struct finding *f = only(&c, "tsan-gcc-race-deep");
    cr_assert_eq(f->sites[1].stack.count, STACK_KEPT);
    cr_assert_eq(f->sites[1].stack.omitted, 2747);
    cr_assert_not(f->sites[1].stack.frames[5].inlined, "recursion is not inlined");
    cr_assert_not(f->torn);
}

Test(walk_sanitizer, inlined_calls_are_told_from_the_one_they_are_in) {
    struct casefile c = {0};
    struct frame *f = only(&c, "tsan-gcc-race-cpp-o2")->sites[0].stack.frames;
    cr_assert_str_eq(f[0].function, "shop::advance<long, 3>");
    for (int i = 0; i < 4; i++)
        cr_assert(f[i].inlined);
    cr_assert_str_eq(f[4].function, "_M_invoke");
    cr_assert_not(f[4].inlined);
    cr_assert(f[5].inlined);
}

/* --- frames -------------------------------------------------------------------------------- */

static struct frame read_one_frame(struct pool *p, const char *line, bool good) {
    struct frame f;
    size_t number = 99;
    cr_assert_eq(frame_read(p, (struct span){line, strlen(line)}, &f, &number), good, "%s", line);
    if (good)
        cr_assert_eq(number, 3);
    return f;
}

Test(walk_sanitizer, frames_of_every_form_are_read) {
    struct pool p = {0};
    struct frame f =
        read_one_frame(&p, "    #3 grow my files/h map.c:228:9 (lab+0x3c12) (BuildId: 5f)", 1);
    frame_is(&f, "grow", "my files/h map.c", 228, "lab", 0x3c12);
    cr_assert_eq(f.column, 9);
    f = read_one_frame(&p, "    #3 grow old (1)/h.c:7 (my lab (2)+0x3c)", 1);
    frame_is(&f, "grow", "old (1)/h.c", 7, "my lab (2)", 0x3c);
    f = read_one_frame(&p, "    #3 void f<int, (char)3>(int&) const a b.cpp:7 (x+0x1)", 1);
    frame_is(&f, "f<int, (char)3>", "a b.cpp", 7, "x", 1);
    f = read_one_frame(&p, "    #3 <null> <null> (libc.so.6+0x27249)", 1);
    cr_assert(!f.function && !f.file);
    f = read_one_frame(&p, "    #3 0x7ffff7 in operator delete(void*, unsigned long) ../n.cpp:164",
                       1);
    cr_assert_str_eq(f.function, "operator delete");
    cr_assert_str_eq(f.file, "../n.cpp");
    f = read_one_frame(&p, "    #3 0x55d6 in strcpy+0x1f (/a/b+0xa2)", 1);
    cr_assert_str_eq(f.function, "strcpy");
    cr_assert_str_eq(f.module, "/a/b");
    cr_assert_eq(f.address, 0x55d6);
    f = read_one_frame(&p, "    #3 0x0  (<unknown module>)", 1);
    cr_assert(!f.function && !f.module);
}

Test(walk_sanitizer, frames_that_lost_their_end_are_none) {
    static const char *const cut[] = {
        "    #3",
        "    #3 ",
        "    #3 hmap_ass",
        "    #3 hmap_assign labs/hmap.c:24",
        "    #3 f a.c:2 (lab+0x3c12",
        "    #3 0x55",
        "    #3 0x55 in hmap_as",
        "    #3 0x55 in f x",
        "    #3 void shop::advance",
        "    #3 f a.c:2 (la",
    };
    struct pool p = {0};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++)
        read_one_frame(&p, cut[i], 0);
}

Test(walk_sanitizer, functions_lose_their_types_and_nothing_else) {
    static const char *const names[][2] = {
        {"main", "main"},
        {"void shop::advance<long, 3>(long&)", "shop::advance<long, 3>"},
        {"shop::cache<std::pair<int, long>, long>::operator()(std::pair<int, long> const&) const",
         "shop::cache<std::pair<int, long>, long>::operator()"},
        {"main::$_0::operator()() const", "main::$_0::operator()"},
        {"main::{lambda(int)#1}::operator()(int) const", "main::{lambda(int)#1}::operator()"},
        {"(anonymous namespace)::put(int)", "(anonymous namespace)::put"},
        {"unsigned long (anonymous namespace)::put<int>(int)", "(anonymous namespace)::put<int>"},
        {"bool std::operator==<int, long>(std::pair<int, long> const&)",
         "std::operator==<int, long>"},
        {"std::ostream& std::operator<< <char>(std::ostream&, char)", "std::operator<< <char>"},
        {"x::operator unsigned long() const", "x::operator unsigned long"},
        {"operator new[](unsigned long)", "operator new[]"},
        {"shop::shelf::~shelf()", "shop::shelf::~shelf"},
        {"std::enable_if<__and_<a<main::$_0&> >::value, void>::type std::__invoke_r<void>(int)",
         "std::__invoke_r<void>"},
        {"__invoke<main()::<lambda()> >", "__invoke<main()::<lambda()> >"},
        {"decltype(auto) ns::f<int>(int)", "ns::f<int>"},
        {"non-virtual thunk to a::b()", "a::b"},
        {"hmap_grow.part.0", "hmap_grow"},
        {"f(int) [clone .cold]", "f"},
        {"operator", "operator"},
        {"f<<<((", "f<<<(("},
        {")", ")"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct span bare = function_bare((struct span){names[i][0], strlen(names[i][0])});
        cr_assert(bare.length == strlen(names[i][1]) && !memcmp(bare.at, names[i][1], bare.length),
                  "%s: %.*s", names[i][0], (int)bare.length, bare.at);
    }
}

/* --- what is no finding ---------------------------------------------------------------------- */

struct line_said {
    const char *text;
    enum tool tool;
    bool not_started;
};

Test(walk_sanitizer, failed_starts_are_told_from_everything_else) {
    static const struct line_said lines_said[] = {
        {"FATAL: ThreadSanitizer: unexpected memory mapping 0x1-0x2", TOOL_TSAN, true},
        {"==7==FATAL: ThreadSanitizer: unexpected memory mapping 0x1-0x2", TOOL_TSAN, true},
        {"FATAL: ThreadSanitizer can not mmap the shadow memory", TOOL_TSAN, true},
        {"ThreadSanitizer: failed to intercept 'open64'", TOOL_TSAN, true},
        {"ThreadSanitizer: CHECK failed: x.h:133 \"((a)) == ((b))\" (0x7b, 0xff) (tid=9)",
         TOOL_TSAN, true},
        {"==7==ERROR: ThreadSanitizer: out of memory: failed to allocate 0x1 bytes", TOOL_TSAN,
         true},
        {"==7==ERROR: AddressSanitizer failed to allocate 0xdfff0001000 (15) bytes at address 2008",
         TOOL_ASAN, true},
        {"==7==Shadow memory range interleaves with an existing memory mapping.", TOOL_ASAN, true},
        {"==7==ASan runtime does not come first in initial library list; you should", TOOL_ASAN,
         true},
        {"==7==Your application is linked against incompatible ASan runtimes.", TOOL_ASAN, true},
        {"==7==LeakSanitizer has encountered a fatal error.", TOOL_LSAN, true},
        {"ThreadSanitizer: reported 2 warnings", TOOL_TSAN, false},
        {"AddressSanitizer:DEADLYSIGNAL", TOOL_ASAN, false},
        {"==7==WARNING: AddressSanitizer failed to allocate 0x1 bytes", TOOL_ASAN, false},
    };
    for (size_t i = 0; i < sizeof lines_said / sizeof *lines_said; i++) {
        const struct line_said *l = &lines_said[i];
        struct casefile c = {0};
        read_bytes(&c, l->text, strlen(l->text));
        cr_assert_eq(c.tools[l->tool].runs, 1, "%s", l->text);
        cr_assert_eq(c.tools[l->tool].not_started, l->not_started, "%s", l->text);
        cr_assert_eq(c.finding_count, 0, "%s: %s", l->text, findings_of(&c));
    }
}

Test(walk_sanitizer, a_tool_that_dies_after_a_report_had_started) {
    char *text = slurp(REPORTS "tsan-gcc-race-global.txt"), *both;
    cr_assert_geq(asprintf(&both, "%s%s", text, "FATAL: ThreadSanitizer: out of memory: 0x1\n"), 0);
    struct casefile c = {0};
    read_bytes(&c, both, strlen(both));
    cr_assert_str_eq(findings_of(&c), "race\tdeposit/withdraw\n");
    cr_assert_eq(c.tools[TOOL_TSAN].not_started, 0);
    cr_assert_eq(c.note_count, 1);
    cr_assert(strstr(c.notes[0], "out of memory"), "%s", c.notes[0]);
}

Test(walk_sanitizer, what_the_program_prints_is_nothing) {
    static const char text[] =
        "ThreadSanitizer is great\nWARNING: ThreadSanitizer\n"
        "==7== Possible data race\nSUMMARY: fine\nFATAL: all is lost\n"
        "    #0 main x.c:1 (x+0x1)\nLeakSanitizers\nAddressSanitizer x\n"
        "  Write of size 8 at 0x7b by thread T1:\n==================\n";
    struct casefile c = {0};
    read_bytes(&c, text, strlen(text));
    cr_assert_str_eq(findings_of(&c), "");
    cr_assert_eq(c.note_count, 0);
}

Test(walk_sanitizer, unknown_headlines_are_kept_in_their_words) {
    static const char text[] =
        "==================\nWARNING: ThreadSanitizer: purple rain (pid=1)\n"
        "    #0 f x.c:1 (x+0x1)\n\nSUMMARY: ThreadSanitizer: purple rain\n";
    struct casefile c = {0};
    read_bytes(&c, text, strlen(text));
    cr_assert_str_eq(findings_of(&c), "other\tf\n");
    cr_assert_str_eq(c.findings[0]->headline, "purple rain");
}
