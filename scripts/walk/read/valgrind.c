/*
 * valgrind.c - Helgrind's and DRD's text: lines that begin with ==PID==.
 *
 * Processes that write into one stream take turns line by line, so each has a report of
 * its own in the making. A line is one of
 *
 *     ==12==    at 0x109181: f (a.c:12)    a frame: at is the innermost, by its callers
 *     ==12==                               the end of a stack
 *     ==12== Possible data race during …   a sentence: valgrind_words.h
 *     --12-- …, **12** …                   Valgrind's and the program's own remarks
 *     valgrind: …                          Valgrind cannot start, or has crashed
 *
 * With --time-stamp=yes it is ==00:00:00:00.022 12==.
 */
#include <stdlib.h>
#include <string.h>

#include "read.h"
#include "valgrind_report.h"

enum { PROCESSES_MOST = 64 }; /* at the same time; each may take some 100 kB */

struct process {
    unsigned long pid, turn; /* when it spoke last */
    bool foreign;            /* another tool of Valgrind's: skipped */
    bool ended;              /* its summary was there */
    bool spoke;              /* there was a report */
    struct vg_report report;
};

struct valgrind {
    struct casefile *c;
    const char *name;
    struct process *processes[PROCESSES_MOST];
    struct process *last;
    size_t count;
    unsigned long turn;
    bool not_started, crashed;
    struct known known;
    char prefix[32]; /* of the last line: most lines have the same */
    size_t prefix_length;
    unsigned long prefix_pid;
};

struct valgrind *valgrind_new(struct casefile *c, const char *name) {
    struct valgrind *v = calloc(1, sizeof *v);
    if (!v)
        abort();
    v->c = c;
    v->name = case_string(c, name);
    return v;
}

/* --- processes ------------------------------------------------------------------------ */

/* The one that this run is known to be of, or its file is named after; else TOOL_COUNT. */
static enum tool tool_of_run(const struct valgrind *v) {
    const struct casefile *c = v->c;
    bool helgrind = c->tools[TOOL_HELGRIND].last_run == c->runs && c->runs;
    bool drd = c->tools[TOOL_DRD].last_run == c->runs && c->runs;
    return helgrind == drd ? valgrind_tool_of_file(v->name) : helgrind ? TOOL_HELGRIND : TOOL_DRD;
}

static struct process *process_of(struct valgrind *v, unsigned long pid) {
    if (v->last && v->last->pid == pid)
        return v->last;
    for (size_t i = 0; i < v->count; i++)
        if (v->processes[i]->pid == pid)
            return v->last = v->processes[i];
    return NULL;
}

static void finish(struct process *p, bool cut) {
    vg_finish(&p->report, cut);
    vg_free(&p->report);
    memset(&p->report, 0, sizeof p->report);
}

/* A place for one more; the one that has been silent for longest gives its own. */
static struct process **place(struct valgrind *v) {
    if (v->count < PROCESSES_MOST)
        return &v->processes[v->count++];
    size_t oldest = 0;
    for (size_t i = 1; i < v->count; i++)
        if (v->processes[i]->turn < v->processes[oldest]->turn)
            oldest = i;
    struct process *p = v->processes[oldest];
    if (p->report.open && !p->ended)
        case_note(v->c, "%s: more than %d processes speak at once; the oldest are not followed on",
                  v->name, PROCESSES_MOST);
    finish(p, true);
    free(p);
    return &v->processes[oldest];
}

static struct process *new_process(struct valgrind *v, unsigned long pid) {
    struct process *p = calloc(1, sizeof *p), **at = place(v);
    if (!p)
        abort();
    p->pid = pid;
    p->report.c = v->c;
    p->report.name = v->name;
    p->report.known = &v->known;
    p->report.tool = tool_of_run(v);
    *at = v->last = p;
    return p;
}

/* "Helgrind, a thread error detector": the process begins. */
static bool banner(struct valgrind *v, unsigned long pid, const char *sentence) {
    const char *other;
    enum tool tool = valgrind_banner(sentence, &other);
    if (tool == TOOL_COUNT && !other)
        return false;
    struct process *p = process_of(v, pid);
    if (p) { /* its number is used again */
        vg_finish(&p->report, false);
        p->ended = false;
        p->report.thread_count = 0;
    } else
        p = new_process(v, pid);
    p->turn = ++v->turn;
    p->foreign = other;
    p->report.tool = tool;
    strcpy(p->report.speaker, tool == TOOL_DRD ? "1" : ""); /* DRD announces changes alone */
    if (other)
        case_note(v->c, "%s: a report of %s, which walk does not read", v->name, other);
    else
        case_tool_ran(v->c, tool);
    return true;
}

