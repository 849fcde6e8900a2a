/*
 * sanitizer.c - finds the reports of ThreadSanitizer, AddressSanitizer and
 * LeakSanitizer in a stream, see read.h.
 *
 * Their lines are kept as they are until the report has ended; sanitizer_report.c then
 * reads them. Several processes may write into one stream. What belongs to whom cannot
 * be seen from a line, so once a report has been cut off by another one's beginning,
 * the next is believed only if it is whole, and if its summary names its own stack.
 */
#include <stdlib.h>
#include <string.h>

#include "read.h"
#include "sanitizer_report.h"

enum state {
    OUTSIDE,
    INSIDE,  /* from the headline on */
    RULED,   /* "=====" came without a summary: the end, or the next one's beginning */
    APPENDIX /* after AddressSanitizer's summary, which threads may follow */
};

enum {
    PLAIN = 16 << 10, /* bytes of a coloured line that are looked at */
    RECENT = 256      /* reports that are known again without being read */
};

struct recent {
    uint64_t key;
    struct finding *finding;
};

struct lost {
    const char *headline;
    size_t line;
};

struct sanitizer {
    struct casefile *c;
    const char *name;
    struct pool scratch; /* of one report */
    struct pool kept;    /* until the end of the stream */
    struct raw raw;
    enum state state;
    struct headline head; /* of the report inside; its words are gone */
    bool leak;            /* one of LeakSanitizer's is being read; the headline is for all */
    bool contested;       /* lines of another report may be among this one's */
    bool coloured;        /* the stream was meant for a terminal */
    bool heard[TOOL_COUNT], failed[TOOL_COUNT];
    size_t damaged, first_damaged;
    bool found[TOOL_COUNT][KIND_COUNT];
    struct lost lost[TOOL_COUNT][KIND_COUNT]; /* the first that was left out */
    struct recent recent[RECENT];
    char plain[PLAIN];
};

struct sanitizer *sanitizer_new(struct casefile *c, const char *name) {
    struct sanitizer *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->c = c;
    s->name = name;
    return s;
}

/* --- the end of a report --------------------------------------------------------------- */

/* Nothing in the report is to be trusted, but that there was one. */
static void left_out(struct sanitizer *s) {
    if (s->damaged++ == 0)
        s->first_damaged = s->raw.line;
    struct headline h;
    headline_read(raw_row(&s->raw, 0), &h);
    struct lost *lost = &s->lost[h.tool][h.kind];
    if (!lost->line)
        *lost = (struct lost){span_copy(&s->kept, h.words), s->raw.line};
}

/* A stream whose only report of a race cannot be read is no stream without a race. */
static void add_lost(struct sanitizer *s) {
    for (enum tool tool = 0; tool < TOOL_COUNT; tool++)
        for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
            struct lost *lost = &s->lost[tool][kind];
            struct finding f = {.kind = kind,
                                .tool = tool,
                                .headline = lost->headline,
                                .torn = true,
                                .file = s->name,
                                .line = lost->line};
            if (lost->line && !s->found[tool][kind])
                case_add(s->c, &f);
        }
}

/* The report is over; `cut`: without its end. */
static void report_done(struct sanitizer *s, bool cut) {
    struct finding f;
    bool leaks = s->head.tool == TOOL_LSAN && s->head.kind == KIND_LEAK;
    if (leaks && !s->leak)
        return; /* the headline alone; or all its leaks have been read */
    s->raw.cut = cut;
    bool strict = s->contested && !leaks, whole = !strict && !cut && !s->raw.full;
    uint64_t key = whole ? report_key(&s->raw) : 0;
    struct recent *recent = &s->recent[key % RECENT];
    if (whole && recent->finding && recent->key == key) {
        case_again(s->c, recent->finding, s->head.tool);
        return; /* and so it has been found in this stream */
    }
    pool_reset(&s->scratch);
    struct finding *known = NULL;
    if (whole && report_read(&s->raw, &s->scratch, &f, true))
        known = case_seen(s->c, &f);
    if (!known) {
        pool_reset(&s->scratch);
        if (!report_read(&s->raw, &s->scratch, &f, false) || (strict && f.torn)) {
            left_out(s);
            return;
        }
        f.file = s->name;
        known = case_add(s->c, &f);
        s->contested = false;
    }
    s->found[s->head.tool][s->head.kind] = true;
    if (whole && known && !f.torn)
        *recent = (struct recent){key, known};
}

