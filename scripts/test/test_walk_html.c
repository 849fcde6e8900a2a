/*
 * test_walk_html.c - the HTML page of a case: whole, escaped, readable, and shown by a
 * real browser.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../walk/blame.h"
#include "../walk/tell/html.h"
#include "sample_case.h"
#include "support.h"

TestSuite(walk_html, .init = make_tmp, .fini = remove_tmp);

static const struct style plain = {.width = 100, .explain = true, .most = 10};

static char *page_of(const struct casefile *c, const struct style *style) {
    char *page = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&page, &size);
    cr_assert(out && tell_html(c, out, style));
    fclose(out);
    cr_assert_eq(strlen(page), size, "a NUL byte in the page");
    return page;
}

static struct casefile *(*const samples[])(void) = {sample_race, sample_deadlock, sample_hostile,
                                                    sample_empty};
static const char *const sample_names[] = {"race", "deadlock", "hostile", "empty"};
enum { SAMPLES = sizeof samples / sizeof *samples };

/* The page of a sample, as a file in tmp; its path. */
static char *page_file(int which) {
    static char path[128];
    struct casefile *c = samples[which]();
    char *page = page_of(c, &plain);
    snprintf(path, sizeof path, "%s/%s.html", tmp, sample_names[which]);
    FILE *out = fopen(path, "w");
    cr_assert(out && fputs(page, out) >= 0 && fclose(out) == 0);
    free(page);
    sample_free(c);
    return path;
}

static void holds(const char *page, const char *text) {
    cr_assert(strstr(page, text), "the page does not have: %s", text);
}

static void holds_not(const char *page, const char *text) {
    cr_assert_not(strstr(page, text), "the page has: %s", text);
}

static bool there_is(const char *command) {
    return sh(10, "command -v %s", command).status == 0;
}

/* --- the markup ------------------------------------------------------------------------- */

Test(walk_html, pages_are_well_formed_xml) {
    if (!there_is("xmllint"))
        cr_skip_test("there is no xmllint");
    for (int i = 0; i < SAMPLES; i++)
        exited(sh(20, "xmllint --noout %s", page_file(i)), 0);
}

Test(walk_html, pages_are_the_same_each_time) {
    for (int i = 0; i < SAMPLES; i++) {
        struct casefile *one = samples[i](), *other = samples[i]();
        cr_assert_str_eq(page_of(one, &plain), page_of(other, &plain));
        sample_free(one);
        sample_free(other);
    }
}

Test(walk_html, pages_fetch_nothing_and_run_nothing) {
    static const char *const never[] = {
        "<script", "<link", "<img",  "<iframe", "<object", "<base",      "<form",
        "@import", "url(",  "http:", "https:",  " src=",   "javascript:"};
    for (int i = 0; i < SAMPLES; i++) {
        struct casefile *c = samples[i]();
        char *page = page_of(c, &plain);
        for (size_t k = 0; k < sizeof never / sizeof *never; k++)
            holds_not(page, never[k]);
        sample_free(c);
    }
}

Test(walk_html, every_link_leads_to_a_place_on_the_page) {
    for (int i = 0; i < SAMPLES; i++) {
        struct casefile *c = samples[i]();
        char *page = page_of(c, &plain);
        int links = 0;
        for (char *at = page; (at = strstr(at, "href=\"")); links++) {
            at += strlen("href=\"");
            cr_assert_eq(*at, '#');
            char id[64];
            snprintf(id, sizeof id, " id=\"%.*s\"", (int)strcspn(at + 1, "\""), at + 1);
            holds(page, id);
        }
        cr_assert_geq(links, 1);
        sample_free(c);
    }
}

/* --- the content -------------------------------------------------------------------------- */

