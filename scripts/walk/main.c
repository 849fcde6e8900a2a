/*
 * walk - from reports and cores to one case, told as a walk. See --help, and
 * docs/case-format.md.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "group.h"
#include "join/join.h"
#include "options.h"
#include "reading.h"
#include "tell/verdict.h"

/* --- where it goes ------------------------------------------------------------------- */

static char *beside; /* what is being written, until it is whole */

static void remove_beside(void) {
    if (beside)
        unlink(beside);
}

static FILE *open_output(const char *path) {
    if (!path)
        return stdout;
    if (asprintf(&beside, "%s.XXXXXX", path) < 0)
        stop(3, "out of memory");
    int fd = mkstemp(beside);
    if (fd < 0) {
        free(beside);
        beside = NULL;
        stop(2, "cannot write %s: %s", path, strerror(errno));
    }
    atexit(remove_beside);
    mode_t mask = umask(0); /* a temporary file is private: give it what others have */
    umask(mask);
    fchmod(fd, 0666 & ~mask);
    return fdopen(fd, "w");
}

static void close_output(FILE *out, const char *path, bool written) {
    if (!path) {
        if (!written || fflush(out) != 0)
            stop(2, "cannot write: %s", strerror(errno));
        return;
    }
    if (fclose(out) != 0 || !written || rename(beside, path) != 0)
        stop(2, "cannot write %s: %s", path, strerror(errno));
    free(beside);
    beside = NULL;
}

/* --- the verdict ---------------------------------------------------------------------- */

/* 1 a defect, 0 none; 3 when nothing could be seen because no tool could start. */
static int verdict(const struct casefile *c) {
    if (c->finding_count || c->findings_dropped)
        return 1;
    if (c->core && (c->core->signal || c->core->cycle_count))
        return 1;
    unsigned runs = 0, not_started = 0, died = 0;
    for (int t = 0; t < TOOL_COUNT; t++) {
        runs += c->tools[t].runs;
        not_started += c->tools[t].not_started;
        died += c->tools[t].died;
    }
    return died ? 1 : runs && not_started >= runs && !c->core ? 3 : 0;
}

int main(int argc, char **argv) {
    struct options o;
    options_parse(&o, argc, argv);
    FILE *out = open_output(o.output);
    int status;
    if (o.group) {
        status = group(&o, out);
        close_output(out, o.output, !ferror(out));
    } else {
        struct casefile c = {0};
        read_all(&c, &o);
        if (!c.core && no_tool_ran(&c))
            stop(2, "%s",
                 c.note_count ? c.notes[0]
                              : "no report of a tool that I know is in there; of a silent run, say "
                                "whose it is: --tsan FILE");
        join(&c);
        close_output(out, o.output, o.tell(&c, out, &o.style));
        status = verdict(&c);
        case_free(&c);
    }
    source_close();
    return status;
}
