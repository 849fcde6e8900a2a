/* names.c - see tell.h: what to call files, frames, threads and findings. */
#include <string.h>
#include <unistd.h>

#include "tell.h"

const char *short_path(const char *file) {
    if (!file)
        return "?";
    static char here[4096]; /* where we are, with a slash; "" not asked yet */
    if (!here[0] && getcwd(here, sizeof here - 1))
        strcat(here, "/");
    size_t length = strlen(here);
    if (length > 1 && strncmp(file, here, length) == 0)
        file += length;
    while (strncmp(file, "./", 2) == 0)
        file += 2;
    return file;
}

const char *case_title(const struct casefile *c) {
    return c->lab.title ? c->lab.title : c->program ? short_path(c->program) : "A case";
}

const char *base_name(const char *path) {
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash && slash[1] ? slash + 1 : path;
}

const char *frame_name(const struct frame *f) {
    return f->function && *f->function ? f->function : "?";
}

const char *access_words(const struct site *s, char *buffer, size_t size) {
    if (s->size)
        snprintf(buffer, size, "%s of %u byte%s", access_name(s->access), s->size,
                 s->size == 1 ? "" : "s");
    else
        snprintf(buffer, size, "%s", access_name(s->access));
    return buffer;
}

const char *site_who(const struct site *s, char *buffer, size_t size) {
    if (s->name && s->thread)
        snprintf(buffer, size, "%s (%s)", s->name, s->thread);
    else
        snprintf(buffer, size, "%s%s",
                 !s->thread                    ? "a thread"
                 : strstr(s->thread, "thread") ? ""
                                               : "thread ",
                 s->thread ? s->thread : "");
    return buffer;
}

const char *thread_who(const struct thread *t, char *buffer, size_t size) {
    if (!t)
        snprintf(buffer, size, "a thread that is not in the core");
    else if (t->name)
        snprintf(buffer, size, "%s", t->name);
    else
        snprintf(buffer, size, "thread %d", t->number);
    return buffer;
}

/* Where all of its functions are the same: what of it there are several of. */
static const char *same_names(enum kind kind, size_t count) {
    if (count > 2)
        return "on all sides";
    return kind == KIND_RACE         ? "by two threads"
           : kind == KIND_LOCK_ORDER ? "in two orders"
                                     : "on both sides";
}

const char *finding_title(const struct finding *f, char *buffer, size_t size) {
    const char *kind = kind_name(f->kind), *pair = f->pair ? f->pair : "?";
    size_t first = strcspn(pair, "/"), names = 1, same = 1;
    for (const char *at = pair + first; *at; at += 1 + strcspn(at + 1, "/"), names++)
        same += strcspn(at + 1, "/") == first && strncmp(at + 1, pair, first) == 0;
    if (strcmp(pair, "?") == 0) {
        snprintf(buffer, size, "%s", kind);
    } else if (names == 1) {
        snprintf(buffer, size, "%s in %s", kind, pair);
    } else if (names == same) {
        snprintf(buffer, size, "%s: %.*s, %s", kind, (int)first, pair, same_names(f->kind, names));
    } else {
        size_t used = (size_t)snprintf(buffer, size, "%s: ", kind);
        for (const char *at = pair; *at && used + 1 < size;) {
            size_t length = strcspn(at, "/");
            const char *after = !at[length] ? "" : strchr(at + length + 1, '/') ? ", " : " and ";
            used += (size_t)snprintf(buffer + used, size - used, "%.*s%s", (int)length, at, after);
            at += length + (at[length] == '/');
        }
    }
    return buffer;
}
