/*
 * headline.c - see headline.h.
 *
 * The words are those of LLVM's compiler-rt, of which gcc's libsanitizer is a copy:
 * tsan_report.cpp, asan_errors.cpp, lsan_common.cpp, sanitizer_termination.cpp.
 */
#include "headline.h"

#include <string.h>

struct known {
    const char *words; /* the headline begins so */
    enum kind kind;
};

static const struct known of_tsan[] = {
    {"data race", KIND_RACE},
    {"race on", KIND_RACE},
    {"heap-use-after-free", KIND_USE_AFTER_FREE},
    {"lock-order-inversion", KIND_LOCK_ORDER},
    {"thread leak", KIND_THREAD_LEAK},
    {"destroy of a locked mutex", KIND_MUTEX_MISUSE},
    {"double lock of a mutex", KIND_MUTEX_MISUSE},
    {"use of an invalid mutex", KIND_MUTEX_MISUSE},
    {"unlock of an unlocked mutex", KIND_MUTEX_MISUSE},
    {"read lock of a write locked mutex", KIND_MUTEX_MISUSE},
    {"read unlock of a write locked mutex", KIND_MUTEX_MISUSE},
    {"mutex held in the wrong context", KIND_MUTEX_MISUSE},
    {"signal-unsafe call inside of a signal", KIND_SIGNAL_UNSAFE},
    {"signal handler spoils errno", KIND_ERRNO_SPOILED},
    {NULL, KIND_OTHER},
};

static const struct known of_asan[] = {
    {"heap-use-after-free", KIND_USE_AFTER_FREE},
    {"heap-buffer-overflow", KIND_BUFFER_OVERFLOW},
    {"stack-buffer-overflow", KIND_BUFFER_OVERFLOW},
    {"stack-buffer-underflow", KIND_BUFFER_OVERFLOW},
    {"global-buffer-overflow", KIND_BUFFER_OVERFLOW},
    {"dynamic-stack-buffer-overflow", KIND_BUFFER_OVERFLOW},
    {"container-overflow", KIND_BUFFER_OVERFLOW},
    {"intra-object-overflow", KIND_BUFFER_OVERFLOW},
    {"stack-use-after-return", KIND_STACK_USE_AFTER},
    {"stack-use-after-scope", KIND_STACK_USE_AFTER},
    {"attempting double-free", KIND_DOUBLE_FREE},
    {"attempting free on address which was not malloc()-ed", KIND_BAD_FREE},
    {"alloc-dealloc-mismatch", KIND_ALLOC_MISMATCH},
    {"new-delete-type-mismatch", KIND_ALLOC_MISMATCH},
    {"negative-size-param", KIND_BAD_PARAMETER},
    {"requested allocation size", KIND_BAD_PARAMETER},
    {"calloc parameters overflow", KIND_BAD_PARAMETER},
    {"reallocarray parameters overflow", KIND_BAD_PARAMETER},
    {"invalid allocation alignment", KIND_BAD_PARAMETER},
    {"invalid alignment requested", KIND_BAD_PARAMETER},
    {"detected memory leaks", KIND_LEAK},
    {NULL, KIND_OTHER},
};

/* The program died of a signal, and the tool said of which. */
static const struct known of_signals[] = {
    {"SEGV", KIND_DEADLY_SIGNAL},
    {"BUS", KIND_DEADLY_SIGNAL},
    {"FPE", KIND_DEADLY_SIGNAL},
    {"ILL", KIND_DEADLY_SIGNAL},
    {"ABRT", KIND_DEADLY_SIGNAL},
    {"TRAP", KIND_DEADLY_SIGNAL},
    {"stack-overflow", KIND_DEADLY_SIGNAL},
    {NULL, KIND_OTHER},
};

/* What no tool says once the program runs. */
static const char *const start_failures[] = {
    "unexpected memory mapping",
    "memory layout is incompatible",
    "can not mmap the shadow",
    "can not mmap thread trace",
    "failed to intercept",
    " bytes at address", /* of the shadow, whose place is fixed */
    "ReserveShadowMemoryRange failed",
    "Shadow memory range interleaves",
    "shadow was supposed to be located",
    "runtime does not come first in initial library list",
    "linked against incompatible ASan runtimes",
    "has encountered a fatal error", /* LeakSanitizer, when it is being traced itself */
    "personality",                   /* ASLR could not be switched off */
    "Unable to disable ASLR",
    NULL};

/* What a tool says that goes no further, whenever that is. */
static const char *const deaths[] = {"CHECK failed",
                                     "failed to allocate",
                                     "failed to deallocate",
                                     "failed to mprotect",
                                     "out of memory",
                                     "internal allocator",
                                     NULL};

static bool holds(struct span s, const char *text) {
    return s.length && memmem(s.at, s.length, text, strlen(text)) != NULL;
}

static bool holds_one(struct span s, const char *const *list) {
    for (; *list; list++)
        if (holds(s, *list))
            return true;
    return false;
}

