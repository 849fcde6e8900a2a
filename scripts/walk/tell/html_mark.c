/*
 * html_mark.c - see html.h: which colour and shape a thread has.
 *
 * Cores and reports are of different runs: a thread is known again by the name that
 * the program gave it, and by nothing else.
 */
#include <string.h>

#include "html.h"

static const char *const hues[] = {"t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7"};
static const char *const shapes[] = {"●", "■", "▲", "◆", "★", "▼", "✚", "⬟"};
enum { HUES = sizeof hues / sizeof *hues };

static const struct mark *mark_of(struct page *h, const char *key) {
    static const struct mark grey = {NULL, "tx", "○"};
    for (size_t i = 0; i < h->mark_count; i++)
        if (strcmp(h->marks[i].key, key) == 0)
            return &h->marks[i];
    if (h->mark_count == MARKS_MOST)
        return &grey;
    /* The second time round a colour has another shape. */
    size_t n = h->mark_count++;
    h->marks[n] =
        (struct mark){pool_copy(&h->pool, key), hues[n % HUES], shapes[(n + n / HUES) % HUES]};
    return &h->marks[n];
}

static const char *thread_key(const struct thread *t, char *buffer, size_t size) {
    return t->name ? t->name : thread_who(t, buffer, size);
}

/* Every tool has its own word for the thread that ran main. */
static const char *site_key(const struct site *s) {
    if (s->name)
        return s->name;
    if (!s->thread)
        return "?";
    bool main_thread = strcmp(s->thread, "main thread") == 0 || strcmp(s->thread, "#1") == 0
                       || strcmp(s->thread, "T0") == 0;
    return main_thread ? "main" : s->thread;
}

const struct thread *thread_at(const struct page *h, int index) {
    const struct core *core = h->c->core;
    return core && index >= 0 && (size_t)index < core->thread_count ? &core->threads[index] : NULL;
}

const struct mark *mark_of_thread(struct page *h, const struct thread *t) {
    char who[256];
    return mark_of(h, thread_key(t, who, sizeof who));
}

const struct mark *mark_of_site(struct page *h, const struct site *s) {
    return mark_of(h, site_key(s));
}

const struct site *site_of_thread(const struct page *h, const struct finding *f, int thread) {
    const struct link *link = &h->c->link;
    if (!f)
        return NULL;
    const struct thread *t = thread_at(h, thread);
    const char *name = t ? t->name : NULL;
    for (size_t i = 0; name && i < f->site_count; i++)
        if (strcmp(site_key(&f->sites[i]), name) == 0)
            return &f->sites[i];
    /* Where the report has no name, what the link says must do. */
    bool linked = f == link->finding && thread == link->thread && link->site >= 0
                  && (size_t)link->site < f->site_count;
    return linked && !f->sites[link->site].name ? &f->sites[link->site] : NULL;
}

static void put_mark(struct page *h, const struct mark *m, const char *who) {
    html(h,
         "<span class=\"who %s\"><span class=\"shape\" "
         "aria-hidden=\"true\">%s</span>&#160;%s</span>",
         m->hue, m->shape, who);
}

void put_thread(struct page *h, const struct thread *t) {
    char who[256];
    if (t)
        put_mark(h, mark_of_thread(h, t), thread_who(t, who, sizeof who));
    else
        html(h, "a thread that is not in the core");
}

void put_site_thread(struct page *h, const struct site *s) {
    char who[256];
    put_mark(h, mark_of_site(h, s), site_who(s, who, sizeof who));
}