Test(walk_html, a_race_is_told_in_order) {
    static const char *const order[] = {
        "<title>Two threads write one map: racelab walk</title>",
        "<h1>Two threads write one map</h1>",
        "It died of <b>SIGABRT</b> in ",
        "writer 2</span>, in hmap_assign, key 4000",
        ("The likely cause: <b>race: hmap_assign, by two threads</b>. Seen by "
         "ThreadSanitizer in 3 of 4 runs, Helgrind in 3 of 3 runs. Linked with the crash: writer "
         "2"),
        "<h2>The crossing</h2>",
        "died here: SIGABRT",
        "read of 8 bytes",
        "no lock held",
        "as ThreadSanitizer saw it",
        "heap block of size 56",
        "both are inside the same map, 0x5639c7553520",
        "write of 8 bytes",
        "<h2>Who was where</h2>",
        "waiting for the round to end",
        "<h2>What each tool says</h2>",
        "DRD",
        "id=\"finding-1\" open=\"open\"",
        "taken for the cause",
        "traces/01-concurrent-write/tsan.txt:2",
        "where the thread was created, by main thread",
        "failed to restore the stack",
        "<h2>What the memory says</h2>",
        "count says 9, and the buckets hold 9: they agree",
        "<h2>How to read this</h2>",
        "make walk LAB=01-concurrent-write",
        "--core build/evidence/01-concurrent-write/racy/core/core",
    };
    struct casefile *c = sample_race();
    char *page = page_of(c, &plain), *at = page;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        char *next = strstr(at, order[i]);
        cr_assert(next, "not there, or not in its place: %s", order[i]);
        at = next + 1;
    }
    holds(page, c->link.finding->identity);
    sample_free(c);
}

/* What html_frame.c makes of a line, for one without a quote in it. */
static void has_line_of(const char *page, const struct frame *f) {
    const char *raw = source_raw(&plain, f->file, f->line);
    cr_assert(raw, "%s:%d is not there", f->file, f->line);
    char marked[64], text[2048] = "";
    snprintf(marked, sizeof marked, "<i>▸%d</i> ", f->line);
    for (const char *at = raw; *at; at++) {
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n,
                 *at == '<'    ? "&lt;"
                 : *at == '>'  ? "&gt;"
                 : *at == '&'  ? "&amp;"
                 : *at == '"'  ? "&quot;"
                 : *at == '\'' ? "&#39;"
                               : "%c",
                 *at);
    }
    const char *at = page;
    size_t length = strlen(text);
    while ((at = strstr(at, marked)) && strncmp(at + strlen(marked), text, length) != 0)
        at++;
    cr_assert(at, "%s:%d is not marked in the page: %s", f->file, f->line, text);
}

static int lines_of(const char *page, const struct stack *s) {
    int n = 0;
    for (size_t i = 0; i < s->count; i++)
        if (frame_shown(&s->frames[i])) {
            has_line_of(page, &s->frames[i]);
            n++;
        }
    return n;
}

Test(walk_html, every_frame_has_its_source) {
    for (int i = 0; i < 2; i++) {
        struct casefile *c = samples[i]();
        char *page = page_of(c, &plain);
        int n = 0;
        for (size_t t = 0; t < c->core->thread_count; t++)
            n += lines_of(page, &c->core->threads[t].stack);
        for (size_t f = 0; f < c->finding_count; f++)
            for (size_t s = 0; s < c->findings[f]->site_count; s++)
                n += lines_of(page, &c->findings[f]->sites[s].stack);
        cr_assert_geq(n, 9);
        sample_free(c);
    }
}

Test(walk_html, a_deadlock_shows_its_circle_and_who_is_silent) {
    struct casefile *c = sample_deadlock();
    char *page = page_of(c, &plain);
    holds(page, "A deadlock: ");
    holds(page, "waits for mutex <code>depot-&gt;bays[1].lock</code>, held by ");
    holds(page, "<figure class=\"circle\">");
    holds(page, "holds depot-&gt;bays[0].lock");
    holds(page, "<b>silent</b><br />DRD is right as far as it looks");
    sample_free(c);
}

Test(walk_html, sections_without_content_are_absent) {
    struct casefile *c = sample_empty();
    char *page = page_of(c, &plain);
    holds(page, "<p class=\"verdict\">Nothing was found in what was read.</p>");
    holds(page, "<h2>How to read this</h2>");
    holds_not(page, "<h2>The crossing</h2>");
    holds_not(page, "<h2>Who was where</h2>");
    holds_not(page, "<h2>What each tool says</h2>");
    holds_not(page, "<h2>What the memory says</h2>");
    holds_not(page, "<aside");
    sample_free(c);
}

