/*
 * pprof.c - the stacks as a profile, so that `go tool pprof` can weigh, fold and draw
 * them: -top, -traces, -http with its flame graph.
 *
 * Two values a sample, as profiles of Go programs have several:
 *     races    how often the finding was reported; one sample for each site's stack
 *     threads  1 for each thread of the core, as Go's goroutine profile has it
 * `-sample_index=threads` changes from one to the other. Labels say kind, tool, access,
 * thread and the finding's identity: `-tagfocus=finding=…` shows one finding alone.
 *
 * In the format everything is referred to by number: strings, functions, locations and
 * mappings are kept once each, in tables by their content. It is packed straight through
 * zlib to the output. Nothing in it depends on when or where it was written.
 */
#include <inttypes.h>
#include <string.h>
#include <zlib.h>

#include "scripts/walk/tell/profile.pb-c.h"

#include "../blame.h"
#include "tell.h"
#include "utf8.h"
#include "verdict.h"

/* --- tables: content -> number in order of coming ---------------------------------------- */

struct entry {
    const void *bytes; /* NULL: free */
    size_t length, number;
};

struct table {
    struct entry *slots; /* open addressing; a power of two, at most half full */
    size_t slot_count, count;
};

static struct entry *slot_of(const struct table *t, const void *bytes, size_t length) {
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a, as in case.c */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3;
    size_t i = hash & (t->slot_count - 1);
    for (; t->slots[i].bytes; i = (i + 1) & (t->slot_count - 1))
        if (t->slots[i].length == length && memcmp(t->slots[i].bytes, bytes, length) == 0)
            break;
    return &t->slots[i];
}

static void make_room(struct pool *p, struct table *t) {
    if (t->count * 2 < t->slot_count)
        return;
    struct table larger = {.slot_count = t->slot_count ? t->slot_count * 2 : 64};
    larger.slots = pool_array(p, larger.slot_count, sizeof *larger.slots);
    larger.count = t->count;
    for (size_t i = 0; i < t->slot_count; i++)
        if (t->slots[i].bytes)
            *slot_of(&larger, t->slots[i].bytes, t->slots[i].length) = t->slots[i];
    *t = larger;
}

/* The number of what has this content, from 0; *fresh when it was not there before. */
static size_t number_of(struct pool *p, struct table *t, const void *bytes, size_t length,
                        bool *fresh) {
    make_room(p, t);
    struct entry *e = slot_of(t, bytes, length);
    *fresh = !e->bytes;
    if (*fresh)
        *e = (struct entry){pool_string(p, bytes, length), length, t->count++};
    return e->number;
}

/* --- the profile -------------------------------------------------------------------------- */

struct builder {
    struct pool pool;
    Pprof__Profile profile;
    struct table strings, mappings, functions, locations;
    const char *program;
};

