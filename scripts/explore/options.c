/*
 * options.c - see options.h.
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: explore [OPTION]... -- PROGRAM [ARG]...\n"
    "       explore --replay FILE [OPTION]... [-- PROGRAM [ARG]...]\n"
    "\n"
    "Runs a program under thousands of schedules, each decided by a seed, until one\n"
    "makes it fail; then finds the fewest preemptions that suffice, and tells what\n"
    "happened. The program is compiled with CC=scripts/explore/cc.sh.\n"
    "\n"
    "How long\n"
    "  --schedules N      at most N schedules (20000)\n"
    "  --seconds S        at most S seconds on the clock (60); alone, as many\n"
    "                     schedules as there is time for; it ends within one more,\n"
    "                     whatever the program does\n"
    "  --until WHAT       failure: stop at the first failure, races are noted on the\n"
    "                     way (the default); race: at the first race, too; end: never\n"
    "Which schedules\n"
    "  --seed S           the first seed (1): the same seed is the same schedule\n"
    "  --policy P         mix (all take turns, the default), pct, pos, walk, surw\n"
    "  --jobs N           processes at a time (one for each processor)\n"
    "  --steps N          events after which a schedule is a livelock (by itself:\n"
    "                     a million, or 20 times what the program usually needs)\n"
    "  --timeout S        seconds without a new schedule after which the program\n"
    "                     hangs (10)\n"
    "  --reset HOW        snapshot or fork: how the next schedule begins (decided by\n"
    "                     what the program does)\n"
    "  --no-races         do not look for data races\n"
    "  --weak             weak memory: atomic loads may return old values, where\n"
    "                     their memory orders allow that\n"
    "One schedule\n"
    "  --save FILE        keep the first failing schedule, or else a race\n"
    "  --replay FILE      run that one again, traced\n"
    "  --gdb              with --replay: under GDB, which stops at each switch\n"
    "How to tell it\n"
    "  --format F         text (the default), html, json; list: kind, functions, words\n"
    "  --json             the same as --format json\n"
    "  --output FILE      write there\n"
    "  --width N          columns, 60 to 200 (the terminal's; 80 where there is none)\n"
    "  --color WHEN       auto, always, never (auto: on a terminal, without NO_COLOR)\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 nothing was found; 1 a defect; 2 used wrongly; 3 this system\n"
    "cannot run it; 124 out of time before all schedules were tried, or with --seconds\n"
    "alone, before one was.\n"
    "\n"
    "Examples\n"
    "  CC=scripts/explore/cc.sh make && explore -- ./server --once\n"
    "  explore --until race --save race.txt -- ./server\n"
    "  explore --replay race.txt --format json --output race.json -- ./server\n";

void stop(int status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("explore: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(status);
}

static uint64_t whole(const char *option, const char *text, uint64_t least, uint64_t most) {
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || n < least || n > most)
        stop(2, "--%s takes a whole number from %llu to %llu, not '%s'", option,
             (unsigned long long)least, (unsigned long long)most, text);
    return n;
}

static double seconds(const char *option, const char *text) {
    char *end;
    double s = strtod(text, &end);
    if (!*text || *end || !isfinite(s) || s < 0.01 || s > 1e6)
        stop(2, "--%s takes seconds from 0.01 on, not '%s'", option, text);
    return s;
}

/* The place of a word in a list that ends with NULL. */
static int word(const char *option, const char *text, const char *const *words) {
    char all[200] = "";
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0)
            return i;
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", words[i]);
    }
    stop(2, "--%s is one of %s; not '%s'", option, all, text);
}

enum {
    SCHEDULES = 256,
    SECONDS,
    SEED,
    POLICY,
    JOBS,
    REPLAY,
    SAVE,
    UNTIL,
    JSON,
    FORMAT,
    OUTPUT,
    STEPS,
    TIMEOUT,
    RESET,
    NO_RACES,
    WEAK,
    GDB,
    WIDTH,
    COLOR,
    KERNEL_THREADS,
    RANDOMIZED,
    HELP,
    VERSION
};

static const struct option known[] = {{"schedules", 1, NULL, SCHEDULES},
                                      {"seconds", 1, NULL, SECONDS},
                                      {"seed", 1, NULL, SEED},
                                      {"policy", 1, NULL, POLICY},
                                      {"jobs", 1, NULL, JOBS},
                                      {"replay", 1, NULL, REPLAY},
                                      {"save", 1, NULL, SAVE},
                                      {"until", 1, NULL, UNTIL},
                                      {"json", 0, NULL, JSON},
                                      {"format", 1, NULL, FORMAT},
                                      {"output", 1, NULL, OUTPUT},
                                      {"steps", 1, NULL, STEPS},
                                      {"timeout", 1, NULL, TIMEOUT},
                                      {"reset", 1, NULL, RESET},
                                      {"no-races", 0, NULL, NO_RACES},
                                      {"weak", 0, NULL, WEAK},
                                      {"gdb", 0, NULL, GDB},
                                      {"width", 1, NULL, WIDTH},
                                      {"color", 1, NULL, COLOR},
                                      {"help", 0, NULL, HELP},
                                      {"version", 0, NULL, VERSION},
                                      /* for tests: */
                                      {"kernel-threads", 0, NULL, KERNEL_THREADS},
                                      {"randomized", 0, NULL, RANDOMIZED},
                                      {0}};

