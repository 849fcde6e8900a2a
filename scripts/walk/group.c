/*
 * group.c - see group.h.
 *
 * All reports are read into one case, each as a run of its own: what a case does
 * anyway, telling findings apart and counting in how many runs each was seen, is the
 * grouping. Each core is then read by itself and put to the finding that explains it,
 * by the same rules as in a single case, if they are sure; cores that no report
 * explains are grouped by signal and by the functions that met.
 */
#include "group.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blame.h"
#include "join/join.h"
#include "join/steps.h"
#include "reading.h"
#include "tell/jsonout.h"
#include "tell/term.h"
#include "tell/threads.h"

struct cluster {
    char title[512];
    char identity[17];
    const struct finding *finding; /* NULL: cores only */
    unsigned reports, cores;       /* files */
    const char *example;           /* the first report; NULL: none */
    size_t line;                   /* in it */
    const char *core;              /* the first core; NULL: none */
    struct cluster *next;
};

static struct gathered { /* nftw has no other way to hand things on */
    char **paths;
    size_t count;
} all;

static int gather(const char *path, const struct stat *st, int type, struct FTW *where) {
    (void)st, (void)where;
    if (type != FTW_F || !S_ISREG(st->st_mode))
        return 0;
    all.paths = reallocarray(all.paths, all.count + 1, sizeof *all.paths);
    if (!all.paths || !(all.paths[all.count++] = strdup(path)))
        stop(3, "out of memory");
    return 0;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void progress(size_t done) {
    if (isatty(STDERR_FILENO) && done % 16 == 0)
        fprintf(stderr, "\r%zu of %zu files ", done, all.count);
}

struct counts {
    unsigned reports, cores, silent, unusable;
};

/* --- cores ------------------------------------------------------------------------------ */

/* "SIGSEGV in map_get and map_put", the functions in alphabetical order. */
static void title_core(const struct core *core, char *title, size_t size) {
    const struct thread *one = core_thread(core, core->crossing[0]);
    const struct thread *other = core_thread(core, core->crossing[1]);
    one = one ? one : core_thread(core, core->victim);
    const char *how = core->cycle_count ? "deadlock" : core->signal ? core->signal : "no signal";
    const char *f = one ? stack_blamed_name(&one->stack) : "?";
    const char *g = other ? stack_blamed_name(&other->stack) : NULL;
    if (!g)
        snprintf(title, size, "%s in %s", how, f);
    else if (strcmp(f, g) == 0)
        snprintf(title, size, "%s in %s, two threads", how, f);
    else
        snprintf(title, size, "%s in %s and %s", how, strcmp(f, g) < 0 ? f : g,
                 strcmp(f, g) < 0 ? g : f);
}

static void add_core(struct cluster **list, struct casefile *reports, const struct casefile *one,
                     const char *path) {
    char title[512];
    struct cluster *found = NULL;
    reports->core = one->core;
    link_crash(reports);
    reports->core = NULL;
    const struct finding *f = reports->link.sure ? reports->link.finding : NULL;
    title_core(one->core, title, sizeof title);
    for (struct cluster *k = *list; k && !found; k = k->next)
        if (f ? k->finding == f : !k->finding && strcmp(k->title, title) == 0)
            found = k;
    if (!found) {
        found = pool_take(&reports->pool, sizeof *found);
        *found = (struct cluster){.next = *list};
        snprintf(found->title, sizeof found->title, "%s", title);
        snprintf(found->identity, sizeof found->identity, "%016" PRIx64, case_hash("crash", title));
        *list = found;
    }
    if (found->cores++ == 0)
        found->core = path;
}

/* --- the clusters, written down ----------------------------------------------------------- */

static int biggest_first(const void *a, const void *b) {
    const struct cluster *k = *(struct cluster *const *)a, *l = *(struct cluster *const *)b;
    unsigned n = k->reports + k->cores, m = l->reports + l->cores;
    return n != m ? (n > m ? -1 : 1) : strcmp(k->title, l->title);
}

static void as_text(FILE *out, const struct style *style, struct cluster **list, size_t count,
                    const struct counts *n, const char *directory) {
    struct term t = {.out = out, .width = style->width, .colour = style->colour};
    term_say(&t, 0, 2, "", "%s: %zu files: %u reports, %u cores%s; %zu cases", directory, all.count,
             n->reports, n->cores, n->silent || n->unusable ? "" : ", every one used", count);
    if (n->silent || n->unusable)
        term_say(&t, 2, 2, DIM, "%u files have no report in them, %u could not be used", n->silent,
                 n->unusable);
    if (count) {
        term_blank(&t);
        term_line(&t, 0, DIM, "%7s %7s  %s", "reports", "cores", "case, and what stands for it");
    }
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%7u %7u  ", list[i]->reports, list[i]->cores);
        term_line(&t, 0, BOLD, "%s", list[i]->title);
        if (list[i]->example)
            term_line(&t, 18, DIM, "%s:%zu", list[i]->example, list[i]->line);
        if (list[i]->core)
            term_line(&t, 18, DIM, "%s", list[i]->core);
    }
}

