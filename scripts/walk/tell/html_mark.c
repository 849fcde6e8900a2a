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

const struct mark *mark_of_thread(struct page *h, const struct thread *t) {
    char who[256];
    return mark_of(h, thread_key(t, who, sizeof who));
}

const struct mark *mark_of_site(struct page *h, const struct site *s) {
    return mark_of(h, site_key(s));
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
        html(h, "%s", thread_who(t, who, sizeof who));
}

void put_site_thread(struct page *h, const struct site *s) {
    char who[256];
    put_mark(h, mark_of_site(h, s), site_who(s, who, sizeof who));
}

void put_lock(struct page *h, const struct held *held) {
    char buffer[32];
    html(h, "<code>%s</code>", held_name(held, buffer, sizeof buffer));
}

void put_waits(struct page *h, const struct thread *t) {
    const struct thread *holder = core_thread(h->c->core, t->holder);
    html(h, "waits for %s ", t->waits_kind ? t->waits_kind : "something");
    put_lock(h, &t->waits);
    if (!holder)
        return;
    html(h, ", held by ");
    put_thread(h, holder);
}
