/*
 * junit.c - JUnit's XML, as Jenkins and GitLab read it: a test case for each tool that
 * ran, and one for the core.
 *
 * A test case has at most one failure, which lists all of the tool's findings: readers
 * of the format show the first and drop the rest. A tool that the environment kept from
 * starting is an error and never a failure. Times are left out: a report does not say.
 */
#include "../blame.h"
#include "threads.h"
#include "verdict.h"
#include "xml.h"

enum { WHO_MOST = 512, TITLE_MOST = 4096, FRAMES_SHOWN = 6 };

/* --- elements --------------------------------------------------------------------------- */

static void element(FILE *out, const char *name, const char *message, const char *type) {
    fprintf(out, "   <%s message=\"", name);
    xml_words(out, message);
    fprintf(out, "\" type=\"");
    xml_words(out, type);
    fputs("\">", out);
}

/* --- stacks ------------------------------------------------------------ */

static void stack(FILE *out, const struct stack *s) {
    size_t shown = 0, own = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct frame *f = &s->frames[i];
        if (!frame_shown(f))
            continue;
        if (own++ >= FRAMES_SHOWN)
            continue;
        fputs("    ", out);
        xml_words(out, frame_name(f));
        if (f->file) {
            fputs(" ", out);
            xml_words(out, short_path(f->file));
            if (f->line > 0)
                fprintf(out, ":%d", f->line);
        }
        fputc('\n', out);
        shown++;
    }
    if (own > shown)
        fprintf(out, "    and %zu more\n", own - shown);
    if (own == 0) {
        fputs("    ", out);
        xml_words(out, s->lost ? s->lost : "no frame of the program's own");
        fputc('\n', out);
    }
}

static void finding(FILE *out, const struct casefile *c, const struct finding *f) {
    char title[TITLE_MOST], who[WHO_MOST], access[64];
    struct pool p = {0};
    xml_words(out, finding_title(f, title, sizeof title));
    fputc('\n', out);
    if (f->witnesses[TOOL_EXPLORE].runs)
        fprintf(out, "  explore: %s\n", explored_words(c, f, &p));
    pool_free(&p);
    for (size_t i = 0; i < f->site_count; i++) {
        fprintf(out, "  %s by ", access_words(&f->sites[i], access, sizeof access));
        xml_words(out, site_who(&f->sites[i], who, sizeof who));
        fputc('\n', out);
        stack(out, &f->sites[i].stack);
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

static void open_case(FILE *out, const struct casefile *c, const char *name) {
    fputs("  <testcase classname=\"", out);
    xml_words(out, c->program ? c->program : "walk");
    fprintf(out, "\" name=\"%s\">\n", name);
}

static void tool_failure(FILE *out, const struct casefile *c, int tool) {
    char title[TITLE_MOST];
    const struct finding *first = NULL;
    size_t n = findings_of(c, tool, &first);
    struct pool p = {0};
    const char *message =
        !first ? "the program died under it" : finding_title(first, title, sizeof title);
    if (n > 1)
        message = pool_print(&p, "%zu findings: %s; ...", n, message);
    element(out, "failure", message, first ? kind_name(first->kind) : "deadly signal");
    for (size_t i = 0; i < c->finding_count; i++)
        if (c->findings[i]->witnesses[tool].runs)
            finding(out, c, c->findings[i]);
    fputs("</failure>\n", out);
    pool_free(&p);
}

static void tool_case(FILE *out, const struct casefile *c, int tool) {
    const struct tool_state *t = &c->tools[tool];
    open_case(out, c, tool_name((enum tool)tool));
    enum result result = tool_result(c, tool);
    if (result == FAILED)
        tool_failure(out, c, tool);
    if (result == ERROR) {
        element(out, "error", t->reason ? t->reason : "it could not start", "could not start");
        fputs(
            "the environment kept this tool from running: nothing is said of the program</error>\n",
            out);
    }
    fprintf(out, "   <system-out>runs %u, with findings %u, could not start %u", t->runs,
            t->with_findings, t->not_started);
    struct pool p = {0};
    if (t->schedules && !t->with_findings)
        fprintf(out, "\n%s", silent_words(c, (enum tool)tool, &p));
    pool_free(&p);
    if (c->silence[tool]) {
        fputs("\n", out);
        xml_words(out, c->silence[tool]);
    }
    fputs("</system-out>\n  </testcase>\n", out);
}

static void thread(FILE *out, const struct thread *t) {
    char who[WHO_MOST];
    fputs("  ", out);
    xml_words(out, thread_who(t, who, sizeof who));
    fputc('\n', out);
    stack(out, &t->stack);
}

static void core_case(FILE *out, const struct casefile *c) {
    const struct core *core = c->core;
    struct sentence sentences[SENTENCES_MOST];
    struct pool p = {0};
    size_t n = verdict_of(c, sentences, &p);
    open_case(out, c, "crash");
    if (core_result(core) == FAILED) {
        element(out, "failure", sentence_text(&sentences[0], &p),
                core->signal ? core->signal : "deadlock");
        for (size_t i = 0; i < n; i++) {
            xml_words(out, sentence_text(&sentences[i], &p));
            fputc('\n', out);
        }
        for (size_t i = 0; i < core->thread_count; i++)
            if (thread_has_part(core, (int)i)) /* few, however many there were */
                thread(out, &core->threads[i]);
        if (c->link.finding)
            finding(out, c, c->link.finding);
        fputs("</failure>\n", out);
    }
    fputs("  </testcase>\n", out);
    pool_free(&p);
}

/* --- the suite ------------------------------------------------------------ */

static void counts(FILE *out, const unsigned of[3]) {
    fprintf(out, "name=\"racelab walk\" tests=\"%u\" failures=\"%u\" errors=\"%u\"",
            of[PASSED] + of[FAILED] + of[ERROR], of[FAILED], of[ERROR]);
}

bool tell_junit(const struct casefile *c, FILE *out, const struct style *style) {
    (void)style;
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
            tool_case(out, c, t);
    if (c->core)
        core_case(out, c);
    fputs(" </testsuite>\n</testsuites>\n", out);
    return fflush(out) == 0 && !ferror(out);
}
