/* rejected by: honesty. Catches the crash and walks on.
 *
 * "In Go I would put a recover() around it." A handler for SIGSEGV that jumps back
 * into map_total() looks like that. It does not bring back what the two threads
 * have done to the table, or to malloc's books, and it hides the one thing that
 * would have told you. (Nor would Go recover: its "fatal error: concurrent map
 * iteration and map write" is none of the panics that can be caught.)
 *
 * asks: What does the table look like when the handler jumps back into the walk?
 */
#include "map.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

#include "hmap.h"

struct stock {
    struct hmap *articles; /* number -> struct article * */
};

static _Thread_local sigjmp_buf again;
static _Thread_local volatile sig_atomic_t walking;

static void recover(int sig) {
    if (walking)
        siglongjmp(again, sig);
    signal(sig, SIG_DFL);
    raise(sig);
}

struct stock *map_new(void) {
    struct stock *s = calloc(1, sizeof *s);
    s->articles = hmap_make(HMAP_NUM, 0);
    signal(SIGSEGV, recover);
    signal(SIGABRT, recover);
    return s;
}

void map_free(struct stock *s) {
    hmap_free(s->articles);
    free(s);
}

void map_put(struct stock *s, struct article *a) {
    hmap_assign(s->articles, HNUM(a->id), a);
}

struct article *map_get(struct stock *s, uint64_t id) {
    return hmap_access(s->articles, HNUM(id));
}

long map_total(struct stock *s) {
    struct hmap_iter it;
    sigsetjmp(again, 1);
    walking = 1;
    long total = 0;
    hmap_iter_init(&it, s->articles);
    while (hmap_next(&it))
        total += ((struct article *)it.value)->pieces;
    walking = 0;
    return total;
}