Test(walk_html, a_report_without_a_core_crosses_too) {
    struct casefile *c = sample_race();
    c->core = NULL;
    c->link = (struct link){.thread = -1, .other = -1, .site = -1};
    char *page = page_of(c, &plain);
    holds(page, "<p class=\"verdict\"><b>race: hmap_assign, by two threads</b>. Seen by ThreadSan");
    holds(page, "<div class=\"crossing two\">");
    holds(page, "The stacks are ThreadSanitizer's.");
    holds_not(page, "<h2>Who was where</h2>");
    holds_not(page, "died here");
    sample_free(c);
}

Test(walk_html, an_object_without_a_name_has_its_address) {
    struct casefile *c = sample_race();
    c->core = NULL;
    c->link = (struct link){.thread = -1, .other = -1, .site = -1};
    c->findings[0]->object = (struct object){0};
    char *page = page_of(c, &plain);
    holds(page, "memory at <code>0x7b1000000020</code>");
    holds(page, "No tool says what it is.");
    sample_free(c);
}

Test(walk_html, the_linked_finding_is_the_open_one) {
    struct casefile *c = sample_race();
    c->link.finding = c->findings[1];
    char *page = page_of(c, &plain);
    holds(page, "The likely cause: <b>use after free in hmap_assign</b>");
    holds(page, "id=\"finding-2\" open=\"open\"");
    holds_not(page, "id=\"finding-1\" open=\"open\"");
    sample_free(c);
}

Test(walk_html, findings_beyond_the_most_are_counted) {
    struct style one = plain;
    one.most = 1;
    struct casefile *c = sample_race();
    char *page = page_of(c, &one);
    holds(page, "id=\"finding-1\"");
    holds_not(page, "id=\"finding-2\"");
    holds(page, "2 more findings are not told here");
    sample_free(c);
}

