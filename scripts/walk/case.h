/*
 * case.h - one case: all that is known of how one program went wrong.
 *
 * Readers (read/) fill it from reports and cores, join/ sees what belongs together,
 * tellers (tell/) write it down. Every pointer in here lives in the case's pool; a
 * string that is not known is NULL, a number that is not known 0.
 *
 *     struct casefile c = {0};
 *     read_file(&c, "tsan.log", TOOL_COUNT);
 *     join(&c);
 *     tell_text(&c, stdout, &style);
 *     case_free(&c);
 */
#ifndef CASE_H
#define CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kinds.h"
#include "pool.h"

/* --- stacks ------------------------------------------------------------------- */

struct variable {
    const char *name, *value;
};

struct frame {
    const char *function; /* without its parameter list */
    const char *file;     /* as the tool gave it */
    const char *module;   /* program or library */
    const char *args;     /* from a core: "m=0x5581…, key=8" */
    struct variable *locals;
    size_t local_count;
    uint64_t address; /* of the instruction */
    int line, column;
    bool inlined; /* has no frame of its own on the stack */
    bool own;     /* the program's own code: blame.h; set by stack_blame */
};

struct stack {
    struct frame *frames; /* innermost first */
    size_t count;
    size_t omitted;   /* frames that were there beyond count: deep recursion */
    int blamed;       /* index of the frame to blame, or -1; set by stack_blame */
    const char *lost; /* why there is no stack, in the tool's words */
};

/* No more frames of a stack than this are kept; the rest is counted. */
enum { STACK_KEPT = 256 };

/* --- findings ------------------------------------------------------------------- */

struct lock {
    const char *name; /* "M1", "0x5581…", "table.lock" */
    bool shared;      /* held for reading only */
};

/* One of the threads' parts in a finding. */
struct site {
    enum access access;
    unsigned size; /* bytes */
    uint64_t address;
    const char *thread; /* as the tool calls it: "T2", "#3", "main thread" */
    const char *name;   /* what the program calls it: "reader" */
    struct lock *locks; /* held at the access */
    size_t lock_count;
    bool locks_known; /* the tool says which locks, so none means none */
    struct stack stack;
    struct stack earlier; /* lock order: where the lock already held was taken */
    struct stack created; /* where the thread was created … */
    const char *creator;  /* … and by whom */
};

/* What the threads met at. */
struct object {
    const char *what; /* "global 'table'", "heap block of size 56", "mutex M1" */
    uint64_t address;
    uint64_t size;
    struct stack stack; /* where it was allocated or created */
};

/* How often one tool said it. */
struct witness {
    unsigned runs;    /* inputs that hold it at least once */
    unsigned reports; /* in all */
    unsigned last_run;
    /* Of explore, which runs a program under many schedules: */
    uint64_t schedules;   /* those that showed it; 0: only one that was saved is known */
    unsigned preemptions; /* so few suffice */
};

enum { FINDING_SITES = 8 }; /* a cycle of more locks than this is cut */

struct finding {
    enum kind kind;
    enum tool tool;       /* whose report the rest is from: the first */
    const char *headline; /* in the tool's own words */
    struct site sites[FINDING_SITES];
    size_t site_count;
    struct object object;
    bool torn;        /* the report was damaged: what is here may be incomplete */
    const char *file; /* the report, and its first line in it */
    size_t line;
    struct witness witnesses[TOOL_COUNT];
    const char *pair;        /* "hmap_assign/map_total", the identity beside kind */
    const char *identity;    /* 16 hexadecimal digits, the same in every run */
    struct finding *part_of; /* the whole of which this report lost one side; set by join() */
    unsigned wholes;         /* how many pairs it may be one side of; set by join() */
    uint64_t hash;
    struct finding *next_same_slot;
};

/* What is known of one tool's runs. */
struct tool_state {
    unsigned runs;        /* inputs that are its reports */
    unsigned not_started; /* of them: the tool could not start (environment) */
    unsigned died;        /* of them: the program died of a signal under it */
    unsigned with_findings;
    uint64_t schedules;                       /* explore: tried in its runs; 0 of saved ones */
    const char *reason;                       /* why not started, in its words */
    unsigned last_run, last_found, last_died; /* to count each run once */
};

/* --- a core ----------------------------------------------------------------------- */

struct held {
    const char *name; /* "depot->bays[0].lock", or an address */
    uint64_t address;
};

struct thread {
    int number; /* GDB's: 1 is the one that died */
    int lwp;    /* the kernel's */
    const char *name, *role;
    const char *doing; /* "hmap_assign", from the labs' table */
    const char *where; /* a few words: "in hmap_assign, key 8" */
    struct stack stack;
    struct held *holds; /* mutexes whose owner it is */
    size_t hold_count;
    struct held waits;      /* what it waits for; address 0: nothing */
    const char *waits_kind; /* "mutex", "cond", "rwlock", "barrier", "semaphore", "join" */
    int holder;             /* index of the thread that has it, or -1 */
};

