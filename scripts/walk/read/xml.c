/*
 * xml.c - Helgrind's and DRD's XML (--xml=yes), by expat, as it comes.
 *
 * An element with text in it ("leaf") is taken when it ends; what it means follows from
 * its name and from the elements that it is in:
 *
 *     error, fatal_signal       a report
 *     announcethread            where a thread was created
 *     frame                     of a stack, innermost first
 *     what, text                a sentence: valgrind_words.h
 *     auxwhat                   one that is never a headline
 *     acquired_at, allocation_context, first_observed_at, other_segment_start, …
 *                               what DRD's text has a sentence for
 *
 * Bytes that are no UTF-8, in names of files, would make the whole unreadable: each is
 * replaced before expat sees it. XML that declares entities is refused: Valgrind writes
 * none, and they can make a kilobyte into gigabytes.
 */
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read.h"
#include "valgrind_report.h"
#include "xml_bytes.h"

enum {
    BLOCK = 64 << 10,
    TEXT_MOST = 4096,       /* of one element; the rest is left out */
    DEPTH_MOST = 64,        /* Valgrind's goes to 6 */
    PENDING_MOST = 1 << 20, /* bytes of one tag or comment, which expat keeps */
    STRANGE_MOST = 1000     /* names that are not Valgrind's: expat keeps every new one */
};

struct reading_xml {
    struct casefile *c;
    const char *name;
    XML_Parser parser;
    struct vg_report report;
    struct known known;
    const char *stopped; /* why, NULL: not */
    bool foreign;        /* another tool's */
    bool started, whole; /* the root element has begun, has ended */

    /* where we are */
    unsigned depth, strange;
    size_t begun; /* the line of <error> */
    bool in_error, in_fatal, in_announcement, in_stack, in_frame, in_first;

    /* the leaf */
    char text[TEXT_MOST];
    size_t length;

    /* what is collected */
    uint64_t address;
    char raw[5 * TEXT_MOST]; /* the frame: of each part its sign, itself, and a NUL */
    size_t raw_length;
    size_t frames; /* of the stack */
    enum kind kind;
    char signal[64], object[64], tid[16];
};

static void stop(struct reading_xml *x, const char *why) {
    x->stopped = x->stopped ? x->stopped : why;
    XML_StopParser(x->parser, XML_FALSE);
}

static bool is(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

/* Elements of its protocols 4 and 5, for these two tools; others are few. */
static bool valgrinds(const char *name) {
    static const char names[] =
        " valgrindoutput protocolversion protocoltool preamble line pid ppid tool args vargv "
        "argv exe arg status state time error unique tid threadname kind what xwhat text "
        "hthreadid stack frame ip obj fn dir file auxwhat xauxwhat announcethread "
        "isrootthread fatal_signal signo signame sicode event siaddr errorcounts suppcounts "
        "pair count name acquired_at allocation_context first_observed_at address "
        "other_segment_start other_segment_end confl_wait_call trace suppression sname skind "
        "sframe fun rawtext usercomment logfilequalifier var value ";
    size_t length = strlen(name);
    for (const char *at = names; (at = strstr(at, name)); at += length)
        if (at[-1] == ' ' && at[length] == ' ')
            return true;
    return false;
}

static void say(struct reading_xml *x, const char *sentence, enum vg_place place) {
    size_t line = x->in_error ? x->begun : (size_t)XML_GetCurrentLineNumber(x->parser);
    vg_say(&x->report, (struct span){sentence, strlen(sentence)}, line, place, x->kind);
}

/* --- an element begins -------------------------------------------------------------- */

static void begin_frame(struct reading_xml *x) {
    x->in_frame = true;
    x->address = 0;
    x->raw_length = 0;
}

static void begin_error(struct reading_xml *x) {
    vg_finish(&x->report, true); /* of one that did not end */
    x->in_error = true;
    x->begun = (size_t)XML_GetCurrentLineNumber(x->parser);
    x->kind = KIND_OTHER;
    x->report.speaker[0] = x->tid[0] = '\0';
}

static void begin_fatal(struct reading_xml *x) {
    vg_finish(&x->report, true);
    x->in_fatal = true;
    x->signal[0] = x->tid[0] = '\0';
}

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes) {
    struct reading_xml *x = data;
    x->length = 0;
    if (attributes[0] || !valgrinds(name))
        if (++x->strange > STRANGE_MOST)
            stop(x, "its elements are not Valgrind's");
    if (++x->depth > DEPTH_MOST)
        stop(x, "its elements are nested too deeply");
    if (x->depth == 1) {
        x->started = true;
        if (!is(name, "valgrindoutput"))
            stop(x, "it is not Valgrind's");
    } else if (is(name, "error"))
        begin_error(x);
    else if (is(name, "fatal_signal"))
        begin_fatal(x);
    else if (is(name, "announcethread")) {
        vg_finish(&x->report, true);
        x->in_announcement = true;
    } else if (is(name, "stack")) {
        x->in_stack = true;
        x->frames = 0;
    } else if (is(name, "frame"))
        begin_frame(x);
    else if (!x->in_error)
        return;
    else if (is(name, "acquired_at"))
        say(x, "Acquired at:", VG_INDENTED);
    else if (is(name, "other_segment_start") || is(name, "other_segment_end")
             || is(name, "confl_wait_call"))
        say(x, "Other segment", VG_INDENTED);
    else if (is(name, "first_observed_at")) {
        x->in_first = true;
        x->object[0] = '\0';
    }
}