static void as_json(FILE *out, struct cluster **list, size_t count, const struct counts *n) {
    struct json_out o = {.out = out};
    json_open(&o, NULL, '{');
    json_put(&o, "format", json_string("racelab-groups"));
    json_put(&o, "version", json_integer(1));
    json_put(&o, "reports", json_size(n->reports));
    json_put(&o, "cores", json_size(n->cores));
    json_put(&o, "silent", json_size(n->silent));
    json_put(&o, "unusable", json_size(n->unusable));
    json_open(&o, "groups", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(&o, NULL, '{');
        json_put(&o, "identity", json_string(list[i]->identity));
        json_put(&o, "title", json_words(&o.pool, list[i]->title));
        json_put(&o, "reports", json_size(list[i]->reports));
        json_put(&o, "cores", json_size(list[i]->cores));
        json_put(&o, "report", json_words(&o.pool, list[i]->example));
        json_put(&o, "line", json_known(list[i]->line));
        json_put(&o, "core", json_words(&o.pool, list[i]->core));
        json_close(&o, '}');
    }
    json_close(&o, ']');
    json_close(&o, '}');
    json_end(&o);
}

static void as_list(FILE *out, struct cluster **list, size_t count) {
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%u\t%s\t%s\t%s\n", list[i]->reports + list[i]->cores, list[i]->identity,
                list[i]->title, list[i]->example ? list[i]->example : list[i]->core);
}

/* --- findings -------------------------------------------------------------------------- */

/* Files that hold this finding; those that hold one side of it only, too. */
static unsigned files_with(const struct casefile *reports, const struct finding *f) {
    unsigned n = 0;
    for (int t = 0; t < TOOL_COUNT; t++)
        n += f->witnesses[t].runs;
    for (size_t i = 0; i < reports->finding_count; i++)
        for (int t = 0; reports->findings[i]->part_of == f && t < TOOL_COUNT; t++)
            if (!f->witnesses[t].runs)
                n += reports->findings[i]->witnesses[t].runs;
    return n;
}

static struct cluster *clusters_of(struct casefile *reports) {
    struct cluster *list = NULL;
    for (size_t i = reports->finding_count; i-- > 0;) {
        const struct finding *f = reports->findings[i];
        if (f->part_of)
            continue;
        struct cluster *k = pool_take(&reports->pool, sizeof *k);
        *k = (struct cluster){.finding = f,
                              .reports = files_with(reports, f),
                              .example = f->file,
                              .line = f->line,
                              .next = list};
        finding_title(f, k->title, sizeof k->title);
        snprintf(k->identity, sizeof k->identity, "%s", f->identity);
        list = k;
    }
    return list;
}

/* --- all of it ----------------------------------------------------------------------------- */

/* Runs in which a tool reported, or that it could not start. */
static unsigned runs_with_something(const struct casefile *reports) {
    unsigned n = 0;
    for (int t = 0; t < TOOL_COUNT; t++)
        n += reports->tools[t].with_findings + reports->tools[t].not_started;
    return n;
}

static void read_reports(struct casefile *reports, struct counts *n) {
    for (size_t i = 0; i < all.count; i++) {
        progress(i);
        const char *trouble;
        enum input kind = input_kind(all.paths[i]);
        if (kind == INPUT_TEXT || kind == INPUT_XML || kind == INPUT_EXPLORED
            || kind == INPUT_SCHEDULE) {
            unsigned before = runs_with_something(reports);
            if (!read_one(reports, &(struct input_file){all.paths[i], TOOL_COUNT}, &trouble)) {
                n->unusable++;
                continue;
            }
            if (runs_with_something(reports) > before)
                n->reports++;
            else
                n->silent++;
        } else if (kind != INPUT_CORE && kind != INPUT_FACTS)
            n->unusable += kind == INPUT_UNREADABLE || kind == INPUT_COMPRESSED;
    }
}

static void read_cores(const struct options *o, struct casefile *reports, struct cluster **list,
                       struct counts *n) {
    for (size_t i = 0; i < all.count; i++) {
        enum input kind = input_kind(all.paths[i]);
        if (kind != INPUT_CORE && kind != INPUT_FACTS)
            continue;
        progress(i);
        struct casefile one = {0};
        const char *trouble = NULL;
        int status = 2;
        bool read = kind == INPUT_CORE
                        ? read_core(&one, all.paths[i], &o->read, &trouble, &status)
                        : read_one(&one, &(struct input_file){all.paths[i], TOOL_COUNT}, &trouble);
        if (read && one.core) {
            n->cores++;
            add_core(list, reports, &one, all.paths[i]);
        } else {
            n->unusable++;
            fprintf(stderr, "walk: %s: %s\n", all.paths[i], trouble ? trouble : "no core");
        }
        case_free(&one);
    }
}

int group(const struct options *o, FILE *out) {
    struct casefile reports = {0};
    struct counts n = {0};
    struct cluster *list = NULL;
    size_t count = 0;
    if (o->tell != tell_text && o->tell != tell_json && o->tell != tell_list)
        stop(2, "--group is told as text, json or list");
    if (nftw(o->group, gather, 16, FTW_PHYS) != 0)
        stop(2, "--group: %s cannot be read", o->group);
    if (all.count)
        qsort(all.paths, all.count, sizeof *all.paths, by_name);
    read_reports(&reports, &n);
    join(&reports);
    list = clusters_of(&reports);
    read_cores(o, &reports, &list, &n);
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    for (struct cluster *k = list; k; k = k->next)
        count++;
    struct cluster **sorted = pool_array(&reports.pool, count + 1, sizeof *sorted);
    size_t at = 0;
    for (struct cluster *k = list; k; k = k->next)
        sorted[at++] = k;
    qsort(sorted, count, sizeof *sorted, biggest_first);
    if (o->tell == tell_json)
        as_json(out, sorted, count, &n);
    else if (o->tell == tell_list)
        as_list(out, sorted, count);
    else
        as_text(out, &o->style, sorted, count, &n, o->group);
    for (size_t i = 0; i < all.count; i++)
        free(all.paths[i]);
    free(all.paths);
    all = (struct gathered){0};
    case_free(&reports);
    return count ? 1 : 0;
}
