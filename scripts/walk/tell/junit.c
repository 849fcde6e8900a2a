/*
 * junit.c - JUnit's XML, as Jenkins and GitLab read it: a test case for each tool that
 * ran, and one for the core.
 *
 * A test case has at most one failure, which lists all of the tool's findings: readers
 * of the format show the first and drop the rest. A tool that the environment kept from
 * starting is an error and never a failure. Times are left out: a report does not say.
 */
#include <string.h>

#include "../blame.h"
#include "threads.h"
#include "utf8.h"
#include "verdict.h"

enum { WHO_MOST = 512, TITLE_MOST = 4096, FRAMES_SHOWN = 6 };

struct page {
    FILE *out;
    struct pool pool; /* for strings that had to be mended; empty again after each */
};

/* --- text in XML ---------------------------------------------------------------------------- */

/* XML 1.0 (2.2, Char) has no place for most control characters, nor for U+FFFE and
 * U+FFFF, not even as references. */
static bool forbidden(const char *at, size_t length) {
    unsigned char c = (unsigned char)*at;
    return length == 1
               ? (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
               : length == 3
                     && (memcmp(at, "\xef\xbf\xbe", 3) == 0 || memcmp(at, "\xef\xbf\xbf", 3) == 0);
}

/* As text or inside "": newlines are kept in both, which in an attribute needs a
 * reference. */
static void words(struct page *o, const char *text) {
    text = text ? utf8_clean(&o->pool, text) : "";
    for (size_t n; *text; text += n) {
        n = utf8_sequence(text, strnlen(text, 4));
        switch (*text) {
        case '&': fputs("&amp;", o->out); break;
        case '<': fputs("&lt;", o->out); break;
        case '>': fputs("&gt;", o->out); break;
        case '"': fputs("&quot;", o->out); break;
        case '\n': fputs("&#10;", o->out); break;
        case '\r': fputs("&#13;", o->out); break;
        case '\t': fputs("&#9;", o->out); break;
        default:
            if (forbidden(text, n))
                fputs("&#xFFFD;", o->out);
            else
                fwrite(text, 1, n, o->out);
        }
    }
    pool_reset(&o->pool);
}

static void element(struct page *o, const char *name, const char *message, const char *type) {
    fprintf(o->out, "   <%s message=\"", name);
    words(o, message);
    fprintf(o->out, "\" type=\"");
    words(o, type);
    fputs("\">", o->out);
}

/* --- stacks ------------------------------------------------------------ */

static void stack(struct page *o, const struct stack *s) {
    size_t shown = 0, own = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct frame *f = &s->frames[i];
        if (!frame_shown(f))
            continue;
        if (own++ >= FRAMES_SHOWN)
            continue;
        fputs("    ", o->out);
        words(o, frame_name(f));
        if (f->file) {
            fputs(" ", o->out);
            words(o, short_path(f->file));
            if (f->line > 0)
                fprintf(o->out, ":%d", f->line);
        }
        fputc('\n', o->out);
        shown++;
    }
    if (own > shown)
        fprintf(o->out, "    and %zu more\n", own - shown);
    if (own == 0) {
        fputs("    ", o->out);
        words(o, s->lost ? s->lost : "no frame of the program's own");
        fputc('\n', o->out);
    }
}

static void finding(struct page *o, const struct finding *f) {
    char title[TITLE_MOST], who[WHO_MOST];
    words(o, finding_title(f, title, sizeof title));
    fputc('\n', o->out);
    for (size_t i = 0; i < f->site_count; i++) {
        fprintf(o->out, "  %s by ", access_name(f->sites[i].access));
        words(o, site_who(&f->sites[i], who, sizeof who));
        fputc('\n', o->out);
        stack(o, &f->sites[i].stack);
    }
}

/* --- test cases ------------------------------------------------------------ */

enum result { PASSED, FAILED, ERROR }; /* ERROR: the environment */

static size_t findings_of(const struct casefile *c, int tool, const struct finding **first) {
    size_t n = 0;
    for (size_t i = c->finding_count; i-- > 0;)
        if (c->findings[i]->witnesses[tool].runs) {
            *first = c->findings[i];
            n++;
        }
    return n;
}

static enum result tool_result(const struct casefile *c, int tool) {
    const struct tool_state *t = &c->tools[tool];
    const struct finding *first = NULL;
    if (findings_of(c, tool, &first) || t->died)
        return FAILED;
    return t->not_started && t->not_started >= t->runs ? ERROR : PASSED;
}