/* --- an element ends ------------------------------------------------------------------ */

static void keep(struct reading_xml *x, char sign) {
    if (x->raw_length + x->length + 2 > sizeof x->raw)
        return;
    x->raw[x->raw_length++] = sign;
    memcpy(x->raw + x->raw_length, x->text, x->length + 1);
    x->raw_length += x->length + 1;
}

/* What was kept. */
static bool read_frame(struct span raw, struct vg_frame *f) {
    for (const char *at = raw.at, *end = raw.at + raw.length; at < end;) {
        char sign = *at++;
        struct span part = {at, strlen(at)};
        at += part.length + 1;
        switch (sign) {
        case 'f': f->function = part; break;
        case 'd': f->directory = part; break;
        case 's': f->file = part; break;
        case 'o': f->module = part; break;
        default: f->line = (int)(strtoul(part.at, NULL, 10) % 1000000000);
        }
    }
    return true;
}

static void in_frame(struct reading_xml *x, const char *name) {
    if (is(name, "ip"))
        x->address = strtoull(x->text, NULL, 16);
    else if (is(name, "fn"))
        keep(x, 'f');
    else if (is(name, "dir"))
        keep(x, 'd');
    else if (is(name, "file"))
        keep(x, 's');
    else if (is(name, "obj"))
        keep(x, 'o');
    else if (is(name, "line"))
        keep(x, 'l');
    else if (is(name, "frame")) {
        struct span raw = {x->raw, x->raw_length};
        vg_frame(&x->report, x->address, raw, read_frame, x->frames++ == 0);
        x->in_frame = false;
    }
}

static void cut_to(char *to, size_t size, const char *text) {
    size_t length = strlen(text) < size ? strlen(text) : size - 1;
    memcpy(to, text, length);
    to[length] = '\0';
}

static void in_first(struct reading_xml *x, const char *name) {
    char sentence[128];
    if (is(name, "what"))
        cut_to(x->object, sizeof x->object, x->text);
    else if (is(name, "address")) {
        snprintf(sentence, sizeof sentence, "%s %.32s was first observed at:", x->object, x->text);
        say(x, sentence, VG_INDENTED);
    } else if (is(name, "first_observed_at"))
        x->in_first = false;
}

static void in_error(struct reading_xml *x, const char *name) {
    bool known = x->report.open && !x->report.maybe[0];
    if (is(name, "kind"))
        x->kind = valgrind_kind(x->text);
    else if (is(name, "tid"))
        cut_to(x->report.speaker, sizeof x->report.speaker, x->text);
    else if (is(name, "what") || is(name, "text"))
        say(x, x->text, known ? VG_INDENTED : VG_HEADLINE);
    else if (is(name, "auxwhat"))
        say(x, x->text, VG_INDENTED);
    else if (is(name, "error")) {
        vg_finish(&x->report, false);
        x->in_error = x->in_first = false;
    }
}

/* The stack comes last, so the headline is made before it. */
static void in_fatal(struct reading_xml *x, const char *name) {
    char headline[256];
    if (is(name, "tid"))
        cut_to(x->tid, sizeof x->tid, x->text);
    else if (is(name, "signo"))
        cut_to(x->signal, 16, x->text);
    else if (is(name, "signame")) {
        snprintf(headline, sizeof headline,
                 "Process terminating with default action of signal %s (%.32s)", x->signal,
                 x->text);
        say(x, headline, VG_FIRST_COLUMN);
    } else if (is(name, "event") && x->report.open)
        cut_to(x->signal, sizeof x->signal, x->text);
    else if (is(name, "siaddr") && x->report.open) {
        snprintf(headline, sizeof headline, "%s at address %.32s", x->signal, x->text);
        vg_reason(&x->report, headline);
        x->report.target = &x->report.f.sites[0].stack;
    } else if (is(name, "fatal_signal")) {
        vg_finish(&x->report, false);
        x->in_fatal = false;
    }
}

static void in_announcement(struct reading_xml *x, const char *name) {
    char sentence[64];
    if (is(name, "hthreadid")) {
        snprintf(sentence, sizeof sentence, "Thread #%lu was created", strtoul(x->text, NULL, 10));
        say(x, sentence, VG_INDENTED);
    } else if (is(name, "announcethread")) {
        vg_pause(&x->report);
        x->in_announcement = false;
    }
}

