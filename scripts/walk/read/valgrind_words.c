/* valgrind_words.c - see valgrind_words.h. */
#include "valgrind_words.h"

#include <stdlib.h>
#include <string.h>

#include "../case.h"

#define ANY TOOL_COUNT
#define AUX(role) role, ANY, KIND_OTHER, ACCESS_UNKNOWN

/* The first that a sentence begins with counts. */
static const struct {
    const char *start;
    struct meaning meaning;
} starts[] = {
    {"Possible data race during read ", {ROLE_HEADLINE, TOOL_HELGRIND, KIND_RACE, ACCESS_READ}},
    {"Possible data race during write ", {ROLE_HEADLINE, TOOL_HELGRIND, KIND_RACE, ACCESS_WRITE}},
    {"This conflicts with a previous access by ", {AUX(ROLE_BOUND)}},
    {"This conflicts with a previous read ",
     {ROLE_CONFLICT, TOOL_HELGRIND, KIND_RACE, ACCESS_READ}},
    {"This conflicts with a previous write ",
     {ROLE_CONFLICT, TOOL_HELGRIND, KIND_RACE, ACCESS_WRITE}},
    {"but before", {AUX(ROLE_BOUND)}},
    {"Locks held: ", {AUX(ROLE_LOCKS)}},
    {"Observed (incorrect) order is: ", {AUX(ROLE_OBSERVED)}},
    {"Required order was established by ", {AUX(ROLE_REQUIRED)}},
    {"followed by a later acquisition ", {AUX(ROLE_LATER)}},
    {"Lock at 0x", {AUX(ROLE_FIRST)}},
    {"Lock on ", {ROLE_HELD, TOOL_DRD, KIND_LOCK_HELD_LONG, ACCESS_UNLOCK}},
    {"Lock was previously acquired", {AUX(ROLE_EARLIER)}},
    {"Acquired at:", {ROLE_ACQUIRED, TOOL_DRD, KIND_LOCK_HELD_LONG, ACCESS_UNLOCK}},
    {"Conflicting load by ", {ROLE_HEADLINE, TOOL_DRD, KIND_RACE, ACCESS_READ}},
    {"Conflicting store by ", {ROLE_HEADLINE, TOOL_DRD, KIND_RACE, ACCESS_WRITE}},
    {"Conflicting wait call by ", {AUX(ROLE_BOUND)}},
    {"Other segment ", {AUX(ROLE_BOUND)}},
    {"Allocation context: ", {AUX(ROLE_OBJECT)}},
    {"Address 0x", {AUX(ROLE_OBJECT)}},
    {"Location 0x", {AUX(ROLE_OBJECT)}},
    {"declared at ", {AUX(ROLE_MORE)}},
    {"in frame #", {AUX(ROLE_MORE)}},
    {"Block was alloc'd by ", {AUX(ROLE_MORE)}},
    {"with error code ", {AUX(ROLE_CODE)}},
    {"(", {AUX(ROLE_LOST)}},
    {"---", {AUX(ROLE_END)}},
    {"ERROR SUMMARY: ", {AUX(ROLE_END)}},
    {"For lists of ", {AUX(ROLE_END)}},
    {"For counts of ", {AUX(ROLE_END)}},
    {"HEAP SUMMARY", {AUX(ROLE_END)}},
    {"FILE DESCRIPTORS", {AUX(ROLE_END)}},
    {"Use --", {AUX(ROLE_END)}},
    {"Process terminating with default action of signal ",
     {ROLE_HEADLINE, ANY, KIND_DEADLY_SIGNAL, ACCESS_UNKNOWN}},
    {"Probably a race condition: condition variable ",
     {ROLE_HEADLINE, TOOL_DRD, KIND_COND_MISUSE, ACCESS_CALL}},
    {"The object at address 0x", {ROLE_HEADLINE, TOOL_DRD, KIND_MUTEX_MISUSE, ACCESS_CALL}},
    {"Mutex still locked at thread exit",
     {ROLE_HEADLINE, TOOL_DRD, KIND_LOCK_HELD_AT_EXIT, ACCESS_CALL}},
    {"Mutex not locked", {ROLE_HEADLINE, TOOL_DRD, KIND_MUTEX_MISUSE, ACCESS_UNLOCK}},
    {"Reader-writer lock not locked", {ROLE_HEADLINE, TOOL_DRD, KIND_MUTEX_MISUSE, ACCESS_UNLOCK}},
    {"Recursive locking not allowed", {ROLE_HEADLINE, TOOL_DRD, KIND_MUTEX_MISUSE, ACCESS_LOCK}},
    {"Already locked for ", {ROLE_HEADLINE, TOOL_DRD, KIND_MUTEX_MISUSE, ACCESS_LOCK}},
};

