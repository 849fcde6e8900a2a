/*
 * schedule_file.c - see schedule_file.h.
 */
#include "schedule_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../walk/tell/tell.h"
#include "memory.h"
#include "sites.h"
#include "story.h"

static const char first_line[] = "racelab schedule 1";
static const char *const ends[] = {"preempted", "blocked", "yielded", "finished"};

/* Names and words are the program's: whatever is in them stays on its line. */
static void put_words(FILE *f, const char *words) {
    for (; *words; words++)
        fputc((unsigned char)*words < ' ' ? ' ' : *words, f);
}

/* Frames as sanitizers print them, so that walk reads them like theirs. */
static void put_stack(FILE *f, const struct defect *d, const struct call_stack *stack) {
    struct site_frame frames[SITE_FRAMES_MAX];
    for (int i = 0, n = site_frames(d->trace, stack, frames); i < n; i++) {
        const struct place *p = &frames[i].place;
        bool named = strcmp(p->function, "?") != 0;
        if (frames[i].outside) {
            fprintf(f, "    #%d 0x%" PRIx64 " (<unknown module>)\n", i, frames[i].address);
            continue;
        }
        fprintf(f, "    #%d %.300s ", i, named ? p->function : "<null>");
        if (*p->file)
            fprintf(f, "%.500s:%d", p->file, p->line);
        else
            fputs("<null>", f);
        fprintf(f, " (%.100s+0x%" PRIx64 ")\n", base_name(d->program), frames[i].address);
    }
}

static void put_site(FILE *f, const struct defect *d, const char *key,
                     const struct defect_site *s) {
    char object[160];
    fprintf(f, "%s: T%d", key, s->thread);
    if (*s->name)
        fputs(" (", f), put_words(f, s->name), fputc(')', f);
    fprintf(f, " %s", s->does);
    if (s->size)
        fprintf(f, " %u bytes", s->size);
    if (s->address) {
        memory_said(d->trace, s->address, s->size, s->step, object, sizeof object);
        fprintf(f, " at 0x%" PRIx64 ": ", s->address), put_words(f, object);
    }
    fputc('\n', f);
    put_stack(f, d, &s->stack);
    if (s->held.pc) {
        fputs("held:\n", f);
        put_stack(f, d, &s->held);
    }
}

static void put_sites(FILE *f, const struct defect *d) {
    struct defect_site sites[SITES_MAX];
    char verdict[600];
    symbols_open(d->program, d->trace->load_bias);
    story_verdict(d, verdict, sizeof verdict);
    fputs("says: ", f), put_words(f, verdict), fputc('\n', f);
    for (int i = 0, n = defect_sites(d, sites); i < n; i++)
        put_site(f, d, i == 0 ? "site" : d->failure.cycle_count ? "circle" : "earlier", &sites[i]);
}

const char *schedule_save(const char *path, const struct saved_schedule *s,
                          const struct defect *d) {
    FILE *f = fopen(path, "we");
    if (!f)
        return strerror(errno);
    fprintf(f, "%s\nprogram: %s\nbuild-id: %s\nfailure: %s\nabout: %s\n", first_line, s->program,
            s->build_id, s->kind, s->pair);
    fprintf(f, "policy: %s\nseed: %" PRIu64 "\ndata-seed: %" PRIu64 "\nhash: %" PRIx64 "\n",
            s->policy, s->seed, s->data_seed, s->hash);
    fprintf(f, "steps-max: %u\npreemptions: %u\n", s->steps_max, s->preemptions);
    if (s->weak)
        fputs("memory: weak\n", f);
    fprintf(f, "told-by: %d %d %" PRIx64 "\n", s->failure.kind, s->failure.value, s->failure.pc);
    put_sites(f, d);
    fprintf(f, "segments: %u\n", s->count);
    for (uint32_t i = 0; i < s->count; i++)
        fprintf(f, "T%u until %u %s\n", s->segments[i].thread, s->segments[i].until,
                ends[s->segments[i].end & 3]);
    bool bad = ferror(f);
    return fclose(f) || bad ? strerror(errno) : NULL;
}

static const char *read_segments(FILE *f, struct saved_schedule *s) {
    char word[16];
    s->segments = calloc(s->count + 1, sizeof *s->segments);
    if (!s->segments)
        return "out of memory";
    for (uint32_t i = 0; i < s->count; i++) {
        struct segment *g = &s->segments[i];
        if (fscanf(f, "T%" SCNu16 " until %" SCNu32 " %15s\n", &g->thread, &g->until, word) != 3)
            return "it is cut off, or a line is damaged";
        for (uint16_t e = 0; e < 4; e++)
            if (strcmp(word, ends[e]) == 0)
                g->end = e;
    }
    return NULL;
}

static const char *read_all(FILE *f, struct saved_schedule *s) {
    char line[1024];
    int kind = -1, value = 0;
    uint64_t pc = 0;
    bool whole = false;
    if (!fgets(line, sizeof line, f) || strncmp(line, first_line, sizeof first_line - 1) != 0)
        return "it is no schedule of this explorer";
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        sscanf(line, "program: %511s", s->program);
        sscanf(line, "build-id: %63s", s->build_id);
        sscanf(line, "failure: %31[^\n]", s->kind);
        sscanf(line, "about: %255[^\n]", s->pair);
        sscanf(line, "policy: %79[^\n]", s->policy);
        sscanf(line, "seed: %" SCNu64, &s->seed);
        sscanf(line, "data-seed: %" SCNu64, &s->data_seed);
        sscanf(line, "hash: %" SCNx64, &s->hash);
        sscanf(line, "steps-max: %" SCNu32, &s->steps_max);
        sscanf(line, "preemptions: %" SCNu32, &s->preemptions);
        s->weak |= strcmp(line, "memory: weak") == 0;
        sscanf(line, "told-by: %d %d %" SCNx64, &kind, &value, &pc);
        whole = sscanf(line, "segments: %" SCNu32, &s->count) == 1;
        if (whole)
            break;
    }
    if (!whole || kind <= 0 || kind >= FAILURE_KIND_COUNT || !*s->program || s->steps_max < 10
        || s->count > SEGMENTS_MAX)
        return "it is cut off, or a line is damaged";
    s->failure.kind = (uint8_t)kind;
    s->failure.value = value;
    s->failure.pc = pc;
    return read_segments(f, s);
}

const char *schedule_load(const char *path, struct saved_schedule *s) {
    FILE *f = fopen(path, "re");
    if (!f)
        return strerror(errno);
    memset(s, 0, sizeof *s);
    const char *error = read_all(f, s);
    fclose(f);
    return error;
}
