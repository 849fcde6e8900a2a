/* frame.c - see frame.h. */
#include "frame.h"

#include <ctype.h>
#include <string.h>

#include "function.h"

/* --- spans ------------------------------------------------------------------------- */

bool span_ends(struct span s, const char *suffix) {
    size_t n = strlen(suffix);
    return s.length >= n && memcmp(s.at + s.length - n, suffix, n) == 0;
}

static struct span rest(struct span s, size_t from) {
    return (struct span){s.at + from, s.length - from};
}

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

bool span_take_number(struct span *s, uint64_t *number) {
    size_t i = 0;
    for (*number = 0; i < s->length && digit(s->at[i]); i++)
        *number = *number * 10 + (uint64_t)(s->at[i] - '0');
    *s = rest(*s, i);
    return i > 0;
}

static int hex(char c) {
    return digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool span_take_hex(struct span *s, uint64_t *number) {
    if (s->length < 3 || s->at[0] != '0' || s->at[1] != 'x' || hex(s->at[2]) < 0)
        return false;
    size_t i = 2;
    for (*number = 0; i < s->length && hex(s->at[i]) >= 0; i++)
        *number = *number * 16 + (uint64_t)hex(s->at[i]);
    *s = rest(*s, i);
    return true;
}

bool span_take_until(struct span *s, const char *text, struct span *before) {
    const char *found = s->length ? memmem(s->at, s->length, text, strlen(text)) : NULL;
    if (!found)
        return false;
    *before = (struct span){s->at, (size_t)(found - s->at)};
    *s = rest(*s, before->length + strlen(text));
    return true;
}

const char *span_copy(struct pool *p, struct span s) {
    return s.length ? pool_string(p, s.at, s.length) : NULL;
}

/* --- the parts of a frame, from its end -------------------------------------------- */

bool frame_line(struct span line) {
    return line.length > 5 && memcmp(line.at, "    #", 5) == 0 && digit(line.at[5]);
}

static void trim(struct span *s) {
    while (s->length && s->at[s->length - 1] == ' ')
        s->length--;
}

/* " (BuildId: 93ac61ec)" */
static void cut_build_id(struct span *s) {
    static const char opening[] = " (BuildId: ";
    size_t i = s->length;
    if (!i || s->at[i - 1] != ')')
        return;
    for (i--; i && hex(s->at[i - 1]) >= 0;)
        i--;
    if (span_ends((struct span){s->at, i}, opening))
        s->length = i - (sizeof opening - 1);
}

/* "(lab+0x3c12)", "(<unknown module>)", "(0x7f3c12)". Is there one? */
static bool cut_module(struct span *s, struct span *module, uint64_t *offset) {
    cut_build_id(s);
    *module = (struct span){0};
    if (span_ends(*s, "(<unknown module>)")) {
        s->length -= strlen("(<unknown module>)");
        trim(s);
        return true;
    }
    size_t i = s->length;
    if (!i || s->at[i - 1] != ')')
        return false;
    for (i--; i && hex(s->at[i - 1]) >= 0;)
        i--;
    if (i < 3 || s->at[i - 1] != 'x' || s->at[i - 2] != '0')
        return false;
    struct span number = rest(*s, i - 2);
    if (!span_take_hex(&number, offset))
        return false;
    size_t end = i - 2; /* of the module's name, perhaps with parentheses in it */
    size_t open = end;
    for (int depth = 1; open && depth; open--)
        depth += s->at[open - 1] == ')' ? 1 : s->at[open - 1] == '(' ? -1 : 0;
    if (s->at[open] != '(' || (end > open + 1 && s->at[end - 1] != '+'))
        return false;
    if (end > open + 1)
        *module = (struct span){s->at + open + 1, end - open - 2};
    s->length = open;
    trim(s);
    return true;
}

/* ":228" at the end. */
static bool cut_number(struct span *s, int *number) {
    size_t i = s->length;
    while (i && digit(s->at[i - 1]))
        i--;
    if (i == s->length || !i || s->at[i - 1] != ':')
        return false;
    struct span digits = rest(*s, i);
    uint64_t n = 0;
    span_take_number(&digits, &n);
    *number = n < INT32_MAX ? (int)n : 0;
    s->length = i - 1;
    return true;
}

/* ":228" or ":228:9" */
static bool cut_line(struct span *s, struct frame *f) {
    int last = 0;
    if (!cut_number(s, &last))
        return false;
    if (cut_number(s, &f->line))
        f->column = last;
    else
        f->line = last;
    return true;
}

static bool is_path(struct span s) {
    return span_starts(s, "/") || span_starts(s, "./") || span_starts(s, "../");
}

/* --- frames ------------------------------------------------------------------------- */

bool frame_read(struct pool *p, struct span line, struct frame *f, size_t *number) {
    *f = (struct frame){0};
    uint64_t n = 0, offset = 0;
    if (!span_take(&line, "    #") || !span_take_number(&line, &n) || !span_take(&line, " "))
        return false;
    *number = (size_t)n;
    bool absolute = span_take_hex(&line, &f->address), named = !absolute;
    if (absolute)
        named = span_take(&line, " in ");

    struct span module, function = {0}, file = {0};
    bool in_module = cut_module(&line, &module, &offset);
    if (!in_module && !absolute)
        return false;
    if (in_module && !absolute)
        f->address = offset;
    f->module = span_copy(p, module);
    if (!named)
        return in_module;

    bool nowhere = span_ends(line, " <null>");
    if (nowhere)
        line.length -= strlen(" <null>");
    bool in_line = !nowhere && cut_line(&line, f);
    function = line;
    if (!nowhere) {
        size_t end = function_end(line);
        struct span place = end < line.length ? rest(line, end + 1) : (struct span){0};
        if (in_line || is_path(place)) {
            function.length = end;
            file = place;
        }
        if (!in_module && !file.length)
            return false;
    }
    if (!span_starts(function, "<null>"))
        f->function = span_copy(p, function_bare(function));
    f->file = span_copy(p, file);
    return true;
}

static bool same_call(const struct frame *a, const struct frame *b) {
    return a->line == b->line && a->column == b->column && a->function && b->function
           && strcmp(a->function, b->function) == 0;
}

static bool same_place(const struct frame *a, const struct frame *b) {
    return a->address == b->address
           && (a->module == b->module
               || (a->module && b->module && strcmp(a->module, b->module) == 0));
}

void frames_mark_inlined(struct frame *frames, size_t count) {
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && same_place(&frames[i], &frames[end]);)
            end++;
        /* How many of them are one call, before the same begins again? */
        size_t period = 1;
        while (i + period < end && !same_call(&frames[i], &frames[i + period]))
            period++;
        if (frames[i].address)
            for (size_t k = i; k < end; k++)
                frames[k].inlined = (k - i) % period != period - 1;
    }
}
