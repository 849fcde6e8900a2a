/*
 * sample_parts.h - what the samples are made of. Tests need sample_case.h alone.
 */
#ifndef SAMPLE_PARTS_H
#define SAMPLE_PARTS_H

#include "sample_case.h"

struct casefile *sample_new(const char *program);

/* One frame a line, innermost first: "function|file:line|args|locals"; the last two may
 * be missing, and locals are "name=value;name=value". */
struct stack sample_stack(struct pool *p, const char *text);

/* One more look at the core's memory, a line each. */
void sample_look(struct casefile *c, const char *expression, const char *lines);

/* The same report in so many runs of its tool. */
struct finding *sample_runs(struct casefile *c, struct finding *report, int runs);

/* Frames that many stacks of the labs end or begin with. */
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

#endif
