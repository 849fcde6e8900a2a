/* text_lanes.c - see text.h: two lanes that meet. */
#include <string.h>

#include "text.h"

enum { FRAMES_MOST = 12, AROUND = 1, DID_MOST = 6 };

/* "hmap_assign            hmap.c:249" in so many columns */
static void frame_cell(struct term *t, const struct frame *f, const char *colour, int columns) {
    char place[96] = "", safe[128];
    if (f->file && f->line)
        snprintf(place, sizeof place, "%s:%d", base_name(f->file), f->line);
    else if (f->file || f->module)
        snprintf(place, sizeof place, "%s", base_name(f->file ? f->file : f->module));
    int wide = clean(safe, sizeof safe, place, columns / 2);
    term_cell(t, colour, frame_name(f), columns - wide - 1);
    fputc(' ', t->out);
    term_cell(t, colour, place, wide);
}

static void one_lane(struct term *t, const struct lane *l, const char *seer, int columns) {
    const struct frame *frames[FRAMES_MOST];
    size_t n = shown_frames(l->stack, frames, FRAMES_MOST);
    term_line(t, 2, thread_colour(0), "%s", l->who);
    while (n > 0) {
        fputs("  ", t->out);
        frame_cell(t, frames[--n], thread_colour(0), columns);
        fputc('\n', t->out);
    }
    if (l->what[0])
        term_say(t, 4, 0, "", "%s", l->what);
    if (l->seen[0])
        term_say(t, 4, 0, DIM, "%s saw: %s", seer, l->seen);
}

/* A line of both lanes: any of the two texts may be "". */
static void both(struct term *t, const char *left, const char *right, int columns) {
    fputs("  ", t->out);
    term_cell(t, thread_colour(0), left, columns);
    fputs(*right ? " | " : " |", t->out);
    char safe[1024];
    clean(safe, sizeof safe, right, columns);
    term_cell(t, thread_colour(1), safe, 0);
}

/* The text folded into lines of a lane. */
static size_t folded(const char *text, int columns, char lines[][256], size_t most) {
    size_t n = 0;
    char safe[1024];
    clean(safe, sizeof safe, text, 200);
    for (const char *at = safe; *at && n < most; n++) {
        size_t length = term_fitting(at, columns);
        snprintf(lines[n], 256, "%.*s", (int)length, at);
        at += length;
        at += strspn(at, " ");
    }
    return n;
}

/* What the thread did, and below what a tool saw it do. */
static size_t did_lines(const struct lanes *l, int which, int columns, char lines[][256]) {
    const struct lane *lane = &l->lane[which];
    char seen[256];
    size_t n = folded(lane->what, columns, lines, DID_MOST);
    if (!lane->seen[0])
        return n;
    snprintf(seen, sizeof seen, "%s saw: %s", l->seer, lane->seen);
    return n + folded(seen, columns, lines + n, DID_MOST - n);
}

static void two_lanes(struct term *t, const struct lanes *l, int columns) {
    const struct frame *left[FRAMES_MOST], *right[FRAMES_MOST];
    size_t a = shown_frames(l->lane[0].stack, left, FRAMES_MOST);
    size_t b = shown_frames(l->lane[1].stack, right, FRAMES_MOST);
    both(t, l->lane[0].who, l->lane[1].who, columns);
    fputc('\n', t->out);
    for (size_t rows = a > b ? a : b; rows > 0; rows--) { /* the innermost on one line */
        fputs("  ", t->out);
        if (rows <= a)
            frame_cell(t, left[rows - 1], thread_colour(0), columns);
        else
            term_cell(t, "", "", columns);
        fputs(rows <= b ? " | " : " |", t->out);
        if (rows <= b)
            frame_cell(t, right[rows - 1], thread_colour(1), columns);
        fputc('\n', t->out);
    }
    char did[2][DID_MOST][256];
    size_t n = did_lines(l, 0, columns - 2, did[0]), m = did_lines(l, 1, columns - 2, did[1]);
    for (size_t i = 0; i < n || i < m; i++) {
        char one[264], other[264];
        snprintf(one, sizeof one, "  %s", i < n ? did[0][i] : "");
        snprintf(other, sizeof other, "%s%s", i < m ? "  " : "", i < m ? did[1][i] : "");
        both(t, one, other, columns);
        fputc('\n', t->out);
    }
}

/* Where the two arrows end:
 *        \                 /
 *         +----> object <----+   */
static void meeting(struct term *t, const struct lanes *l, int columns) {
    char lines[4][256];
    int room = 2 * columns - 21;
    size_t n = folded(l->object[0] ? l->object : "(what they met at is not known)", room, lines, 4);
    int longest = 0;
    for (size_t i = 0; i < n; i++)
        longest = (int)strlen(lines[i]) > longest ? (int)strlen(lines[i]) : longest;
    int middle = columns + 3, start = middle - longest / 2;
    fprintf(t->out, "%*s\\%*s/\n", start - 7, "", longest + 12, "");
    for (size_t i = 0; i < n; i++) {
        fprintf(t->out, "%*s", start - (i == 0 ? 6 : 0), "");
        if (i == 0)
            fputs("+---> ", t->out);
        term_cell(t, BOLD, lines[i], i == 0 ? longest : 0);
        fputs(i == 0 ? " <---+\n" : "\n", t->out);
    }
}

/* What the core has of a frame's arguments and variables: as much as two lines hold. */
static void variables(struct term *t, const struct frame *f) {
    char text[1024];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", f->args ? f->args : "");
    for (size_t i = 0; i < f->local_count && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s=%s", used ? ", " : "",
                                 f->locals[i].name, f->locals[i].value);
    char cut[4 * 400];
    int columns = 2 * (t->width - 14);
    clean(cut, sizeof cut, text, columns < 400 ? columns : 400);
    if (*cut)
        term_say(t, 11, 0, DIM, "%s", cut);
}

/* The line of a frame between its neighbours, marked. */
static void excerpt(struct term *t, const struct lane *l, int n, const struct style *style) {
    const struct frame *frames[2];
    size_t count = shown_frames(l->stack, frames, 2);
    for (size_t i = 0; i < count; i++) {
        const struct frame *f = frames[i];
        int around = i == 0 ? AROUND : 0;
        if (!source_raw(style, f->file, f->line))
            continue;
        term_blank(t);
        term_line(t, 2, thread_colour(n), "%s, in %s: %s:%d", l->who, frame_name(f),
                  short_path(f->file), f->line);
        for (int line = f->line - around; line <= f->line + around; line++) {
            const char *text = source_raw(style, f->file, line);
            if (text)
                term_line(t, 2, line == f->line ? thread_colour(n) : DIM, "%s %5d  %s",
                          line == f->line ? ">" : " ", line, text);
        }
        variables(t, f);
    }
}

void text_lanes(struct term *t, const struct lanes *l, const struct style *style) {
    int columns = (t->width - 6) / 2;
    columns = columns > 70 ? 70 : columns;
    if (l->count == 2) {
        two_lanes(t, l, columns);
        meeting(t, l, columns);
    } else
        one_lane(t, &l->lane[0], l->seer, columns > 30 ? columns + 16 : columns);
    if (!style)
        return;
    for (size_t i = 0; i < l->count; i++)
        excerpt(t, &l->lane[i], (int)i, style);
}