/* --- Valgrind itself --------------------------------------------------------------------- */

static void crashed(struct valgrind *v, enum tool tool, const char *words) {
    if (!v->crashed)
        case_note(v->c, "%s: Valgrind itself has crashed: %s", v->name, words);
    v->crashed = true;
    if (tool == TOOL_COUNT)
        return;
    struct tool_state *t = &v->c->tools[tool];
    case_tool_ran(v->c, tool);
    t->died += t->last_died != v->c->runs;
    t->last_died = v->c->runs;
}

static void could_not_start(struct valgrind *v, enum tool tool, const char *words) {
    struct finding f = {.kind = KIND_COULD_NOT_START, .tool = tool, .headline = words};
    if (v->not_started)
        return;
    v->not_started = true;
    if (tool != TOOL_COUNT)
        case_add(v->c, &f);
    else
        case_note(v->c, "%s: Valgrind could not start: %s", v->name, words);
}

/* "valgrind: …" */
static bool own_words(struct valgrind *v, struct span s) {
    char text[512];
    size_t length = s.length < sizeof text ? s.length : sizeof text - 1;
    memcpy(text, s.at, length);
    text[length] = '\0';
    enum trouble trouble = valgrind_trouble(text);
    if (v->last && v->last->foreign)
        return true;
    const char *words = text + 10 + strspn(text + 10, " ");
    enum tool tool = v->last ? v->last->report.tool : tool_of_run(v);
    if (strstr(words, "'helgrind'"))
        tool = TOOL_HELGRIND;
    if (strstr(words, "'drd'"))
        tool = TOOL_DRD;
    if (trouble == TROUBLE_CRASH)
        crashed(v, tool, words);
    if (trouble == TROUBLE_START)
        could_not_start(v, tool, words);
    return true;
}

/* --- lines -------------------------------------------------------------------------------- */

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

/* "==12== " in front is taken away. */
static bool take_prefix(struct span *s, unsigned long *pid) {
    if (s->length < 5 || s->at[1] != s->at[0])
        return false;
    const char sign = s->at[0], *at = s->at + 2, *end = s->at + s->length;
    unsigned long n = 0;
    const char *first = at;
    for (; at < end && (digit(*at) || *at == ':' || *at == '.'); at++)
        n = n * 10 + (unsigned long)(*at - '0');
    if (at < end && *at == ' ' && memchr(first, ':', (size_t)(at - first))) /* the time */
        for (n = 0, first = ++at; at < end && digit(*at); at++)
            n = n * 10 + (unsigned long)(*at - '0');
    if (at == first || end - at < 2 || at[0] != sign || at[1] != sign)
        return false;
    at += 2;
    if (at < end && *at != ' ')
        return false;
    at += at < end;
    *pid = n;
    *s = (struct span){at, (size_t)(end - at)};
    return true;
}

static bool take_same_prefix(struct valgrind *v, struct span *s, unsigned long *pid) {
    size_t n = v->prefix_length;
    if (n && s->length >= n && memcmp(s->at, v->prefix, n) == 0) {
        *s = (struct span){s->at + n, s->length - n};
        *pid = v->prefix_pid;
        return true;
    }
    struct span whole = *s;
    if (!take_prefix(s, pid))
        return false;
    n = whole.length - s->length;
    v->prefix_length = n <= sizeof v->prefix && whole.at[n - 1] == ' ' ? n : 0;
    memcpy(v->prefix, whole.at, v->prefix_length);
    v->prefix_pid = *pid;
    return true;
}