/* A new message of the profile's, at the end of the list of its kind. */
#define APPENDED(b, list, INIT)                                                                    \
    __extension__({                                                                                \
        (b)->profile.list = pool_grown(&(b)->pool, (b)->profile.list, (b)->profile.n_##list,       \
                                       sizeof *(b)->profile.list);                                 \
        __typeof__(*(b)->profile.list) appended_ =                                                 \
            pool_take(&(b)->pool, sizeof **(b)->profile.list);                                     \
        *appended_ = (__typeof__(*appended_))INIT;                                                 \
        (b)->profile.list[(b)->profile.n_##list++] = appended_;                                    \
        appended_;                                                                                 \
    })

static int64_t string(struct builder *b, const char *s) {
    bool fresh;
    const char *clean = s ? utf8_clean(&b->pool, s) : "";
    size_t n = number_of(&b->pool, &b->strings, clean, strlen(clean), &fresh);
    if (fresh) {
        Pprof__Profile *f = &b->profile;
        f->string_table =
            pool_grown(&b->pool, f->string_table, f->n_string_table, sizeof *f->string_table);
        f->string_table[f->n_string_table++] = pool_copy(&b->pool, clean);
    }
    return (int64_t)n;
}

/* Reports name the program by its file, cores by its path: it is one mapping. */
static uint64_t mapping(struct builder *b, const char *module, const char *build_id) {
    if (!module || !*module)
        return 0;
    if (b->program && strcmp(base_name(module), base_name(b->program)) == 0)
        module = b->program;
    bool fresh;
    int64_t name = string(b, module);
    size_t n = number_of(&b->pool, &b->mappings, &name, sizeof name, &fresh);
    if (fresh) {
        Pprof__Mapping *m = APPENDED(b, mapping, PPROF__MAPPING__INIT);
        m->id = n + 1;
        m->filename = name;
        m->build_id = string(b, build_id);
        m->has_functions = m->has_filenames = m->has_line_numbers = m->has_inline_frames = 1;
    }
    return n + 1;
}

static uint64_t function(struct builder *b, const char *name, const char *file) {
    bool fresh;
    int64_t key[2] = {string(b, name && *name ? name : "?"), string(b, file)};
    size_t n = number_of(&b->pool, &b->functions, key, sizeof key, &fresh);
    if (fresh) {
        Pprof__Function *f = APPENDED(b, function, PPROF__FUNCTION__INIT);
        f->id = n + 1;
        f->name = key[0];
        f->filename = key[1];
    }
    return n + 1;
}

/* One instruction: the frame that is on the stack is the last, those inlined into it
 * come before. */
static uint64_t location(struct builder *b, const struct frame *frames, size_t count) {
    const struct frame *real = &frames[count - 1];
    uint64_t *key = pool_array(&b->pool, 2 + 2 * count, sizeof *key);
    key[0] = mapping(b, real->module, NULL);
    key[1] = real->address;
    for (size_t i = 0; i < count; i++) {
        key[2 + 2 * i] = function(b, frames[i].function, frames[i].file);
        key[3 + 2 * i] = frames[i].line > 0 ? (uint64_t)frames[i].line : 0;
    }
    bool fresh;
    size_t n = number_of(&b->pool, &b->locations, key, (2 + 2 * count) * sizeof *key, &fresh);
    if (!fresh)
        return n + 1;
    Pprof__Location *l = APPENDED(b, location, PPROF__LOCATION__INIT);
    l->id = n + 1;
    l->mapping_id = key[0];
    l->address = key[1];
    l->line = pool_array(&b->pool, count, sizeof(Pprof__Line *));
    for (; l->n_line < count; l->n_line++) {
        Pprof__Line *line = l->line[l->n_line] = pool_take(&b->pool, sizeof *line);
        *line = (Pprof__Line)PPROF__LINE__INIT;
        line->function_id = key[2 + 2 * l->n_line];
        line->line = (int64_t)key[3 + 2 * l->n_line];
    }
    return n + 1;
}

/* Words in the place of frames that are not there, so that the weight still shows. */
static uint64_t placeholder(struct builder *b, const char *words) {
    return location(b, &(struct frame){.function = pool_print(&b->pool, "[%s]", words)}, 1);
}

enum { RACES, THREADS, VALUES };

/* From the frame `from` outwards. */
static Pprof__Sample *sample(struct builder *b, const struct stack *s, size_t from, int which,
                             uint64_t weight) {
    Pprof__Sample *sample = APPENDED(b, sample, PPROF__SAMPLE__INIT);
    sample->n_value = VALUES;
    sample->value = pool_array(&b->pool, VALUES, sizeof *sample->value);
    sample->value[which] = (int64_t)weight;
    sample->location_id = pool_array(&b->pool, s->count + 2, sizeof *sample->location_id);
    for (size_t i = from, n; i < s->count; i += n) {
        for (n = 1; s->frames[i + n - 1].inlined && i + n < s->count;)
            n++;
        sample->location_id[sample->n_location_id++] = location(b, &s->frames[i], n);
    }
    if (s->count == 0)
        sample->location_id[sample->n_location_id++] =
            placeholder(b, s->lost ? s->lost : "no stack");
    if (s->omitted)
        sample->location_id[sample->n_location_id++] =
            placeholder(b, pool_print(&b->pool, "%zu frames left out", s->omitted));
    return sample;
}

/* Labels that are not known are left out. */
static void label(struct builder *b, Pprof__Sample *s, const char *key, const char *value) {
    if (!value || !*value)
        return;
    s->label = pool_grown(&b->pool, s->label, s->n_label, sizeof(Pprof__Label *));
    Pprof__Label *l = s->label[s->n_label++] = pool_take(&b->pool, sizeof *l);
    *l = (Pprof__Label)PPROF__LABEL__INIT;
    l->key = string(b, key);
    l->str = string(b, value);
}

static void comment(struct builder *b, const char *text) {
    Pprof__Profile *f = &b->profile;
    f->comment = pool_grown(&b->pool, f->comment, f->n_comment, sizeof *f->comment);
    f->comment[f->n_comment++] = string(b, text);
}

/* --- from the case ------------------------------------------------------------------------- */

/* The leaf of a racing stack is the program's own: memset, or the inside of a lock, is
 * not the story. */
static size_t first_own(const struct stack *s) {
    for (size_t i = 0; i < s->count; i++)
        if (s->frames[i].own)
            return i;
    return 0;
}

static void add_finding(struct builder *b, const struct casefile *c, const struct finding *f) {
    uint64_t reports = 0;
    for (int t = 0; t < TOOL_COUNT; t++)
        reports += f->witnesses[t].reports;
    for (size_t i = 0; i < f->site_count; i++) {
        const struct site *site = &f->sites[i];
        char who[512];
        Pprof__Sample *s = sample(b, &site->stack, first_own(&site->stack), RACES, reports);
        label(b, s, "kind", kind_name(f->kind));
        for (int t = 0; t < TOOL_COUNT; t++)
            if (f->witnesses[t].runs)
                label(b, s, "tool", tool_name((enum tool)t));
        label(b, s, "schedules", explored_words(c, f, &b->pool));
        label(b, s, "access", access_name(site->access));
        label(b, s, "thread", site_who(site, who, sizeof who));
        label(b, s, "finding", f->identity);
    }
}

static void add_thread(struct builder *b, const struct core *core, size_t i) {
    const struct thread *t = &core->threads[i];
    char who[512];
    Pprof__Sample *s = sample(b, &t->stack, 0, THREADS, 1);
    label(b, s, "thread", thread_who(t, who, sizeof who));
    label(b, s, "role", t->role);
    if (t->waits.address)
        label(b, s, "waits", t->waits_kind);
    if (core->victim >= 0 && (size_t)core->victim == i)
        label(b, s, "signal", core->signal);
}

static void add_comments(struct builder *b, const struct casefile *c) {
    struct sentence sentences[SENTENCES_MOST];
    size_t n = verdict_of(c, sentences, &b->pool);
    if (c->program)
        comment(b, pool_print(&b->pool, "racelab walk of %s", c->program));
    for (size_t i = 0; i < n; i++)
        comment(b, sentence_text(&sentences[i], &b->pool));
    for (size_t i = 0; i < c->note_count; i++)
        comment(b, c->notes[i]);
}

static void build(struct builder *b, const struct casefile *c) {
    static const char *const types[VALUES] = {[RACES] = "races", [THREADS] = "threads"};
    string(b, ""); /* number 0 */
    for (int i = 0; i < VALUES; i++) {
        Pprof__ValueType *type = APPENDED(b, sample_type, PPROF__VALUE_TYPE__INIT);
        type->type = string(b, types[i]);
        type->unit = string(b, "count");
    }
    b->program = c->program;
    mapping(b, c->program, c->core ? c->core->program_id : NULL);
    for (size_t i = 0; i < c->finding_count; i++)
        add_finding(b, c, c->findings[i]);
    bool races = b->profile.n_sample > 0;
    for (size_t i = 0; c->core && i < c->core->thread_count; i++)
        add_thread(b, c->core, i);
    if (b->profile.n_mapping == 0) /* or pprof looks for symbols, in vain and aloud */
        mapping(b, "[program not named]", NULL);
    b->profile.default_sample_type = string(b, types[races || !c->core ? RACES : THREADS]);
    add_comments(b, c);
}

/* --- gzip (RFC 1952) ------------------------------------------------------------------------ */

struct gzip {
    ProtobufCBuffer base; /* first: protobuf-c hands this back */
    z_stream z;
    FILE *out;
    bool failed;
};

static void squeeze(struct gzip *g, const uint8_t *data, size_t length, int flush) {
    unsigned char block[16 << 10];
    g->z.next_in = (z_const Bytef *)data;
    g->z.avail_in = (uInt)length;
    int said;
    do {
        g->z.next_out = block;
        g->z.avail_out = sizeof block;
        said = deflate(&g->z, flush);
        size_t made = sizeof block - g->z.avail_out;
        g->failed |= said == Z_STREAM_ERROR || fwrite(block, 1, made, g->out) != made;
    } while (!g->failed && g->z.avail_out == 0);
}

static void append(ProtobufCBuffer *buffer, size_t length, const uint8_t *data) {
    struct gzip *g = (struct gzip *)(void *)buffer;
    if (!g->failed)
        squeeze(g, data, length, Z_NO_FLUSH);
}

bool tell_pprof(const struct casefile *c, FILE *out, const struct style *style) {
    (void)style;
    enum { GZIP_HEADER = 16, MEMORY = 8 };
    struct gzip g = {.base = {.append = append}, .out = out};
    if (deflateInit2(&g.z, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + GZIP_HEADER, MEMORY,
                     Z_DEFAULT_STRATEGY)
        != Z_OK)
        return false;
    struct builder b = {.profile = PPROF__PROFILE__INIT};
    build(&b, c);
    pprof__profile__pack_to_buffer(&b.profile, &g.base);
    if (!g.failed)
        squeeze(&g, NULL, 0, Z_FINISH);
    deflateEnd(&g.z);
    pool_free(&b.pool);
    return !g.failed && fflush(out) == 0 && !ferror(out);
}