/* What else DRD says names what it is about; so do all of Helgrind's of kind Misc, after
 * "Thread #N: ". The first that is found counts. */
static const struct {
    const char *part;
    enum kind kind;
} drd_parts[] =
    {
        {": semaphore 0x", KIND_SEM_MISUSE},
        {"Not a semaphore", KIND_SEM_MISUSE},
        {": barrier 0x", KIND_BARRIER_MISUSE},
        {"Not a barrier", KIND_BARRIER_MISUSE},
        {": cond 0x", KIND_COND_MISUSE},
        {": condition variable 0x", KIND_COND_MISUSE},
        {"Not a condition", KIND_COND_MISUSE},
        {": mutex 0x", KIND_MUTEX_MISUSE},
        {": rwlock 0x", KIND_MUTEX_MISUSE},
        {": spinlock 0x", KIND_MUTEX_MISUSE},
        {"Not a mutex", KIND_MUTEX_MISUSE},
        {"Not a spinlock", KIND_MUTEX_MISUSE},
        {"Not a reader-writer", KIND_MUTEX_MISUSE},
        {"invalid thread ID", KIND_API_ERROR},
        {"Attempt to join", KIND_API_ERROR},
        {"Attempt to detach", KIND_API_ERROR},
},
  misc_parts[] = {
      {"still holds", KIND_LOCK_HELD_AT_EXIT},
      {"semaphore", KIND_SEM_MISUSE},
      {"sem_", KIND_SEM_MISUSE},
      {"barrier", KIND_BARRIER_MISUSE},
      {"pthread_cond", KIND_COND_MISUSE},
      {"cond var", KIND_COND_MISUSE},
      {"mutex", KIND_MUTEX_MISUSE},
      {"lock", KIND_MUTEX_MISUSE},
      {"spin", KIND_MUTEX_MISUSE},
};

static const struct {
    const char *name;
    enum kind kind;
} kinds[] = {
    {"Race", KIND_RACE},
    {"ConflictingAccess", KIND_RACE},
    {"LockOrder", KIND_LOCK_ORDER},
    {"UnlockUnlocked", KIND_MUTEX_MISUSE},
    {"UnlockForeign", KIND_MUTEX_MISUSE},
    {"UnlockBogus", KIND_MUTEX_MISUSE},
    {"PthAPIerror", KIND_API_ERROR},
    {"MutexErr", KIND_MUTEX_MISUSE},
    {"RwlockErr", KIND_MUTEX_MISUSE},
    {"CondErr", KIND_COND_MISUSE},
    {"CondDestrErr", KIND_COND_MISUSE},
    {"CondRaceErr", KIND_COND_MISUSE},
    {"CondWaitErr", KIND_COND_MISUSE},
    {"SemaphoreErr", KIND_SEM_MISUSE},
    {"BarrierErr", KIND_BARRIER_MISUSE},
    {"HoldtimeErr", KIND_LOCK_HELD_LONG},
    {"InvalidThreadId", KIND_API_ERROR},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool begins(const char *s, const char *start) {
    return strncmp(s, start, strlen(start)) == 0;
}

/* "Thread #3…", Helgrind; "Thread 3:" or "Thread 3 (reader):", DRD. */
static struct meaning of_thread(const char *s) {
    struct meaning m = {ROLE_UNKNOWN, TOOL_HELGRIND, KIND_OTHER, ACCESS_CALL};
    if (*s != '#') {
        size_t length = strlen(s);
        m.tool = ANY;
        if (*s >= '0' && *s <= '9' && s[length - 1] == ':')
            m.role = ROLE_SPEAKER;
        return m;
    }
    s++;
    s += strspn(s, "0123456789");
    m.role = ROLE_HEADLINE;
    if (strcmp(s, " was created") == 0)
        m.role = ROLE_CREATED;
    else if (begins(s, " is the program's root"))
        m.role = ROLE_ROOT;
    else if (begins(s, " unlocked "))
        m.kind = KIND_MUTEX_MISUSE, m.access = ACCESS_UNLOCK;
    else if (begins(s, "'s call to "))
        m.kind = KIND_API_ERROR;
    else if (begins(s, ": lock order "))
        m.kind = KIND_LOCK_ORDER, m.access = ACCESS_LOCK;
    else if (begins(s, ": ")) {
        for (size_t i = 0; i < COUNT(misc_parts) && m.kind == KIND_OTHER; i++)
            if (strstr(s, misc_parts[i].part))
                m.kind = misc_parts[i].kind;
    } else
        m.role = ROLE_UNKNOWN;
    return m;
}

struct meaning valgrind_meaning(const char *s) {
    if (begins(s, "Thread "))
        return of_thread(s + 7);
    for (size_t i = 0; i < COUNT(starts); i++)
        if (*s == *starts[i].start && begins(s, starts[i].start))
            return starts[i].meaning;
    if (strstr(s, " was first observed at:"))
        return (struct meaning){AUX(ROLE_FIRST)};
    if (*s != '[') /* no line of --trace-mutex */
        for (size_t i = 0; i < COUNT(drd_parts); i++)
            if (strstr(s, drd_parts[i].part))
                return (struct meaning){ROLE_HEADLINE, TOOL_DRD, drd_parts[i].kind, ACCESS_CALL};
    return (struct meaning){AUX(ROLE_UNKNOWN)};
}

enum kind valgrind_kind(const char *name) {
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strcmp(name, kinds[i].name) == 0)
            return kinds[i].kind;
    return KIND_OTHER;
}

