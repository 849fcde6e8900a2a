/*
 * doubt.c - see doubt.h. What is known to be wrong (scripts/test/test_judge.c shows each):
 *
 *   race        Helgrind and DRD take a C11 atomic for a plain access, so what it orders
 *               is unordered for them, too. Helgrind does not know pthread_once, and takes
 *               whoever holds a lock for reading for one who only reads.
 *   lock order  Helgrind and ThreadSanitizer report two orders that can never meet, because
 *               of a third lock around both or since one of them only tries. The explorer
 *               looks for the deadlock itself.
 */
#include "doubt.h"

#include <string.h>

#include "asked.h"
#include "tokens.h"

static enum verdict verdict_of(const struct trial *t, const char *oracle) {
    for (int i = 0; oracles[i].name; i++)
        if (strcmp(oracles[i].name, oracle) == 0)
            return t->opinions[i].verdict;
    return NOT_ASKED;
}

static bool all_of_kind(const char *findings, const char *kind) {
    for (const char *line = findings; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *tab = strchr(line, '\t');
        if (!tab || strncmp(tab + 1, kind, strlen(kind)) != 0 || tab[1 + strlen(kind)] != '\t')
            return false;
    }
    return *findings != '\0';
}

/* A pthread_once_t gets its value where it is declared. To assign it again is undefined, and
 * whoever does that may be told about it. */
static bool sets_once_back(const struct tokens *k, size_t i) {
    return token_is(k, i, "PTHREAD_ONCE_INIT") && i >= 3 && !token_is(k, i - 3, "pthread_once_t");
}

/* What in the repair it does not understand; NULL: nothing. */
static const char *beyond(const struct trial *t, const char *tool) {
    struct tokens k;
    bool atomics = false, once = false, once_again = false, readers = false;
    if (!tokens_read(&k, t->map))
        return NULL;
    for (size_t i = 0; i < k.count; i++) {
        atomics |= token_begins(&k, i, "_Atomic") || token_begins(&k, i, "atomic_")
                   || token_begins(&k, i, "__atomic_");
        once |= token_is(&k, i, "pthread_once") || token_is(&k, i, "call_once");
        once_again |= sets_once_back(&k, i);
        readers |= token_is(&k, i, "pthread_rwlock_rdlock");
    }
    tokens_free(&k);
    bool helgrind = strcmp(tool, "helgrind") == 0;
    return atomics                           ? "C11 atomics, and takes each for a plain access"
           : helgrind && once && !once_again ? "pthread_once"
           : helgrind && readers ? "threads that write while they hold a lock for reading"
                                 : NULL;
}

void doubt(const struct trial *t, const char *tool, const char *findings, struct opinion *o) {
    bool tsan = strcmp(tool, "tsan") == 0;
    bool silent = verdict_of(t, "explore") == PASSED;
    const char *what = NULL;
    if (silent && all_of_kind(findings, "lock order"))
        what = "locks that keep others from meeting";
    else if (silent && !tsan && verdict_of(t, "tsan") == PASSED && all_of_kind(findings, "race"))
        what = beyond(t, tool);
    if (!what)
        return;
    o->verdict = DOUBTED;
    o->detail = "not held against it: see below";
    o->story = words(
        "%s reports: %s. That is not held against the repair. %s does not know %s. "
        "The explorer%s, which %s, found nothing.",
        tool, o->found, tool, what,
        tsan || strstr(what, "locks that") ? "" : " and ThreadSanitizer",
        tsan || strstr(what, "locks that") ? "looks for the deadlock itself" : "do");
}