static bool how_long_or_which(struct options *o, int option, const char *name) {
    static const char *const untils[] = {"failure", "race", "end", NULL};
    static const char *const policies[] = {"mix", "pct", "pos", "walk", "random", "surw", NULL};
    static const char *const resets[] = {"snapshot", "fork", NULL};
    switch (option) {
    case SCHEDULES: o->schedules = whole(name, optarg, 1, (uint64_t)1 << 48); return true;
    case SECONDS: o->seconds = seconds(name, optarg); return true;
    case SEED: o->seed = whole(name, optarg, 0, (uint64_t)1 << 62); return true;
    case POLICY: o->policy = policies[word(name, optarg, policies)]; return true;
    case JOBS: o->jobs = (int)whole(name, optarg, 1, 64); return true;
    case UNTIL: o->until = (enum until)word(name, optarg, untils); return true;
    case STEPS: o->steps = (uint32_t)whole(name, optarg, 10, 1 << 30); return true;
    case TIMEOUT: o->timeout = seconds(name, optarg); return true;
    case RESET: o->reset = word(name, optarg, resets); return true;
    case NO_RACES: o->races = false; return true;
    case WEAK: o->weak = true; return true;
    case KERNEL_THREADS: o->kernel_threads = true; return true;
    case RANDOMIZED: o->randomized = true; return true;
    default: return false;
    }
}

static void how_to_tell(struct options *o, int option, const char *name) {
    static const char *const formats[] = {"text", "html", "json", "list", NULL};
    static const char *const colours[] = {"never", "always", "auto", NULL};
    switch (option) {
    case REPLAY: o->replay = optarg; break;
    case SAVE: o->save = optarg; break;
    case GDB: o->gdb = true; break;
    case JSON: o->format = FORMAT_JSON; break;
    case FORMAT: o->format = (enum format)word(name, optarg, formats); break;
    case OUTPUT: o->output = optarg; break;
    case WIDTH: o->width = (int)whole(name, optarg, 60, 200); break;
    case COLOR:
        o->colour = word(name, optarg, colours);
        o->colour -= o->colour == 2 ? 3 : 0;
        break;
    case HELP: fputs(usage, stdout); exit(0);
    case VERSION: puts("explore (racelab) 1.0"); exit(0);
    default: exit(2);
    }
}

void options_read(struct options *o, int argc, char **argv) {
    *o = (struct options){.seconds = -1,
                          .seed = 1,
                          .policy = "mix",
                          .timeout = 10,
                          .reset = -1,
                          .races = true,
                          .colour = -1};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    o->jobs = processors > 0 && processors < 64 ? (int)processors : 1;
    int option, index = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "+:", known, &index)) != -1) {
        if (option == '?')
            stop(2, "unknown option '%s': see --help", argv[optind - 1]);
        if (option == ':')
            stop(2, "%s needs a value: see --help", argv[optind - 1]);
        if (!how_long_or_which(o, option, known[index].name))
            how_to_tell(o, option, known[index].name);
    }
    o->program = argv + optind;
    if (!*o->program && !o->replay)
        stop(2, "which program? Put it after -- (see --help)");
    if (o->gdb && !o->replay)
        stop(2, "--gdb goes with --replay FILE");
    if (!o->schedules && o->seconds < 0)
        o->schedules = 20000;
    if (o->seconds < 0)
        o->seconds = 60;
}

/* --- policies ------------------------------------------------------------------------ */

static const struct policy mix[] = {
    {POLICY_WALK, 1, false, false},  {POLICY_PCT, 3, false, false}, {POLICY_POS, 0, false, false},
    {POLICY_WALK, 6, true, false},   {POLICY_SURW, 0, true, false}, {POLICY_PCT, 2, true, false},
    {POLICY_WALK, 40, false, false}, {POLICY_POS, 0, true, false},  {POLICY_PCT, 6, true, false},
    {POLICY_SURW, 0, true, true},    {POLICY_WALK, 2, true, false}, {POLICY_WALK, 6, false, false},
};

int options_policies(const struct options *o, struct policy *to) {
    int n = 0, kind = strcmp(o->policy, "pct") == 0    ? POLICY_PCT
                      : strcmp(o->policy, "pos") == 0  ? POLICY_POS
                      : strcmp(o->policy, "surw") == 0 ? POLICY_SURW
                      : strcmp(o->policy, "mix") == 0  ? -1
                                                       : POLICY_WALK;
    for (size_t i = 0; i < sizeof mix / sizeof *mix; i++)
        if (kind < 0 || mix[i].kind == kind)
            to[n++] = mix[i];
    return n;
}

const char *policy_name(const struct policy *p) {
    static char name[80];
    static const char *const kinds[] = {"PCT", "random walk", "POS", "SURW", "replay"};
    int n = snprintf(name, sizeof name, "%s", kinds[p->kind]);
    if (p->kind == POLICY_PCT)
        n += snprintf(name + n, sizeof name - (size_t)n, ", depth %d", p->parameter);
    if (p->kind == POLICY_WALK)
        n += snprintf(name + n, sizeof name - (size_t)n, ", runs of about %d", p->parameter);
    if (p->shared_only)
        snprintf(name + n, sizeof name - (size_t)n, "%s",
                 p->half ? ", at half of the shared sites" : ", at shared sites");
    return name;
}