static enum kind kind_in(const struct known *k, struct span words) {
    while (k->words && !span_starts(words, k->words))
        k++;
    return k->kind;
}

static enum kind kind_said(enum tool tool, struct span words) {
    enum kind kind = kind_in(of_signals, words);
    if (kind == KIND_OTHER)
        kind = kind_in(tool == TOOL_TSAN ? of_tsan : of_asan, words);
    struct span name;
    if (kind == KIND_OTHER && span_take_until(&words, "-param-overlap", &name))
        kind = KIND_BAD_PARAMETER; /* memcpy's, strcat's … */
    return kind;
}

static bool take_tool(struct span *s, enum tool *tool) {
    if (s->length < 13)
        return false;
    switch (s->at[0]) {
    case 'T': *tool = TOOL_TSAN; return span_take(s, "ThreadSanitizer");
    case 'A': *tool = TOOL_ASAN; return span_take(s, "AddressSanitizer") || span_take(s, "ASan ");
    case 'L': *tool = TOOL_LSAN; return span_take(s, "LeakSanitizer");
    default: return false;
    }
}

/* "==123==", which Valgrind has, too, with a space behind. */
static bool take_process(struct span *s, uint64_t *process) {
    struct span r = *s;
    if (!span_take(&r, "==") || !span_take_number(&r, process) || !span_take(&r, "=="))
        return false;
    if (r.length && r.at[0] == ' ')
        return false;
    *s = r;
    return true;
}

/* A report of AddressSanitizer's kind, or one of LeakSanitizer. */
static enum said read_error(struct span words, struct headline *h) {
    h->words = words;
    h->kind = kind_said(h->tool, words);
    if (h->kind != KIND_OTHER)
        return SAID_REPORT;
    if (holds_one(words, start_failures))
        return SAID_CANNOT_START;
    return holds_one(words, deaths) ? SAID_DIED : SAID_REPORT;
}

/* What follows "WARNING: ThreadSanitizer: ". */
static enum said read_warning(struct span words, struct headline *h) {
    struct span before, after = words;
    h->words = words;
    while (span_take_until(&after, " (pid=", &before))
        h->words.length = (size_t)(before.at + before.length - words.at);
    if (after.at == words.at)
        return SAID_RAN; /* not a report's, or it lost its end */
    span_take_number(&after, &h->process);
    h->kind = kind_said(TOOL_TSAN, h->words);
    return SAID_REPORT;
}

static enum said read_fatal(struct span words, struct headline *h) {
    h->words = words;
    return holds_one(words, deaths) && !holds_one(words, start_failures) ? SAID_DIED
                                                                         : SAID_CANNOT_START;
}

/* ": " before the words, which not all messages have. */
static struct span words_of(struct span s) {
    if (!span_take(&s, ": "))
        span_take(&s, " ");
    return s;
}

/* A message without ERROR or FATAL in front. */
static enum said read_other(struct span line, struct span whole, bool process, struct headline *h) {
    if (!take_tool(&line, &h->tool)) {
        h->tool = TOOL_ASAN; /* the one that does not always say its name */
        h->words = line;
        return process && holds_one(line, start_failures) ? SAID_CANNOT_START : SAID_NOTHING;
    }
    h->words = words_of(line);
    bool begins = line.length && (line.at[0] == ':' || line.at[0] == ' ');
    if (h->tool == TOOL_ASAN && span_starts(whole, "ASan "))
        return holds_one(h->words, start_failures) ? SAID_CANNOT_START : SAID_RAN;
    if (begins && holds_one(h->words, start_failures))
        return SAID_CANNOT_START;
    if (begins && span_starts(h->words, "CHECK failed"))
        return SAID_DIED;
    return span_starts(line, ":DEADLYSIGNAL") || span_starts(line, ": ") || process ? SAID_RAN
                                                                                    : SAID_NOTHING;
}

enum said headline_read(struct span line, struct headline *h) {
    *h = (struct headline){.kind = KIND_OTHER};
    bool process = line.length && line.at[0] == '=' && take_process(&line, &h->process);
    struct span s = line;
    if (!line.length)
        return SAID_NOTHING;
    switch (line.at[0]) {
    case 'W':
        if (!span_take(&s, "WARNING: ") || !take_tool(&s, &h->tool))
            return SAID_NOTHING;
        return h->tool == TOOL_TSAN ? read_warning(words_of(s), h) : SAID_RAN;
    case 'S':
        if (span_take(&s, "SUMMARY: ") && take_tool(&s, &h->tool)) {
            h->words = words_of(s);
            return SAID_END;
        }
        break;
    case 'E':
        if (process && span_take(&s, "ERROR: ") && take_tool(&s, &h->tool))
            return read_error(words_of(s), h);
        break;
    case 'F':
        if (span_take(&s, "FATAL: ") && take_tool(&s, &h->tool))
            return read_fatal(words_of(s), h);
        break;
    default: break;
    }
    return read_other(line, line, process, h);
}
