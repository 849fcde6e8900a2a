/*
 * html_frame.c - see html.h: stacks, and the source under each frame.
 */
#include <string.h>

#include "../blame.h"
#include "html.h"

enum {
    AROUND = 2,      /* lines shown before and after the frame's */
    DRAWN_MOST = 24, /* frames of one stack with their source; in between they are counted */
    VALUE_MOST = 400 /* bytes of a local variable's value */
};

/* "map.c:26", or the module; the whole path is said where the frame is opened. */
static void put_place(struct page *h, const struct frame *f) {
    if (f->file && f->line > 0)
        html(h, "<span class=\"place\">%s:%d</span>", base_name(f->file), f->line);
    else if (f->file || f->module)
        html(h, "<span class=\"place\">%s</span>", base_name(f->file ? f->file : f->module));
}

/* Five lines, the frame's own marked. False when there is no such file or line. */
static bool put_source(struct page *h, const struct frame *f) {
    if (!f->file || f->line <= 0 || !source_raw(h->style, f->file, f->line))
        return false;
    html(h, "<p class=\"path\"><code>%s</code></p>\n<pre class=\"source\"><code>",
         short_path(f->file));
    for (int line = f->line > AROUND ? f->line - AROUND : 1; line <= f->line + AROUND; line++) {
        const char *text = source_raw(h->style, f->file, line);
        if (!text)
            break;
        const char *tag = line == f->line ? "mark" : "span";
        html(h, "<%s class=\"row\"><i>%s%d</i> %s\n</%s>", tag, line == f->line ? "▸" : "", line,
             text, tag);
    }
    html(h, "</code></pre>\n");
    return true;
}

static void put_variables(struct page *h, const struct frame *f) {
    if (!f->args && f->local_count == 0)
        return;
    html(h, "<dl class=\"vars\">");
    if (f->args)
        html(h, "<div><dt>arguments</dt><dd><code>%s</code></dd></div>", f->args);
    for (size_t i = 0; i < f->local_count; i++) {
        char value[VALUE_MOST];
        snprintf(value, sizeof value, "%s", f->locals[i].value ? f->locals[i].value : "?");
        html(h, "<div><dt><code>%s</code></dt><dd><code>%s</code></dd></div>", f->locals[i].name,
             value);
    }
    html(h, "</dl>\n");
}

static void put_frame(struct page *h, const struct frame *f, bool marked) {
    html(h, "<li class=\"%s\"><details><summary><code class=\"fn\">%s</code> ",
         marked ? "frame met" : "frame", frame_name(f));
    put_place(h, f);
    html(h, "</summary>\n<div class=\"inside\">");
    if (f->inlined)
        html(h, "<p class=\"quiet\">Inlined: the compiler left it no frame of its own.</p>");
    bool source = put_source(h, f);
    put_variables(h, f);
    if (!source)
        html(h, "<p class=\"quiet\">Its source is not at hand: <code>%s</code></p>",
             f->file ? short_path(f->file) : f->module);
    html(h, "</div></details></li>\n");
}

/* --- stacks ------------------------------------------------------------------------------ */

static bool any_shown(const struct stack *s, size_t last) {
    for (size_t i = last; i < s->count; i++)
        if (frame_shown(&s->frames[i]))
            return true;
    return false;
}

static void put_gap(struct page *h, size_t frames, const char *what) {
    if (frames > 0)
        html(h, "<li class=\"gap\">%zu %s</li>\n", frames, what);
}

void put_frames(struct page *h, const struct stack *s, int last, int marked) {
    size_t end = last > 0 && (size_t)last < s->count ? (size_t)last : 0;
    bool all = !any_shown(s, end);
    size_t drawn = 0, skipped = 0, total = 0;
    for (size_t i = end; i < s->count; i++)
        total += all || frame_shown(&s->frames[i]);
    html(h, "<ol class=\"frames\">\n");
    put_gap(h, s->omitted, "more frames above these: a deep recursion");
    for (size_t i = s->count; i-- > end;) {
        if (!all && !frame_shown(&s->frames[i]))
            continue;
        /* of a long stack its two ends */
        if (total > DRAWN_MOST && drawn >= DRAWN_MOST / 2 && drawn < total - DRAWN_MOST / 2) {
            skipped++;
        } else {
            put_gap(h, skipped, "frames in between");
            skipped = 0;
            put_frame(h, &s->frames[i], (int)i == marked);
        }
        drawn++;
    }
    if (s->count == 0)
        html(h, "<li class=\"gap\">No stack: %s.</li>\n",
             s->lost ? s->lost : "it was not recorded");
    html(h, "</ol>\n");
}

void put_all_frames(struct page *h, const struct stack *s) {
    size_t hidden = 0;
    for (size_t i = 0; i < s->count; i++)
        hidden += !frame_shown(&s->frames[i]);
    if (hidden == 0 || hidden == s->count)
        return;
    html(h,
         "<details class=\"more\"><summary>all %zu frames</summary>\n"
         "<ol class=\"raw\">\n",
         s->count);
    for (size_t i = 0; i < s->count; i++) {
        html(h, "<li><span class=\"number\">#%zu</span> <code>%s</code> ", i,
             frame_name(&s->frames[i]));
        put_place(h, &s->frames[i]);
        html(h, "</li>\n");
    }
    html(h, "</ol></details>\n");
}

void put_stack_folded(struct page *h, const struct stack *s, const char *words) {
    if (s->count == 0)
        return;
    html(h, "<details class=\"more\"><summary>%s</summary>\n", words);
    put_frames(h, s, 0, s->blamed);
    html(h, "</details>\n");
}