static enum result core_result(const struct core *core) {
    return core->signal || core->cycle_count ? FAILED : PASSED;
}

static void open_case(struct page *o, const struct casefile *c, const char *name) {
    fputs("  <testcase classname=\"", o->out);
    words(o, c->program ? c->program : "walk");
    fprintf(o->out, "\" name=\"%s\">\n", name);
}

static void tool_failure(struct page *o, const struct casefile *c, int tool) {
    char title[TITLE_MOST];
    const struct finding *first = NULL;
    size_t n = findings_of(c, tool, &first);
    struct pool p = {0};
    const char *message =
        !first ? "the program died under it" : finding_title(first, title, sizeof title);
    if (n > 1)
        message = pool_print(&p, "%zu findings: %s; ...", n, message);
    element(o, "failure", message, first ? kind_name(first->kind) : "deadly signal");
    for (size_t i = 0; i < c->finding_count; i++)
        if (c->findings[i]->witnesses[tool].runs)
            finding(o, c->findings[i]);
    fputs("</failure>\n", o->out);
    pool_free(&p);
}

static void tool_case(struct page *o, const struct casefile *c, int tool) {
    const struct tool_state *t = &c->tools[tool];
    open_case(o, c, tool_name((enum tool)tool));
    enum result result = tool_result(c, tool);
    if (result == FAILED)
        tool_failure(o, c, tool);
    if (result == ERROR) {
        element(o, "error", t->reason ? t->reason : "it could not start", "could not start");
        fputs(
            "the environment kept this tool from running: nothing is said of the program</error>\n",
            o->out);
    }
    fprintf(o->out, "   <system-out>runs %u, with findings %u, could not start %u", t->runs,
            t->with_findings, t->not_started);
    if (c->silence[tool]) {
        fputs("\n", o->out);
        words(o, c->silence[tool]);
    }
    fputs("</system-out>\n  </testcase>\n", o->out);
}

static void thread(struct page *o, const struct thread *t) {
    char who[WHO_MOST];
    fputs("  ", o->out);
    words(o, thread_who(t, who, sizeof who));
    fputc('\n', o->out);
    stack(o, &t->stack);
}

static void core_case(struct page *o, const struct casefile *c) {
    const struct core *core = c->core;
    struct sentence sentences[SENTENCES_MOST];
    struct pool p = {0};
    size_t n = verdict_of(c, sentences, &p);
    open_case(o, c, "crash");
    if (core_result(core) == FAILED) {
        element(o, "failure", sentence_text(&sentences[0], &p),
                core->signal ? core->signal : "deadlock");
        for (size_t i = 0; i < n; i++) {
            words(o, sentence_text(&sentences[i], &p));
            fputc('\n', o->out);
        }
        for (size_t i = 0; i < core->thread_count; i++)
            if (thread_has_part(core, (int)i)) /* few, however many there were */
                thread(o, &core->threads[i]);
        if (c->link.finding)
            finding(o, c->link.finding);
        fputs("</failure>\n", o->out);
    }
    fputs("  </testcase>\n", o->out);
    pool_free(&p);
}

/* --- the suite ------------------------------------------------------------ */

static void counts(FILE *out, const unsigned of[3]) {
    fprintf(out, "name=\"racelab walk\" tests=\"%u\" failures=\"%u\" errors=\"%u\"",
            of[PASSED] + of[FAILED] + of[ERROR], of[FAILED], of[ERROR]);
}

bool tell_junit(const struct casefile *c, FILE *out, const struct style *style) {
    (void)style;
    struct page o = {.out = out};
    unsigned of[3] = {0};
    for (int t = 0; t < TOOL_COUNT; t++)
        if (c->tools[t].runs)
            of[tool_result(c, t)]++;
    if (c->core)
        of[core_result(c->core)]++;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites ", out);
    counts(out, of);
    fputs(">\n <testsuite ", out);
    counts(out, of);
    fputs(" skipped=\"0\">\n", out);
    for (int t = 0; t < TOOL_COUNT; t++)
        if (c->tools[t].runs)
            tool_case(&o, c, t);
    if (c->core)
        core_case(&o, c);
    fputs(" </testsuite>\n</testsuites>\n", out);
    pool_free(&o.pool);
    return fflush(out) == 0 && !ferror(out);
}
