/* kinds.c - see kinds.h. */
#include "kinds.h"

#include <string.h>

static const char *const kinds[KIND_COUNT] = {
    [KIND_RACE] = "race",
    [KIND_LOCK_ORDER] = "lock order",
    [KIND_MUTEX_MISUSE] = "mutex misuse",
    [KIND_COND_MISUSE] = "cond misuse",
    [KIND_BARRIER_MISUSE] = "barrier misuse",
    [KIND_SEM_MISUSE] = "semaphore misuse",
    [KIND_USE_AFTER_FREE] = "use after free",
    [KIND_DOUBLE_FREE] = "double free",
    [KIND_BAD_FREE] = "bad free",
    [KIND_BUFFER_OVERFLOW] = "buffer overflow",
    [KIND_STACK_USE_AFTER] = "stack use after return",
    [KIND_BAD_PARAMETER] = "bad parameter",
    [KIND_ALLOC_MISMATCH] = "alloc mismatch",
    [KIND_LEAK] = "leak",
    [KIND_THREAD_LEAK] = "thread leak",
    [KIND_SIGNAL_UNSAFE] = "signal-unsafe call",
    [KIND_ERRNO_SPOILED] = "errno spoiled",
    [KIND_LOCK_HELD_AT_EXIT] = "lock held at exit",
    [KIND_LOCK_HELD_LONG] = "lock held long",
    [KIND_API_ERROR] = "api error",
    [KIND_DEADLOCK] = "deadlock",
    [KIND_LOST_WAKEUP] = "lost wakeup",
    [KIND_LIVELOCK] = "livelock",
    [KIND_EXIT_STATUS] = "exit status",
    [KIND_DEADLY_SIGNAL] = "deadly signal",
    [KIND_OTHER] = "other",
    [KIND_COULD_NOT_START] = "could not start",
};

static const struct {
    const char *name, *title;
} tools[TOOL_COUNT] = {
    [TOOL_TSAN] = {"tsan", "ThreadSanitizer"},
    [TOOL_HELGRIND] = {"helgrind", "Helgrind"},
    [TOOL_DRD] = {"drd", "DRD"},
    [TOOL_ASAN] = {"asan", "AddressSanitizer"},
    [TOOL_LSAN] = {"lsan", "LeakSanitizer"},
    [TOOL_EXPLORE] = {"explore", "explore"},
};

static const char *const accesses[ACCESS_COUNT] = {
    [ACCESS_UNKNOWN] = "access",
    [ACCESS_READ] = "read",
    [ACCESS_WRITE] = "write",
    [ACCESS_ATOMIC_READ] = "atomic read",
    [ACCESS_ATOMIC_WRITE] = "atomic write",
    [ACCESS_ALLOC] = "allocation",
    [ACCESS_FREE] = "free",
    [ACCESS_LOCK] = "lock",
    [ACCESS_UNLOCK] = "unlock",
    [ACCESS_CALL] = "call",
};

static const struct {
    const char *name, *title;
} faults[FAULT_COUNT] = {
    [FAULT_NONE] = {"none", "a signal that was sent"},
    [FAULT_NULL] = {"null", "a NULL pointer"},
    [FAULT_NEAR_NULL] = {"near null", "a field of a NULL pointer"},
    [FAULT_NON_CANONICAL] = {"non-canonical", "a pointer that is no address"},
    [FAULT_FREED] = {"freed", "a pointer to freed memory"},
    [FAULT_UNMAPPED] = {"unmapped", "an address where nothing is"},
    [FAULT_STACK_OVERFLOW] = {"stack overflow", "a stack that overflowed"},
    [FAULT_READ_ONLY] = {"read-only", "a write to read-only memory"},
    [FAULT_BEYOND_FILE] = {"beyond file", "beyond the end of a mapped file"},
    [FAULT_NOT_CODE] = {"not code", "a jump to where no code is"},
    [FAULT_OTHER] = {"other", "another fault"},
};

const char *kind_name(enum kind kind) {
    return kinds[kind];
}
const char *tool_name(enum tool tool) {
    return tools[tool].name;
}
const char *tool_title(enum tool tool) {
    return tools[tool].title;
}
const char *access_name(enum access access) {
    return accesses[access];
}

const char *fault_name(enum fault fault) {
    return faults[fault].name;
}
const char *fault_title(enum fault fault) {
    return faults[fault].title;
}

enum tool tool_of(const char *name) {
    for (int t = 0; t < TOOL_COUNT; t++)
        if (strcmp(tools[t].name, name) == 0)
            return (enum tool)t;
    return TOOL_COUNT;
}

enum fault fault_of(const char *name) {
    for (int f = 0; f < FAULT_COUNT; f++)
        if (strcmp(faults[f].name, name) == 0)
            return (enum fault)f;
    return FAULT_COUNT;
}