enum tool valgrind_banner(const char *s, const char **other) {
    static const char *const others[] = {"Memcheck, a memory error",
                                         "Cachegrind, a",
                                         "Callgrind, a",
                                         "Massif, a",
                                         "DHAT, a",
                                         "Nulgrind, the",
                                         "Lackey, an"};
    static const char *const names[] = {"Memcheck", "Cachegrind", "Callgrind", "Massif",
                                        "DHAT",     "Nulgrind",   "Lackey"};
    *other = NULL;
    if (begins(s, "Helgrind, a thread error detector"))
        return TOOL_HELGRIND;
    if (begins(s, "drd, a thread error detector"))
        return TOOL_DRD;
    for (size_t i = 0; i < COUNT(others); i++)
        if (begins(s, others[i]))
            *other = names[i];
    return TOOL_COUNT;
}

bool valgrind_stopped_from_outside(const char *headline) {
    static const char *const signals[] = {"(SIGTERM)", "(SIGINT)", "(SIGHUP)", "(SIGQUIT)",
                                          "(SIGKILL)"};
    for (size_t i = 0; i < COUNT(signals); i++)
        if (strstr(headline, signals[i]))
            return true;
    return false;
}

enum trouble valgrind_trouble(const char *line) {
    if (!begins(line, "valgrind: "))
        return TROUBLE_NONE;
    line += 10;
    line += strspn(line, " ");
    if (strstr(line, "'impossible' happened") || strstr(line, "Assertion '"))
        return TROUBLE_CRASH;
    static const char *const fatal[] = {"failed to start tool",
                                        "Fatal error at startup",
                                        "Startup or configuration error",
                                        "Unable to start up",
                                        "Cannot continue",
                                        "Unknown/uninstalled tool",
                                        "Bad option",
                                        "Unknown option",
                                        "no program specified",
                                        "wrong ELF executable",
                                        "cannot execute",
                                        "mmap(",
                                        "fatal error",
                                        "unable to",
                                        "couldn't ",
                                        "executable doesn't",
                                        "Could not ",
                                        "Failed to "};
    for (size_t i = 0; i < COUNT(fatal); i++)
        if (begins(line, fatal[i]))
            return TROUBLE_START;
    return strstr(line, ": No such file") || strstr(line, ": command not found")
                   || strstr(line, ": Permission denied")
               ? TROUBLE_START
               : TROUBLE_NONE;
}

unsigned long valgrind_number(const char *sentence, const char *behind, int base) {
    const char *at = strstr(sentence, behind);
    return at ? strtoul(at + strlen(behind), NULL, base) : 0;
}

enum tool valgrind_tool_of_file(const char *name) {
    const char *slash = strrchr(name, '/');
    name = slash ? slash + 1 : name;
    bool helgrind = strstr(name, "helgrind"), drd = strstr(name, "drd");
    return helgrind == drd ? TOOL_COUNT : helgrind ? TOOL_HELGRIND : TOOL_DRD;
}

bool valgrind_c_library(const struct frame *f) {
    static const char *const pairs[][2] = {
        {"abort", "abort.c"},
        {"raise", "raise.c"},
        {"clone", "clone.S"},
        {"clone3", "clone3.S"},
        {"start_thread", "pthread_create.c"},
        {"create_thread", "pthread_create.c"},
        {"pthread_create", "pthread_create.c"},
    };
    if (!f->file || !f->function || strchr(f->file, '/'))
        return false;
    for (size_t i = 0; i < COUNT(pairs); i++)
        if (strcmp(f->function, pairs[i][0]) == 0 && strcmp(f->file, pairs[i][1]) == 0)
            return true;
    return begins(f->function, "__") || begins(f->function, "_IO_");
}