Test(walk_html, nothing_hostile_gets_through) {
    struct casefile *c = sample_hostile();
    char *page = page_of(c, &plain);
    for (const char *at = page; *at; at++)
        cr_assert((unsigned char)*at >= 0x20 || *at == '\n' || *at == '\t', "control byte %#x",
                  (unsigned char)*at);
    holds(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    holds(page, "std::map&lt;int, char&gt;::operator[]");
    holds(page, "caf\xef\xbf\xbd");
    holds_not(page, "\xe2\x80\xae"); /* turns the text after it around */
    holds(page, "(187 threads)");
    holds(page, "a.txt is damaged from byte 12 on");
    holds(page, "the core is cut off: 4096 of 8392704 bytes");
    holds(page, "99800 more threads of the core are not in this case.");
    holds(page, "99744 more frames");
    holds(page, "report damaged");
    holds(page, "could not start in 3 of 15");
    sample_free(c);
}

Test(walk_html, threads_that_are_not_there_are_no_threads) {
    static int cycle[] = {-1, 3, 1 << 30};
    struct casefile *c = sample_race();
    struct core *core = c->core;
    core->victim = 3;
    core->crossing[0] = -7;
    core->crossing[1] = 1 << 30;
    core->cycle = cycle;
    core->cycle_count = 3;
    core->threads[0].holder = 99;
    core->threads[0].waits.address = 1;
    c->link.thread = -1;
    char *page = page_of(c, &plain);
    holds(page, "It died of <b>SIGABRT</b>. ");
    holds(page, "A deadlock: a thread that is not in the core");
    holds(page, "waits for something <code>0x1</code>");
    holds_not(page, "died here");
    sample_free(c);
}

Test(walk_html, a_full_disk_is_noticed) {
    struct casefile *c = sample_race();
    FILE *full = fopen("/dev/full", "w");
    cr_assert(full);
    cr_assert_not(tell_html(c, full, &plain));
    fclose(full);
    sample_free(c);
}

/* --- contrast: as WCAG 2 computes it ------------------------------------------------------ */

static double linear(int byte) {
    double v = byte / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* Of a variable in the dark or the light half of the style sheet. */
static double luminance(const char *name, bool dark) {
    char key[32];
    snprintf(key, sizeof key, "--%s: #", name);
    const char *at = strstr(html_style[0], dark ? "prefers-color-scheme: dark" : ":root");
    cr_assert(at && (at = strstr(at, key)), "%s has no colour", name);
    unsigned rgb = (unsigned)strtoul(at + strlen(key), NULL, 16);
    return 0.2126 * linear(rgb >> 16 & 255) + 0.7152 * linear(rgb >> 8 & 255)
           + 0.0722 * linear(rgb & 255);
}

static void contrast(const char *text, const char *ground, bool dark) {
    double a = luminance(text, dark), b = luminance(ground, dark);
    double ratio = (fmax(a, b) + 0.05) / (fmin(a, b) + 0.05);
    cr_assert_geq(ratio, 4.5, "%s on %s%s: %.2f", text, ground, dark ? ", dark" : "", ratio);
}

Test(walk_html, every_colour_can_be_read) {
    static const char *const texts[] = {"ink", "soft", "link", "bad", "h0", "h1",
                                        "h2",  "h3",   "h4",   "h5",  "h6", "h7"};
    static const char *const grounds[] = {"paper", "card", "tint"};
    for (int dark = 0; dark < 2; dark++) {
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            for (size_t g = 0; g < sizeof grounds / sizeof *grounds; g++)
                contrast(texts[t], grounds[g], dark);
        contrast("ink", "lit", dark);
        contrast("bad", "bad-tint", dark);
        contrast("warn", "warn-tint", dark);
        contrast("ink", "warn-tint", dark);
    }
}

/* --- in a real browser ----------------------------------------------------------------------- */

#define BROWSER                                                                                    \
    "chromium --headless --no-sandbox --disable-gpu --hide-scrollbars "                            \
    "--allow-file-access-from-files --user-data-dir=%s/profile "

static void need_browser(void) {
    if (!there_is("chromium"))
        cr_skip_test("there is no chromium");
}

Test(walk_html, a_browser_shows_the_page, .timeout = 120) {
    need_browser();
    for (int dark = 0; dark < 2; dark++) {
        exited(sh(60,
                  BROWSER "--blink-settings=preferredColorScheme=%d --window-size=1280,2400 "
                          "--screenshot=%s/page.png file://%s >/dev/null 2>&1",
                  tmp, 1 - dark, tmp, page_file(0)),
               0);
        /* an empty page of that size is a PNG of about 10 KB */
        exited(sh(10,
                  "[ \"$(head -c 4 %s/page.png | tail -c 3)\" = PNG ] && "
                  "[ $(stat -c %%s %s/page.png) -gt 60000 ]",
                  tmp, tmp),
               0);
    }
}

/* A page that has another in a frame of some width, and writes how wide that is and how
 * many frames it opened in it. */
static const char probe[] =
    "<!DOCTYPE html><body><p id=p></p><iframe id=f style='border:0;width:%dpx;height:800px' "
    "src='%s.html'></iframe><script>addEventListener('load',()=>{const d=document.getElementById("
    "'f').contentDocument,e=d.documentElement,w=e.scrollWidth;let n=0;"
    "d.querySelectorAll('details').forEach(x=>{x.open=true;n++});"
    "document.getElementById('p').textContent='closed '+w+' open '+e.scrollWidth+' details '+n"
    "})</script>";

static void fits(int which, int width) {
    char path[128];
    snprintf(path, sizeof path, "%s/probe.html", tmp);
    page_file(which);
    FILE *out = fopen(path, "w");
    cr_assert(out && fprintf(out, probe, width, sample_names[which]) > 0 && fclose(out) == 0);
    struct outcome o =
        sh(60, BROWSER "--window-size=2000,1000 --dump-dom file://%s 2>/dev/null", tmp, path);
    exited(o, 0);
    const char *at = strstr(o.out, "closed ");
    int closed = 0, open = 0, details = 0;
    cr_assert(at && sscanf(at, "closed %d open %d details %d", &closed, &open, &details) == 3,
              "the probe said nothing: %s", o.out);
    cr_assert_eq(closed, width, "%s is %d wide at %d", sample_names[which], closed, width);
    cr_assert_eq(open, width, "%s, opened, is %d wide at %d", sample_names[which], open, width);
    cr_assert(details >= 10 || which == 3, "only %d frames to open", details);
}

Test(walk_html, pages_fit_a_phone_and_a_wide_screen, .timeout = 300) {
    need_browser();
    for (int i = 0; i < SAMPLES; i++)
        fits(i, 360);
    fits(0, 740);
    fits(1, 1280);
    fits(2, 1900);
}
