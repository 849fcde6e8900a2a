/*
 * silence.c - why a tool that ran said nothing about what this case shows. What the
 * lab itself says comes first; else what is known of the tool's blind spots, each of
 * which was measured (docs/reading-tsan.md, docs/reading-helgrind.md).
 */
#include <stddef.h>

#include "join.h"

static const struct {
    enum tool tool;
    enum kind found; /* by another tool */
    const char *why;
} blind[] = {
    {TOOL_DRD, KIND_LOCK_ORDER,
     "DRD does not note in which order a thread takes its locks; a deadlock that did not "
     "happen in its run is invisible to it."},
    {TOOL_HELGRIND, KIND_USE_AFTER_FREE,
     "Helgrind does not follow free between threads: to it, freed memory is only memory."},
    {TOOL_DRD, KIND_USE_AFTER_FREE,
     "DRD does not follow free between threads, unless it is told --free-is-write=yes."},
    {TOOL_HELGRIND, KIND_THREAD_LEAK, "Helgrind does not count threads that nobody joins."},
    {TOOL_DRD, KIND_THREAD_LEAK, "DRD does not count threads that nobody joins."},
    {TOOL_TSAN, KIND_LOCK_HELD_AT_EXIT,
     "ThreadSanitizer does not report a thread that ends with a lock in its hands."},
    {TOOL_EXPLORE, KIND_LEAK, "explore does not look for lost memory."},
    {TOOL_EXPLORE, KIND_BUFFER_OVERFLOW, "explore does not look at the bounds of memory."},
    {TOOL_EXPLORE, KIND_LOCK_ORDER,
     "explore tells of a deadlock once a schedule has one, and not of an order that might lead to "
     "it. A gate around both locks may prevent it; or give it more schedules."},
    {TOOL_EXPLORE, KIND_RACE,
     "explore sees only what was compiled by cc.sh, and the schedules that it tried. The race may "
     "need more work than its program does, more schedules, or be a false alarm."},
    {TOOL_ASAN, KIND_RACE,
     "AddressSanitizer checks where memory is touched, and never asks who else touches it."},
    {TOOL_LSAN, KIND_RACE, "LeakSanitizer looks for lost memory only."},
    {TOOL_TSAN, KIND_RACE,
     "ThreadSanitizer sees only what was compiled with it, and forgets what is long ago; "
     "the two accesses may also not have met in its runs. Run it more often."},
    {TOOL_HELGRIND, KIND_RACE,
     "The two accesses may have been ordered by a lock taken in between in its runs: under "
     "Valgrind one thread runs at a time. Run it more often."},
    {TOOL_DRD, KIND_RACE,
     "DRD needs both accesses in segments that nothing orders, in its own runs; and it does "
     "not look at stacks unless it is told --check-stack-var=yes. Run it more often."},
};

static const char atomicity[] =
    "In its runs no two accesses were unordered. What a schedule of explore makes fail is then a "
    "promise about several steps, each of them guarded (atomicity), or a wait that never ends: of "
    "these no detector knows.";

static bool is_detector(enum tool tool) {
    return tool == TOOL_TSAN || tool == TOOL_HELGRIND || tool == TOOL_DRD;
}

/* Did it say anything but that the program died? */
static bool spoke(const struct casefile *c, enum tool tool) {
    for (size_t i = 0; i < c->finding_count; i++)
        if (c->findings[i]->witnesses[tool].reports
            && (c->findings[i]->kind != KIND_DEADLY_SIGNAL || tool == TOOL_EXPLORE))
            return true; /* that it died in a schedule is what explore has to say */
    return false;
}

static bool found(const struct casefile *c, enum kind kind) {
    for (size_t i = 0; i < c->finding_count; i++)
        if (c->findings[i]->kind == kind)
            return true;
    return false;
}

/* Why this tool cannot see that kind; NULL where it can. */
static const char *blind_to(enum tool tool, enum kind kind) {
    for (size_t i = 0; i < sizeof blind / sizeof *blind; i++)
        if (blind[i].tool == tool && blind[i].found == kind)
            return blind[i].why;
    return NULL;
}

/* What the core itself shows of what no tool saw; NULL: nothing. */
static const char *why_not_in_core(const struct core *core, enum tool tool) {
    const char *why = NULL;
    if (core->cycle_count)
        why = blind_to(tool, KIND_LOCK_ORDER);
    else if (core->fault == FAULT_FREED)
        why = blind_to(tool, KIND_USE_AFTER_FREE);
    if (why)
        return why;
    if (core->cycle_count)
        return "It notes the order of two locks when a thread has got both. A run that hangs at "
               "once never gets there, and a run in one order only has nothing to compare.";
    if (core->fault == FAULT_FREED)
        return "In its runs nothing was used after it was freed, or not by code that was "
               "compiled with it. Run it more often.";
    if (core->signal)
        return "No two accesses were unordered in its runs. Either the code that races did not "
               "run, or there is no data race: a promise about several steps was broken, each "
               "of them guarded (atomicity), and of that no detector knows: build/bin/explore may "
               "find a schedule that shows it.";
    return NULL;
}

const char *why_silent(const struct casefile *c, enum tool tool) {
    const struct tool_state *t = &c->tools[tool];
    if (t->runs == t->not_started || spoke(c, tool))
        return NULL;
    if (c->lab.silent && tool != TOOL_EXPLORE)
        return c->lab.silent;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const char *why = found(c, (enum kind)kind) ? blind_to(tool, (enum kind)kind) : NULL;
        if (why)
            return why;
    }
    if (is_detector(tool) && spoke(c, TOOL_EXPLORE))
        return atomicity;
    if (tool == TOOL_EXPLORE && c->core && c->core->signal)
        return "In none of the schedules that it tried did it fail. More of them may show it, or "
               "more work for the program to do, or its libraries compiled by cc.sh, too.";
    return is_detector(tool) && c->core ? why_not_in_core(c->core, tool) : NULL;
}
