/*
 * main.c - explore: every bug on demand. The manual is in options.c; how it works is in
 * docs/schedules.md.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "campaign.h"
#include "gdb.h"
#include "../walk/read/core.h"
#include "tell/schedule_file.h"
#include "tell/tell_report.h"

/* --- a file of a schedule ------------------------------------------------------------ */

/* By walk's means, which keep it in a case. */
static const char *build_id(const char *program) {
    static struct casefile c;
    const char *id = program_build_id(&c, program);
    return id ? id : "";
}

static void save(const struct options *o, const struct report *r, const struct schedule *s) {
    if (!o->save || !s->segments)
        return;
    const struct defect *d = NULL;
    for (int i = 0; i < r->defect_count && !d; i++)
        if (r->defects[i].kept)
            d = &r->defects[i];
    if (!d)
        return;
    static struct saved_schedule f;
    f.seed = s->seed;
    f.data_seed = s->data_seed;
    f.weak = o->weak;
    f.hash = s->hash;
    f.failure = d->failure;
    f.failure.pc -= d->trace->load_bias;
    f.preemptions = d->preemptions;
    f.steps_max = s->steps_max;
    f.segments = s->segments;
    f.count = s->count;
    snprintf(f.policy, sizeof f.policy, "%s", d->policy);
    snprintf(f.kind, sizeof f.kind, "%s", defect_kind(d));
    snprintf(f.pair, sizeof f.pair, "%s", defect_pair(r, d));
    snprintf(f.build_id, sizeof f.build_id, "%s", build_id(o->program[0]));
    snprintf(f.program, sizeof f.program, "%s", o->program[0]);
    const char *error = schedule_save(o->save, &f, d);
    if (error)
        stop(2, "--save %s: %s", o->save, error);
    ((struct report *)(uintptr_t)r)->defects[d - r->defects].schedule_file = o->save;
}

static void load(struct options *o, struct schedule *s, struct failure *wanted) {
    static struct saved_schedule f;
    static char *program[2];
    const char *error = schedule_load(o->replay, &f);
    if (error)
        stop(2, "--replay %s: %s", o->replay, error);
    if (!*o->program) {
        program[0] = f.program;
        o->program = program;
    }
    const char *id = build_id(o->program[0]);
    if (*id && *f.build_id && strcmp(id, f.build_id) != 0)
        fprintf(stderr, "explore: %s is of another build of %s: it may not fail again\n", o->replay,
                o->program[0]);
    *s = (struct schedule){.segments = f.segments,
                           .count = f.count,
                           .seed = f.seed,
                           .data_seed = f.data_seed,
                           .steps_max = f.steps_max,
                           .hash = f.hash,
                           .policy_count = 1};
    *wanted = f.failure;
    o->weak |= f.weak;
}

/* --- replay ------------------------------------------------------------------------------ */

static void replay_file(struct options *o, struct report *r) {
    struct schedule s;
    struct failure wanted;
    load(o, &s, &wanted);
    if (o->gdb)
        replay_in_gdb(o, &s); /* does not return */
    workers_setup();
    worker_deadline = now() + o->seconds;
    struct worker w;
    worker_start(&w, o, false);
    worker_meet(&w);
    struct defect *d = &r->defects[0];
    d->failure = wanted;
    struct failure f =
        replay(&w, o, &s, wanted.kind == FAILURE_RACE ? &wanted : NULL, RESET_FORK, false);
    r->replay = true;
    r->totals.schedules = 1;
    r->fibers = w.channel->fibers;
    if (f.kind) {
        d->failure = f;
        d->preemptions = d->preemptions_before = w.channel->result.preemptions;
        d->seed = s.seed;
        d->count = d->found_at = 1;
        d->policy = "replay";
        d->schedule_file = o->replay;
        d->confirmed = d->confirmed_of = 1;
        r->defect_count = trace_defect(o, &s, d);
    }
    r->out_of_time = !r->defect_count && worker_late();
    r->reset = RESET_FORK;
    r->jobs = 1;
    worker_end(&w, false);
    schedule_free(&s);
}

/* --- the page ----------------------------------------------------------------------------- */

static int columns(const struct options *o) {
    struct winsize size;
    const char *text = getenv("COLUMNS");
    int n = 80;
    if (o->width)
        return o->width;
    if (!o->output && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0
        && size.ws_col)
        n = size.ws_col;
    else if (text && atoi(text) > 0)
        n = atoi(text);
    return n < 60 ? 60 : n > 200 ? 200 : n;
}

static void tell(const struct options *o, const struct report *r) {
    FILE *out = stdout;
    if (o->output && !(out = fopen(o->output, "we")))
        stop(2, "--output %s: %s", o->output, strerror(errno));
    const char *none = getenv("NO_COLOR");
    bool colour = o->colour >= 0 ? o->colour : isatty(fileno(out)) && !(none && *none);
    switch (o->format) {
    case FORMAT_TEXT: report_text(r, out, columns(o), colour); break;
    case FORMAT_HTML: report_html(r, out); break;
    case FORMAT_JSON: report_json(r, out); break;
    case FORMAT_LIST: report_list(r, out); break;
    }
    if (fflush(out) || ferror(out))
        stop(2, "cannot write the page: %s", strerror(errno));
    if (out != stdout)
        fclose(out);
}

int main(int argc, char **argv) {
    static struct options o;
    static struct report r;
    struct schedule first = {0};
    options_read(&o, argc, argv);
    r.races_looked_for = o.races;
    r.weak = o.weak;
    r.first_seed = o.seed;
    r.asked = o.schedules;
    if (o.replay)
        replay_file(&o, &r);
    else
        campaign(&o, &r, &first);
    r.program = o.program[0];
    r.arguments = o.program + 1;
    save(&o, &r, &first);
    tell(&o, &r);
    bool all = !r.out_of_time /* that was asked for, and nothing is left to look at */
               || (!o.schedules && r.totals.schedules && !r.unconfirmed);
    int status = r.defect_count ? 1 : all ? 0 : 124;
    if (r.stopped)
        status = 128 + worker_stop_signal;
    schedule_free(&first);
    report_free(&r);
    return status;
}