struct look { /* what memory says of one expression */
    const char *expression;
    const char **lines;
    size_t line_count;
};

enum fit { FIT_UNKNOWN, FIT_YES, FIT_NO };

struct core {
    const char *path, *program;
    enum fit fit;                     /* is it a core of that program? */
    const char *program_id, *core_id; /* build-ids, in hexadecimal */
    uint64_t have, want;              /* bytes; fewer than wanted: cut off */
    const char **notes;               /* what is missing or wrong with it, a sentence each */
    size_t note_count;

    const char *signal; /* "SIGSEGV"; NULL: the process lived */
    enum fault fault;
    uint64_t address;        /* of the fault */
    const char *fault_words; /* a sentence or two */

    struct thread *threads; /* the program's own order */
    size_t thread_count;
    size_t thread_total; /* in the core; thread_count of them are here */
    int victim;          /* index, or -1 */
    int crossing[2];     /* indices of the two that met, or -1 */
    const char *crossing_why;
    int *cycle; /* indices: each waits for the next, the last for the first */
    size_t cycle_count;
    struct look *looks;
    size_t look_count;
};

/* --- the case ---------------------------------------------------------------------- */

/* What lab.txt says; all NULL for other programs. */
struct lab {
    const char *slug, *title, *class, *source, *silent;
};

/* Why this finding is taken for the cause of the crash. */
struct link {
    struct finding *finding; /* NULL: none */
    const char *reason;
    int thread; /* index of the thread whose stack it was seen in, or -1 */
    int other;  /* of the thread that is in its other side, or -1 */
    int site;   /* index of the finding's site that is the victim's, or -1 */
    bool sure;  /* by what the victim did, not only by what is near it */
};

struct casefile {
    struct pool pool;
    const char *program;
    struct lab lab;
    struct core *core;         /* NULL: no core */
    struct finding **findings; /* in order of reading; join() sorts: most witnesses first */
    size_t finding_count;
    size_t findings_dropped; /* beyond FINDINGS_KEPT */
    struct tool_state tools[TOOL_COUNT];
    struct link link;
    const char *silence[TOOL_COUNT]; /* why this tool, which ran, said nothing; or NULL */
    const char **notes;              /* on the input: what was damaged, what is missing */
    size_t note_count;

    unsigned runs;            /* inputs read so far */
    struct finding **by_hash; /* identity -> finding */
    const char **strings;     /* every string once */
    size_t string_count, string_slots;
};

/* No more findings than this are told apart, nor more bytes used to keep them; the
 * reports beyond are counted. */
enum { FINDINGS_KEPT = 4096, FINDINGS_BYTES = 40 << 20 };

/* A string that is kept once: equal strings are the same pointer. NULL stays NULL. */
const char *case_string(struct casefile *c, const char *string);

/* A sentence on the input, said once however often it is noted. */
void case_note(struct casefile *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One more input begins; witnesses are counted by it. */
void case_begin_run(struct casefile *c);

/* That tool ran in the current input (however often this is said). */
void case_tool_ran(struct casefile *c, enum tool tool);

/*
 * One report, as a reader found it in the current run: joined with what is the
 * same, or kept as a new finding. The report is copied, so it and all it points to
 * may be gone afterwards. Its stacks need not be blamed yet; witnesses, pair and
 * identity are set here. KIND_COULD_NOT_START is counted as the tool's, and is no
 * finding. Returns the finding, or NULL.
 */
struct finding *case_add(struct casefile *c, struct finding *report);

/*
 * The quick half of case_add, for reports that come a thousand times: if the case has
 * this finding, the report is counted and the finding returned; else NULL, and nothing
 * is done. Of each stack it needs the frames up to the blamed one.
 */
struct finding *case_seen(struct casefile *c, struct finding *report);

/* The quickest: the reader knows by itself that this report is `f` once more. */
void case_again(struct casefile *c, struct finding *f, enum tool tool);

/* Of a finding that explore just witnessed: how many schedules showed it (0: it was one that
 * was saved), and how few preemptions suffice. */
void case_schedules(struct finding *f, uint64_t schedules, unsigned preemptions);

/* The number behind an identity: of a kind and a pair of functions. */
uint64_t case_hash(const char *kind, const char *pair);

/* Only that the program died under a tool, of which a core tells more? */
bool case_told_by_core(const struct casefile *c, const struct finding *f);

/* The finding that a page is about: the one that explains the crash, or the first that
 * is more than the crash itself; NULL where there is none. */
const struct finding *case_main(const struct casefile *c);

/* The number of different tools that saw it. */
unsigned finding_tools(const struct finding *f);

void case_free(struct casefile *c);

#endif
