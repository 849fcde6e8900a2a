/*
 * schedule.c - a schedule that `explore --save` kept, as a witness. The format is that of
 * scripts/explore/tell/schedule_file.h; older files have no sites, only the pair.
 *
 * States: the first line; keys, in which a site's frames follow its line; the segments,
 * which are not needed but counted, as a file that was cut off ends within them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explored.h"
#include "frame.h"
#include "read.h"

enum { SEGMENTS_MOST = 1 << 16, FRAMES_MOST = 128 };

struct saved {
    struct explored e;
    struct pool *pool;
    struct stack *stack; /* whose frames the indented lines are; NULL: nobody's */
    size_t line;
    unsigned long long segments;
    bool in_segments;
};

static const char cut_off[] = "is cut off, or a line is damaged";

/* What follows "KEY: " in a line, or NULL. */
static const char *value_of(const char *line, const char *key) {
    size_t n = strlen(key);
    return strncmp(line, key, n) == 0 && line[n] == ':' ? line + n + 1 + (line[n + 1] == ' ')
                                                        : NULL;
}

/* --- sites -------------------------------------------------------------------------------- */

/* " at 0x100100000a20: a block of …" at the end of it is taken away. */
static void take_object(struct saved *s, struct span *words, size_t i) {
    struct span does, rest = *words;
    if (!span_take_until(&rest, " at 0x", &does))
        return;
    rest.at -= 2, rest.length += 2;
    *words = does;
    span_take_hex(&rest, &s->e.report.sites[i].address);
    if (span_take(&rest, ": "))
        s->e.sites[i].object = span_copy(s->pool, rest);
}

/* " 8 bytes" at the end of it is taken away. */
static void take_size(struct saved *s, struct span *words, size_t i) {
    uint64_t bytes = 0;
    size_t at = words->length - (span_ends(*words, " bytes") ? strlen(" bytes") : 0), end = at;
    while (at > 0 && words->at[at - 1] >= '0' && words->at[at - 1] <= '9')
        at--;
    if (at == 0 || at == end || words->at[at - 1] != ' ' || end == words->length)
        return;
    struct span digits = {words->at + at, end - at};
    span_take_number(&digits, &bytes);
    s->e.report.sites[i].size = bytes < INT32_MAX ? (unsigned)bytes : 0;
    words->length = at - 1;
}

/* "T2 (writer 2) reads 8 bytes at 0x…: OBJECT" */
static bool read_site(struct saved *s, const char *text) {
    struct span words = {text, strlen(text)};
    uint64_t thread;
    size_t i = s->e.report.site_count;
    s->stack = NULL;
    if (i == FINDING_SITES)
        return true;
    if (!span_take(&words, "T") || !span_take_number(&words, &thread) || thread > INT32_MAX)
        return false;
    s->e.sites[i].thread = (int)thread;
    take_object(s, &words, i);
    take_size(s, &words, i);
    const char *close = words.length ? memrchr(words.at, ')', words.length) : NULL;
    if (span_take(&words, " (") && close) {
        struct span name = {words.at, (size_t)(close - words.at)};
        s->e.report.sites[i].name = span_copy(s->pool, name);
        words = (struct span){close + 1, words.length - name.length - 1};
    }
    span_take(&words, " ");
    const char *does = span_copy(s->pool, words);
    s->e.sites[i].does = does ? does : "";
    s->stack = &s->e.report.sites[i].stack;
    s->e.report.site_count++;
    return true;
}

static bool read_held(struct saved *s) {
    size_t n = s->e.report.site_count;
    s->stack = n ? &s->e.report.sites[n - 1].earlier : NULL;
    return n > 0;
}

static bool read_frame(struct saved *s, const char *line) {
    struct frame f;
    size_t number;
    if (!s->stack)
        return true; /* of a site beyond those kept */
    if (!frame_read(s->pool, (struct span){line, strlen(line)}, &f, &number)
        || s->stack->count == FRAMES_MOST)
        return false;
    s->stack->frames =
        pool_grown(s->pool, s->stack->frames, s->stack->count, sizeof *s->stack->frames);
    s->stack->frames[s->stack->count++] = f;
    return true;
}

/* --- lines ---------------------------------------------------------------------------------- */

static bool read_segment(const char *line) {
    unsigned thread, until;
    char end[16];
    return sscanf(line, "T%u until %u %15s", &thread, &until, end) == 3;
}

/* One line of the keys. False: it is damaged. */
static bool read_key(struct saved *s, const char *line) {
    struct explored *e = &s->e;
    const struct {
        const char *key, **to;
    } words[] = {{"program", &e->program},
                 {"failure", &e->kind},
                 {"about", &e->pair},
                 {"says", &e->verdict}};
    const char *value;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((value = value_of(line, words[i].key)))
            *words[i].to = pool_copy(s->pool, value);
    if (value_of(line, "failure"))
        e->report.line = s->line;
    if ((value = value_of(line, "preemptions")))
        e->preemptions = (unsigned)strtoul(value, NULL, 10);
    if ((value = value_of(line, "segments"))) {
        s->in_segments = true;
        s->segments = strtoull(value, NULL, 10);
        return s->segments <= SEGMENTS_MOST && strchr("0123456789", *value) && *value;
    }
    if ((value = value_of(line, "site")) || (value = value_of(line, "earlier"))
        || (value = value_of(line, "circle")))
        return read_site(s, value);
    if (value_of(line, "held"))
        return read_held(s);
    return line[0] != ' ' || (frame_line((struct span){line, strlen(line)}) && read_frame(s, line));
}

/* All lines. NULL, or what is wrong. */
static const char *read_lines(struct saved *s, FILE *in) {
    char line[2048];
    unsigned long long segments = 0;
    while (fgets(line, sizeof line, in)) {
        size_t length = strcspn(line, "\r\n");
        if (!line[length]) /* no newline: too long, or cut off */
            return cut_off;
        line[length] = '\0';
        if (s->line++ == 0) {
            if (strcmp(line, "racelab schedule 1") != 0)
                return "is of a version that this program does not read, or no schedule";
        } else if (!s->in_segments) {
            if (!read_key(s, line))
                return cut_off;
        } else if (!read_segment(line) || ++segments > s->segments)
            return cut_off;
    }
    if (ferror(in))
        return strerror(errno);
    return s->in_segments && segments == s->segments && s->e.kind ? NULL : cut_off;
}

static void mark_inlined(struct stack *s) {
    frames_mark_inlined(s->frames, s->count);
}

bool read_schedule(struct casefile *c, FILE *in, const char *name, const char **trouble) {
    struct pool p = {0};
    struct saved s = {.pool = &p, .e.report.file = name};
    *trouble = read_lines(&s, in);
    if (!*trouble) {
        case_begin_run(c);
        case_tool_ran(c, TOOL_EXPLORE);
        if (!c->program)
            c->program = case_string(c, s.e.program);
        if (s.e.pair && !s.e.words)
            s.e.words = s.e.pair; /* of a misuse, it is the words */
        for (size_t i = 0; i < s.e.report.site_count; i++) {
            mark_inlined(&s.e.report.sites[i].stack);
            mark_inlined(&s.e.report.sites[i].earlier);
        }
        explored_add(c, &s.e, &p);
    }
    pool_free(&p);
    return !*trouble;
}
