/*
 * test_explore_compilers.c - the corpus as other compilers and levels make it. A sample:
 * each program is compiled in one of five ways, taken in turn, and the correct ones get at
 * most 200 schedules; with RACELAB_ALL=1 each is compiled in all five ways, with 2000.
 * What is found is not left to chance: a seed is a schedule.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"

TestSuite(explore_compilers, .init = make_tmp, .fini = remove_tmp, .timeout = 300);

static const struct {
    const char *compiler, *flags;
} ways[] = {
    {"clang", "-O0"}, {"clang", "-O1"}, {"clang", "-O2"}, {"gcc", "-O1"}, {"gcc", "-O2"},
};
enum { WAYS = sizeof ways / sizeof *ways, FEW = 200, MANY = 2000 };

static void in_one_way(const char *source, int way) {
    char flags[40];
    if (sh(10, "command -v %s", ways[way].compiler).status)
        cr_skip_test("no %s here", ways[way].compiler);
    snprintf(flags, sizeof flags, "-std=c11 %s", ways[way].flags);
    finds_what_is_expected(ways[way].compiler, flags, source, getenv("RACELAB_ALL") ? MANY : FEW);
}

/* Which of the files it is, in their order. */
static int number_of(const char *source) {
    glob_t found;
    cr_assert_eq(glob(FIXTURES "*.c", 0, NULL, &found), 0);
    size_t i = 0;
    while (i < found.gl_pathc && strcmp(found.gl_pathv[i], source) != 0)
        i++;
    globfree(&found);
    return (int)i;
}

ParameterizedTestParameters(explore_compilers, finds_in_programs_of) {
    return each(FIXTURES "*.c");
}
ParameterizedTest(path_param *path, explore_compilers, finds_in_programs_of) {
    int turn = number_of(*path);
    for (int i = 0; i < WAYS; i++)
        if (i == turn % WAYS || getenv("RACELAB_ALL"))
            in_one_way(*path, i);
}

/* --- C++ ------------------------------------------------------------------------------- */

/* The functions of the program's own classes, by their whole names; none of std. */
static void blames_the_class(const char *compiler, const char *level) {
    if (sh(10, "command -v %s", compiler).status)
        cr_skip_test("no %s here", compiler);
    const char *program = made(compiler, level, "scripts/test/fixtures/names/till.cc");
    struct outcome o = sh(100, EXPLORE "--until end --schedules 300 --format list -- %s", program);
    exited(o, 1);
    int races = 0;
    for (char *line = strtok(o.out, "\n"); line; line = strtok(NULL, "\n")) {
        cr_assert_not(strstr(line, "std::") || strstr(line, "_M_") || strstr(line, "_Z"),
                      "%s %s: %s", compiler, level, line);
        cr_assert(strncmp(line, "race", 4) != 0
                      || strncmp(line, "race\tshop::Till::put/shop::Till::put\t", 38) == 0,
                  "%s %s: %s", compiler, level, line);
        races += strncmp(line, "race", 4) == 0;
    }
    cr_assert_eq(races, 1);
}

Test(explore_compilers, names_the_methods_of_a_class) {
    blames_the_class("g++", "-O0");
    blames_the_class("g++", "-O1");
    blames_the_class("clang++", "-O0");
    blames_the_class("clang++", "-O1");
}

/* clang writes no table of where each unit's code is; the lines are found without. */
Test(explore_compilers, tells_the_lines_of_either_compiler) {
    static const char *const compilers[] = {"gcc", "clang"};
    for (int i = 0; i < 2; i++) {
        if (sh(10, "command -v %s", compilers[i]).status)
            cr_skip_test("no %s here", compilers[i]);
        const char *program = made(compilers[i], "-O0", FIXTURES "mutex_per_step.c");
        struct outcome o = sh(60, EXPLORE "--width 120 --no-races -- %s", program);
        exited(o, 1);
        cr_assert(strstr(o.out, "in the middle of `set(get() + 1);` (add, "), "%s: %s",
                  compilers[i], o.out);
    }
}