static void abandon(struct sanitizer *s) {
    if (s->state == INSIDE || s->state == RULED)
        report_done(s, true);
    else if (s->state == APPENDIX)
        report_done(s, false);
    s->state = OUTSIDE;
}

/* Does what the summary names, "map.c:26:4 in put" or "(build/lab+0x24c8) in free",
 * stand in the first stack? */
static bool names_its_stack(const struct raw *raw, struct span summary, struct span headline) {
    struct span where;
    if (headline.length > summary.length)
        return false;
    summary.at += headline.length;
    summary.length -= headline.length;
    span_take(&summary, " ");
    if (!span_take_until(&summary, " in ", &where))
        where = summary;
    if (where.length && where.at[0] == '(') {
        const char *slash = memrchr(where.at, '/', where.length);
        const char *from = slash ? slash + 1 : where.at + 1;
        where.length -= (size_t)(from - where.at);
        where.at = from;
    }
    bool begun = false;
    for (size_t i = 1; i < raw->count && (raw->rows[i].frame || !begun); i++) {
        struct span row = raw_row(raw, i);
        begun |= raw->rows[i].frame;
        if (raw->rows[i].frame && where.length
            && memmem(row.at, row.length, where.at, where.length))
            return true;
    }
    return false;
}

/* "SUMMARY: ThreadSanitizer: data race map.c:26 in put" */
static void summary(struct sanitizer *s, const struct headline *h) {
    case_tool_ran(s->c, s->head.tool == TOOL_LSAN && s->state == INSIDE ? TOOL_LSAN : h->tool);
    if (s->state != INSIDE)
        return;
    struct headline of_row = {0};
    headline_read(raw_row(&s->raw, 0), &of_row);
    bool own = h->tool == s->head.tool || s->head.tool == TOOL_LSAN;
    if (own && h->tool == TOOL_TSAN && of_row.kind != KIND_DEADLY_SIGNAL) {
        own = h->words.length >= of_row.words.length
              && memcmp(h->words.at, of_row.words.at, of_row.words.length) == 0;
        if (own && s->contested)
            own = names_its_stack(&s->raw, h->words, of_row.words);
    }
    if (!own) {
        left_out(s);
        s->contested = true;
        s->state = OUTSIDE;
    } else if (s->head.tool == TOOL_ASAN) {
        s->state = APPENDIX;
    } else {
        report_done(s, false);
        s->state = OUTSIDE;
    }
}

/* --- its beginning ----------------------------------------------------------------------- */

static void begin(struct sanitizer *s, const struct headline *h, struct span text, size_t number) {
    bool cut = s->state == INSIDE || s->state == RULED;
    abandon(s);
    if (cut)
        s->contested = true;
    s->head = *h;
    s->head.words = (struct span){0};
    s->heard[h->tool] = true;
    case_tool_ran(s->c, h->tool);
    raw_clear(&s->raw, 0);
    raw_add(&s->raw, text);
    s->raw.line = number;
    s->leak = false;
    s->state = INSIDE;
}

/* The tool is no more. If it never said a thing, its silence means nothing: it counts as
 * not started. */
static void trouble(struct sanitizer *s, enum said said, const struct headline *h, size_t number) {
    abandon(s);
    case_tool_ran(s->c, h->tool);
    pool_reset(&s->scratch);
    const char *words = span_copy(&s->scratch, h->words);
    if (said == SAID_DIED && s->heard[h->tool]) {
        case_note(s->c, "%s: %s gave up in line %zu: %s", s->name, tool_title(h->tool), number,
                  words ? words : "?");
    } else if (!s->failed[h->tool]) {
        struct finding f = {.kind = KIND_COULD_NOT_START,
                            .tool = h->tool,
                            .headline = words,
                            .file = s->name,
                            .line = number};
        case_add(s->c, &f);
        s->failed[h->tool] = true;
    }
}