static int hex(char c) {
    return digit(c)               ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* "a.c:12" or "in /usr/lib/libc.so.6": what is in the parentheses at the end. */
static bool take_place(struct span place, struct vg_frame *f) {
    if (span_take(&place, "in ")) {
        f->module = place;
        return place.length > 0;
    }
    size_t i = place.length;
    unsigned line = 0, unit = 1;
    for (; i && digit(place.at[i - 1]); i--, unit *= 10)
        if (place.length - i < 9)
            line += unit * (unsigned)(place.at[i - 1] - '0');
    if (i == place.length || i < 2 || place.at[i - 1] != ':')
        return false;
    f->file = (struct span){place.at, i - 1};
    f->line = (int)line;
    return true;
}

/* "0x109181: " in front of a frame */
static bool take_address(struct span *s, uint64_t *address) {
    size_t i = 2;
    for (*address = 0; i < s->length && hex(s->at[i]) >= 0; i++)
        *address = *address * 16 + (uint64_t)hex(s->at[i]);
    *s = (struct span){s->at + i, s->length - i};
    return span_take(s, ": ") && s->length;
}

/*
 * "f(int) const (a.c:12)", "??? (in /usr/lib/libc.so.6)". False when there is no place at
 * its end: it is cut off then, and so may be the function.
 */
static bool read_frame(struct span s, struct vg_frame *f) {
    if (s.length == 3 && span_starts(s, "???"))
        return true;
    if (s.at[s.length - 1] != ')')
        return false;
    for (size_t end = s.length - 1; end > 1;) {
        const char *open = memrchr(s.at, '(', end);
        if (!open || open - s.at < 2)
            return false;
        end = (size_t)(open - s.at);
        struct span place = {open + 1, s.length - end - 2};
        if (open[-1] == ' ' && take_place(place, f)) {
            f->function = (struct span){s.at, end - 1};
            return true;
        }
    }
    return false;
}

static void sentence(struct valgrind *v, struct process *p, unsigned long pid, struct span s,
                     bool indented, size_t line) {
    char text[VG_SENTENCE_MOST];
    bool presents = !indented && strchr("HdMCDNL", *s.at);
    if (presents || !p) {
        size_t length = s.length < sizeof text ? s.length : sizeof text - 1;
        memcpy(text, s.at, length);
        text[length] = '\0';
    }
    if (presents && banner(v, pid, text))
        return;
    if (!p) {
        struct meaning m = valgrind_meaning(text);
        if (m.tool == TOOL_COUNT && m.kind != KIND_DEADLY_SIGNAL && m.role != ROLE_SPEAKER)
            return;
        p = new_process(v, pid);
    }
    p->turn = ++v->turn;
    if (p->foreign)
        return;
    if (indented && *s.at == 'V' && span_starts(s, "Valgrind's memory management: out of")) {
        if (p->spoke)
            crashed(v, p->report.tool, "out of memory");
        else
            could_not_start(v, p->report.tool, "Valgrind's memory management: out of memory");
    }
    vg_say(&p->report, s, line, indented ? VG_INDENTED : VG_FIRST_COLUMN, KIND_OTHER);
    p->spoke |= p->report.open;
    p->ended = !p->report.open && (p->ended || span_starts(s, "ERROR SUMMARY: "));
}

static void process_line(struct valgrind *v, unsigned long pid, struct span s, size_t line) {
    struct process *p = process_of(v, pid);
    bool innermost = span_starts(s, "   at 0x");
    if (innermost || span_starts(s, "   by 0x")) {
        uint64_t address;
        if (!p || p->foreign)
            return;
        s = (struct span){s.at + 6, s.length - 6};
        if (take_address(&s, &address))
            vg_frame(&p->report, address, s, read_frame, innermost);
        else
            vg_damaged(&p->report);
        return;
    }
    size_t blanks = 0;
    while (blanks < s.length && s.at[blanks] == ' ')
        blanks++;
    s = (struct span){s.at + blanks, s.length - blanks};
    while (s.length && (s.at[s.length - 1] == ' ' || s.at[s.length - 1] == '\0'))
        s.length--;
    if (s.length)
        sentence(v, p, pid, s, blanks > 0, line);
    else if (p)
        vg_pause(&p->report);
}

/* --- a line -------------------------------------------------------------------------------- */

bool valgrind_line(struct valgrind *v, struct line line) {
    struct span s = {line.at, line.length};
    unsigned long pid = 0;
    switch (s.length ? s.at[0] : '\0') {
    case '=':
        if (!take_same_prefix(v, &s, &pid))
            return false;
        process_line(v, pid, s, line.number);
        return true;
    case '*': /* the program's remarks may have a stack behind them, which is no report's */
        if (take_prefix(&s, &pid) && process_of(v, pid)) {
            vg_pause(&v->last->report);
            return true;
        }
        return false;
    case '-': return take_prefix(&s, &pid);
    case 'v': return span_starts(s, "valgrind: ") && own_words(v, s);
    default: return false;
    }
}

void valgrind_end(struct valgrind *v) {
    for (size_t i = 0; i < v->count; i++) {
        finish(v->processes[i], !v->processes[i]->ended);
        free(v->processes[i]);
    }
    known_free(&v->known);
    free(v);
}
