/* valgrind_frame.c - a frame of Valgrind's, in the words of the case: valgrind_report.h. */
#include <string.h>

#include "valgrind_report.h"

/* XML tells directory and file apart. */
static const char *file_of(struct pool *p, const struct vg_frame *from) {
    struct span d = from->directory;
    while (span_take(&d, "./"))
        ;
    if (!d.length || !from->file.length)
        return span_copy(p, from->file);
    return pool_print(p, "%.*s/%.*s", (int)d.length, d.at, (int)from->file.length, from->file.at);
}

static struct span function_of(struct span name) {
    if (!name.length || span_starts(name, "???"))
        return (struct span){0};
    const char *version = memchr(name.at, '@', name.length); /* pthread_create@@GLIBC_2.34 */
    if (version && version > name.at)
        name.length = (size_t)(version - name.at);
    return function_bare(name);
}

void vg_frame_read(struct pool *p, const struct vg_frame *from, struct frame *f) {
    *f = (struct frame){0};
    if (span_starts(from->function, "(below main)")) /* the C library's start */
        return;
    f->line = from->line;
    f->function = span_copy(p, function_of(from->function));
    f->file = file_of(p, from);
    f->module = span_copy(p, from->module);
    if (valgrind_c_library(f)) { /* by its bare file's name alone it would be the program's */
        f->file = NULL;
        f->line = 0;
        f->module = "libc.so.6";
    }
}
