/* reading.c - see reading.h. */
#include "reading.h"

#include <errno.h>
#include <string.h>

/* Said to be explore's: then it is one of its two forms, or of no use. */
static bool is_explored(enum input kind, const char **trouble) {
    if (kind == INPUT_EXPLORED || kind == INPUT_SCHEDULE)
        return true;
    *trouble = "neither `explore --json` printed this, nor is it a schedule of `explore --save`";
    return false;
}

static bool read_stream(struct casefile *c, FILE *in, const struct input_file *file,
                        enum input kind, const char **trouble) {
    if (file->tool == TOOL_EXPLORE && !is_explored(kind, trouble))
        return false;
    switch (kind) {
    case INPUT_XML: read_xml(c, in, file->path, file->tool); return true;
    case INPUT_FACTS: return read_facts(c, in, file->path, trouble);
    case INPUT_EXPLORED: return read_explored(c, in, file->path, trouble);
    case INPUT_SCHEDULE: return read_schedule(c, in, file->path, trouble);
    default: read_text(c, in, file->path, file->tool); return true;
    }
}

/* A pipe has to be looked into while it is read. */
static bool read_pipe(struct casefile *c, FILE *in, const struct input_file *file,
                      const char **trouble) {
    enum input kind;
    FILE *whole = input_peeked(in, &kind);
    if (!whole) {
        *trouble = strerror(errno);
        return false;
    }
    bool read = read_stream(c, whole, file, kind, trouble);
    fclose(whole);
    return read;
}

/* A core or a log that is packed is no use yet, but the cure is known. */
static bool compressed(struct casefile *c, const char *path, const char **trouble) {
    if (input_kind(path) != INPUT_COMPRESSED)
        return false;
    *trouble = pool_print(&c->pool, "is compressed: %s it first", input_unpacker(path));
    return true;
}

bool read_one(struct casefile *c, const struct input_file *file, const char **trouble) {
    if (strcmp(file->path, "-") == 0)
        return read_pipe(c, stdin, &(struct input_file){"standard input", file->tool}, trouble);
    if (compressed(c, file->path, trouble))
        return false;
    enum input kind = input_kind(file->path);
    if (kind == INPUT_CORE || kind == INPUT_PROGRAM) {
        *trouble = "is no report";
        return false;
    }
    FILE *in = fopen(file->path, "re");
    if (!in || kind == INPUT_UNREADABLE) {
        *trouble = in ? "is a directory (--group sorts the files in one)" : strerror(errno);
        if (in)
            fclose(in);
        return false;
    }
    bool read = kind == INPUT_TEXT ? read_pipe(c, in, file, trouble)
                                   : read_stream(c, in, file, kind, trouble);
    fclose(in);
    return read;
}

void read_all(struct casefile *c, const struct options *o) {
    const char *trouble = NULL;
    int status = 2;
    if (o->lab && !read_lab(c, o->lab))
        stop(2, "%s: %s", o->lab, strerror(errno));
    if (o->title)
        c->lab.title = o->title;
    for (size_t i = 0; i < o->input_count; i++)
        if (!read_one(c, &o->inputs[i], &trouble))
            stop(2, "%s: %s", o->inputs[i].path, trouble);
    if (o->core
        && (compressed(c, o->core, &trouble)
            || !read_core(c, o->core, &o->read, &trouble, &status)))
        stop(status, "%s: %s", o->core, trouble);
    const char *program = c->core && c->core->program ? c->core->program : o->read.program;
    if (program) /* or else the one that was explored */
        c->program = case_string(c, program);
}
