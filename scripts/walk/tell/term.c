/* term.c - see term.h. */
#include "term.h"

#include <stdlib.h>
#include <string.h>

#include "utf8.h"

enum { TEXT_MOST = 8192, CELLS = 3 };

const char *thread_colour(int n) {
    static const char *const colours[] = {"31", "33", "36", "35", "32", "34"};
    return n < 0 ? DIM : colours[(size_t)n % (sizeof colours / sizeof *colours)];
}

int clean(char *buffer, size_t size, const char *text, int columns) {
    size_t used = 0, cut_at = 0;
    int n = 0;
    for (const char *s = text ? text : ""; *s;) {
        size_t length;
        bool shown = utf8_shown(s, &length);
        if (n == columns || used + 5 > size) { /* no room: end in ".." */
            used = cut_at;
            n = columns > 2 ? columns - 2 : 0;
            for (int i = 0; i < 2 && n < columns; i++, n++)
                buffer[used++] = '.';
            break;
        }
        if (n <= columns - 2)
            cut_at = used;
        if (!shown)
            buffer[used++] = *s == '\t' ? ' ' : '?';
        else
            for (size_t i = 0; i < length; i++)
                buffer[used++] = s[i];
        s += length;
        n++;
    }
    buffer[used] = '\0';
    return n;
}

static void on(struct term *p, const char *colour) {
    if (p->colour && *colour)
        fprintf(p->out, "\033[%sm", colour);
}
static void off(struct term *p, const char *colour) {
    if (p->colour && *colour)
        fputs("\033[0m", p->out);
}

void term_blank(struct term *p) {
    fputc('\n', p->out);
}

void term_section(struct term *p, const char *title) {
    term_blank(p);
    on(p, BLUE);
    fprintf(p->out, "%d  %s", ++p->sections, title);
    off(p, BLUE);
    fputs("\n\n", p->out);
}

void term_cell(struct term *p, const char *colour, const char *text, int columns) {
    char safe[1024];
    int n = clean(safe, sizeof safe, text, columns ? columns : (int)sizeof safe / 4);
    on(p, colour);
    fputs(safe, p->out);
    off(p, colour);
    if (n < columns)
        fprintf(p->out, "%*s", columns - n, "");
}

static int columns_of(const char *s, size_t length) {
    int n = 0;
    for (size_t i = 0; i < length; i++)
        n += ((unsigned char)s[i] & 0xc0) != 0x80;
    return n;
}

size_t term_fitting(const char *text, int columns) {
    size_t at = 0, space = 0;
    int n = 0;
    for (; text[at] && n <= columns; at++) {
        if (text[at] == ' ')
            space = at;
        n += ((unsigned char)text[at] & 0xc0) != 0x80;
    }
    if (n <= columns)
        return at;
    if (space)
        return space;
    for (at = 0, n = 0, space = 0; text[at]; at++) { /* a word longer than the line: a path? */
        if (((unsigned char)text[at] & 0xc0) != 0x80 && n++ == columns)
            break;
        if (text[at] == '/')
            space = at + 1;
    }
    return space > 1 ? space : at ? at : 1;
}

void term_say(struct term *p, int indent, int hang, const char *colour, const char *format, ...) {
    char raw[TEXT_MOST], text[TEXT_MOST];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    clean(text, sizeof text, raw, TEXT_MOST);
    int right = p->width > 100 ? 100 : p->width; /* longer lines are hard to read */
    for (const char *at = text; *at; indent += hang, hang = 0) {
        size_t length = term_fitting(at, right - indent - 1);
        fprintf(p->out, "%*s", indent, "");
        on(p, colour);
        fprintf(p->out, "%.*s", (int)length, at);
        off(p, colour);
        fputc('\n', p->out);
        at += length;
        at += strspn(at, " ");
    }
}

void term_line(struct term *p, int indent, const char *colour, const char *format, ...) {
    char raw[TEXT_MOST], text[TEXT_MOST];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    clean(text, sizeof text, raw, p->width - indent - 1);
    for (size_t end = strlen(text); end > 0 && text[end - 1] == ' ';)
        text[--end] = '\0';
    fprintf(p->out, "%*s", indent, "");
    on(p, colour);
    fputs(text, p->out);
    off(p, colour);
    fputc('\n', p->out);
}

/* --- tables ------------------------------------------------------------------------- */

/* The first columns get what they need, up to a share of the width; the last the rest. */
static void widths(const struct row *rows, size_t count, int cells, int room, int *width) {
    for (int c = 0; c < cells - 1; c++) {
        int most = cells == 2 ? room / 3 : (c == 0 ? room * 3 / 10 : room / 4);
        width[c] = 0;
        for (size_t r = 0; r < count; r++) {
            const char *s = rows[r].cells[c] ? rows[r].cells[c] : "";
            int n = columns_of(s, strlen(s));
            width[c] = n > width[c] ? n : width[c];
        }
        width[c] = width[c] > most ? most : width[c];
    }
    width[cells - 1] = room;
    for (int c = 0; c < cells - 1; c++)
        width[cells - 1] -= width[c] + 2;
    if (width[cells - 1] > 80)
        width[cells - 1] = 80;
}

static void table_row(struct term *p, int indent, const struct row *row, int cells,
                      const int *width, const char *colour) {
    char text[CELLS][2048];
    const char *at[CELLS];
    bool more = true;
    for (int c = 0; c < cells; c++) {
        clean(text[c], sizeof text[c], row->cells[c], 2000);
        at[c] = text[c] + strspn(text[c], " ");
    }
    while (more) {
        more = false;
        int blanks = indent; /* kept back, so that no line ends in them */
        for (int c = 0; c < cells; c++) {
            size_t length = term_fitting(at[c], width[c]);
            if (length)
                fprintf(p->out, "%*s", blanks, "");
            on(p, length ? colour : "");
            fprintf(p->out, "%.*s", (int)length, at[c]);
            off(p, length ? colour : "");
            blanks = (length ? 0 : blanks) + width[c] - columns_of(at[c], length) + 2;
            at[c] += length;
            at[c] += strspn(at[c], " ");
            more |= *at[c] != '\0';
        }
        fputc('\n', p->out);
    }
}

void term_table(struct term *p, int indent, const struct row *rows, size_t count, int cells) {
    int width[CELLS];
    widths(rows, count, cells, p->width - indent - 1, width);
    for (size_t r = 0; r < count; r++)
        table_row(p, indent, &rows[r], cells, width, r == 0 ? DIM : "");
}