static void preamble(struct reading_xml *x, const char *name) {
    const char *other;
    if (!is(name, "tool") && !is(name, "protocoltool"))
        return;
    enum tool tool = tool_of(x->text);
    if (tool == TOOL_HELGRIND || tool == TOOL_DRD) {
        x->report.tool = tool;
        case_tool_ran(x->c, tool);
    } else {
        x->foreign = true;
        other = is(x->text, "memcheck") ? "Memcheck" : x->text;
        case_note(x->c, "%s: a report of %.64s, which walk does not read", x->name, other);
    }
}

static void XMLCALL on_end(void *data, const XML_Char *name) {
    struct reading_xml *x = data;
    while (x->length && strchr(" \t\r\n", x->text[x->length - 1]))
        x->length--;
    x->text[x->length] = '\0';
    x->depth--;
    x->whole = x->depth == 0;
    if (x->foreign)
        ;
    else if (x->in_frame)
        in_frame(x, name);
    else if (is(name, "stack"))
        x->in_stack = false;
    else if (x->in_announcement)
        in_announcement(x, name);
    else if (x->in_first)
        in_first(x, name);
    else if (x->in_error)
        in_error(x, name);
    else if (x->in_fatal)
        in_fatal(x, name);
    else
        preamble(x, name);
    x->length = 0;
}

static void XMLCALL on_text(void *data, const XML_Char *at, int length) {
    struct reading_xml *x = data;
    size_t more = (size_t)length, room = sizeof x->text - 1 - x->length;
    if (more > room)
        more = room;
    memcpy(x->text + x->length, at, more);
    x->length += more;
}

static void XMLCALL on_doctype(void *data, const XML_Char *name, const XML_Char *sysid,
                               const XML_Char *pubid, int internal) {
    (void)name, (void)sysid, (void)pubid, (void)internal;
    stop(data, "it declares entities, which Valgrind's never does");
}

/* --- the stream --------------------------------------------------------------------------- */

/* One block; false when no more is to be read. */
static bool feed(struct reading_xml *x, const char *at, size_t length, bool end) {
    return XML_Parse(x->parser, at, (int)length, end) != XML_STATUS_ERROR;
}

static void explain(struct reading_xml *x) {
    enum XML_Error error = XML_GetErrorCode(x->parser);
    unsigned long line = (unsigned long)XML_GetCurrentLineNumber(x->parser);
    if (x->stopped)
        case_note(x->c, "%s, line %lu: not read on, as %s", x->name, line, x->stopped);
    else if (x->whole && error != XML_ERROR_NONE)
        case_note(x->c, "%s, line %lu: something follows the end of the XML; it was not read",
                  x->name, line);
    else if (error == XML_ERROR_NO_ELEMENTS || error == XML_ERROR_UNCLOSED_TOKEN
             || error == XML_ERROR_PARTIAL_CHAR)
        case_note(x->c, "%s is cut off; what it told until then is here", x->name);
    else if (error != XML_ERROR_NONE)
        case_note(x->c, "%s, line %lu: no XML from here on (%s); what it told until then is here",
                  x->name, line, XML_ErrorString(error));
}

static void read_blocks(struct reading_xml *x, FILE *in) {
    struct xml_bytes bytes = {0};
    char *block = malloc(BLOCK), *clean = malloc(BLOCK + XML_BYTES_MORE);
    long long fed = 0;
    bool good = block && clean;
    size_t got;
    while (good && (got = fread(block, 1, BLOCK, in)) > 0) {
        size_t length = xml_bytes_clean(&bytes, block, got, clean);
        good = feed(x, clean, length, false);
        fed += (long long)length;
        if (good && fed - XML_GetCurrentByteIndex(x->parser) > PENDING_MOST) {
            x->stopped = "a tag is too long";
            good = false;
        }
    }
    if (good)
        feed(x, clean, xml_bytes_end(&bytes, clean), true);
    if (ferror(in))
        case_note(x->c, "%s: could not be read to its end", x->name);
    if (bytes.replaced)
        case_note(x->c, "%s: bytes that are no UTF-8 are shown as '?'", x->name);
    free(block);
    free(clean);
}

void read_xml(struct casefile *c, FILE *in, const char *name, enum tool tool) {
    struct reading_xml *x = calloc(1, sizeof *x);
    case_begin_run(c);
    if (tool < TOOL_COUNT)
        case_tool_ran(c, tool);
    if (!x || !(x->parser = XML_ParserCreate("UTF-8")))
        abort();
    x->c = x->report.c = c;
    x->report.known = &x->known;
    x->name = x->report.name = case_string(c, name);
    x->report.tool = tool == TOOL_HELGRIND || tool == TOOL_DRD ? tool : valgrind_tool_of_file(name);
    XML_SetUserData(x->parser, x);
    XML_SetElementHandler(x->parser, on_start, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
    read_blocks(x, in);
    explain(x);
    vg_finish(&x->report, true);
    vg_free(&x->report);
    known_free(&x->known);
    XML_ParserFree(x->parser);
    free(x);
}