/* --- lines ---------------------------------------------------------------------------------- */

/* Without the terminal's colours, "\033[1m". */
static struct span without_colours(struct sanitizer *s, struct span text) {
    size_t n = 0;
    for (size_t i = 0; i < text.length && n < PLAIN; i++) {
        if (text.at[i] == '\033' && i + 1 < text.length && text.at[i + 1] == '[') {
            for (i += 2; i < text.length && strchr("0123456789;", text.at[i]) && text.at[i];)
                i++;
            continue;
        }
        s->plain[n++] = text.at[i];
    }
    return (struct span){s->plain, n};
}

static bool is_one_of(const char *set, char c) {
    return c && strchr(set, c);
}

static bool is_rule(struct span text) {
    return span_starts(text, "==================");
}

static bool is_leak(struct span text) {
    return span_starts(text, "Direct leak of ") || span_starts(text, "Indirect leak of ");
}

/* A line of the report, or of the program in its middle: what is which shows later. */
static bool inside(struct sanitizer *s, struct span text, size_t number) {
    char first = text.length ? text.at[0] : ' ';
    if (s->state == RULED)
        return false;
    if (s->state == APPENDIX) {
        if (text.length && !frame_line(text) && !span_starts(text, "Thread T")) {
            abandon(s);
            return false;
        }
    } else if (is_rule(text)) {
        s->state = RULED;
        return true;
    } else if (s->head.tool == TOOL_LSAN && is_leak(text)) {
        report_done(s, false);
        raw_clear(&s->raw, 1);
        s->raw.line = number;
        s->leak = true;
    } else if (!is_one_of(" =0RWAfpaTDI", first)) {
        return false;
    }
    raw_add(&s->raw, text);
    return true;
}

static bool look(struct sanitizer *s, struct span text, size_t number) {
    struct headline h;
    enum said said = headline_read(text, &h);
    if (s->state == RULED && text.length && text.at[0] == ' ') {
        s->contested = true; /* the rule was another one's, who is about to begin */
        s->state = INSIDE;
    } else if (s->state == RULED && text.length && said != SAID_REPORT) {
        report_done(s, s->contested);
        s->state = OUTSIDE;
    }
    switch (said) {
    case SAID_REPORT: begin(s, &h, text, number); return true;
    case SAID_END: summary(s, &h); return true;
    case SAID_CANNOT_START:
    case SAID_DIED: trouble(s, said, &h, number); return true;
    case SAID_RAN: case_tool_ran(s->c, h.tool); return true;
    default: return s->state != OUTSIDE && inside(s, text, number);
    }
}

bool sanitizer_line(struct sanitizer *s, struct line line) {
    struct span text = {line.at, line.length};
    char first = line.length ? line.at[0] : ' ';
    if (first == ' ') {
        /* Most lines of a report, and of most programs. */
        if (s->state == OUTSIDE)
            return false;
        if (s->state == INSIDE && !s->coloured) {
            raw_add(&s->raw, text);
            return true;
        }
    } else if (s->state == OUTSIDE && !is_one_of("=WSFTAL\033", first)) {
        return false;
    }
    if (first == '\033')
        s->coloured = true;
    if (s->coloured && memchr(text.at, '\033', text.length))
        text = without_colours(s, text);
    return look(s, text, line.number);
}

void sanitizer_end(struct sanitizer *s) {
    if (s->state == RULED && !s->contested)
        report_done(s, false);
    else
        abandon(s);
    add_lost(s);
    if (s->damaged)
        case_note(s->c, "%s: %zu damaged report%s not understood, the first at line %zu", s->name,
                  s->damaged, s->damaged == 1 ? "" : "s", s->first_damaged);
    pool_free(&s->scratch);
    pool_free(&s->kept);
    pool_free(&s->raw.pool);
    free(s);
}
