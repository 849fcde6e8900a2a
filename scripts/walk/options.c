/* options.c - see options.h. */
#include "options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char usage[] =
    "usage: walk [OPTION]... [FILE]...\n"
    "       walk --group DIR [OPTION]...\n"
    "\n"
    "Joins what race detectors say with what a core shows, into one case: who\n"
    "crossed whom, where, holding what; which line of which thread did it; and why a\n"
    "tool that ran said nothing.\n"
    "\n"
    "FILE is a report, a core, or a program; which one is seen from its content.\n"
    "  reports  ThreadSanitizer, AddressSanitizer, LeakSanitizer (of gcc and clang);\n"
    "           Helgrind and DRD, as text and as XML. The program's own output may be\n"
    "           in between. Several files of one tool are several runs. - is\n"
    "           standard input.\n"
    "  schedules  what `explore --json` printed, or one that `explore --save` kept.\n"
    "  core     one; GDB reads it. The program is found by what the core says, or\n"
    "           named with --exe. JSON that --save-facts kept stands for a core.\n"
    "\n"
    "What to read\n"
    "  --exe PROGRAM      the program the core is of\n"
    "  --core CORE        the same as naming it as FILE\n"
    "  --tsan FILE        FILE is ThreadSanitizer's, even if there is no report in\n"
    "                     it: so that its silence counts. Also --helgrind, --drd,\n"
    "                     --asan, --lsan\n"
    "  --schedule FILE    the same of explore: FILE is its JSON or a saved schedule\n"
    "  --lab LAB.TXT      what the lab claims: its title, and why a tool is silent\n"
    "  --look EXPR        show what memory says of a C expression; may be repeated\n"
    "  --sources DIR      where relative source names start (here)\n"
    "  --gdb COMMAND      the GDB to use (gdb)\n"
    "  --save-facts FILE  keep what GDB said of the core, as JSON\n"
    "\n"
    "How to tell it\n"
    "  --format F         text (the default), md, html, json, sarif, junit, pprof;\n"
    "                     list: kind, functions, file:line, tools of each finding\n"
    "  --output FILE      write there, in one piece or not at all\n"
    "  --explain          with a guide: what each kind of finding means, what to look\n"
    "                     at next, what usually repairs it, why a tool may be silent\n"
    "  --findings N       tell N findings in full (4); the rest is counted\n"
    "  --width N          columns, 60 to 200 (the terminal's; 80 where there is none)\n"
    "  --color WHEN       auto, always, never (auto: on a terminal, without NO_COLOR)\n"
    "  --title TEXT       what to call the case\n"
    "  --continue N       text: the title and N sections of the page came before\n"
    "\n"
    "  --group DIR        sort hundreds of reports and cores, in DIR and below, into\n"
    "                     cases by what they are about: the biggest first, and one\n"
    "                     file that stands for each. text, json and list only.\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 nothing wrong was found; 1 a defect; 2 used wrongly, or the input\n"
    "is not usable; 3 the environment is at fault: no GDB, or no tool could start.\n"
    "\n"
    "Examples\n"
    "  walk core                                      what a core says\n"
    "  walk --exe ./server core tsan-*.log            and who did it\n"
    "  ./server 2>&1 | walk -                         straight from a run\n"
    "  explore --json -- ./server | walk core -       and a schedule that does it\n"
    "  walk --format html --output case.html core     a page to pass on\n"
    "  walk --format sarif --output walk.sarif *.log  for editors, code scanning\n"
    "  walk --format pprof --output racy.pb.gz *.log  go tool pprof -top racy.pb.gz\n";

void stop(int status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("walk: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(status);
}

static void set_format(struct options *o, const char *name) {
    static const struct {
        const char *name;
        bool (*tell)(const struct casefile *, FILE *, const struct style *);
    } formats[] = {{"text", tell_text},   {"md", tell_md},       {"html", tell_html},
                   {"json", tell_json},   {"sarif", tell_sarif}, {"junit", tell_junit},
                   {"pprof", tell_pprof}, {"list", tell_list}};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, name) == 0) {
            o->tell = formats[i].tell;
            return;
        }
    stop(2, "--format is text, md, html, json, sarif, junit, pprof or list, not '%s'", name);
}

static long number(const char *option, const char *text, long least, long most) {
    char *end;
    long n = strtol(text, &end, 10);
    if (end == text || *end || n < least || n > most)
        stop(2, "%s takes a number from %ld to %ld, not '%s'", option, least, most, text);
    return n;
}

static bool want_colour(const char *when) {
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (strcmp(when, "always") == 0)
        return true;
    if (strcmp(when, "never") == 0)
        return false;
    if (strcmp(when, "auto") != 0)
        stop(2, "--color is auto, always or never, not '%s'", when);
    return isatty(STDOUT_FILENO) && !(no && *no) && !(terminal && strcmp(terminal, "dumb") == 0);
}

/* The terminal's columns, or what COLUMNS says, kept within what the page can be. */
static int columns(void) {
    struct winsize w;
    const char *set = getenv("COLUMNS");
    long n = set ? strtol(set, NULL, 10) : 0;
    if (n <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0)
        n = w.ws_col;
    return n <= 0 ? 80 : n < 60 ? 60 : n > 200 ? 200 : (int)n;
}

static void *longer(void *list, size_t count, size_t size) {
    list = reallocarray(list, count + 1, size);
    if (!list)
        stop(3, "out of memory");
    return list;
}

static void add_input(struct options *o, const char *path, enum tool tool) {
    o->inputs = longer(o->inputs, o->input_count, sizeof *o->inputs);
    o->inputs[o->input_count++] = (struct input_file){path, tool};
}

static void set_core(struct options *o, const char *path) {
    if (o->core)
        stop(2, "one core at a time: %s, or %s? (--group DIR sorts many)", o->core, path);
    o->core = path;
}

static void add_look(struct options *o, const char *expression) {
    o->read.looks = longer(o->read.looks, o->read.look_count, sizeof *o->read.looks);
    o->read.looks[o->read.look_count++] = expression;
}

enum { TOOL = 256 }; /* --tsan is TOOL + TOOL_TSAN, and so on */

static const struct option longs[] = {{"exe", required_argument, NULL, 'e'},
                                      {"program", required_argument, NULL, 'e'},
                                      {"core", required_argument, NULL, 'c'},
                                      {"tsan", required_argument, NULL, TOOL + TOOL_TSAN},
                                      {"helgrind", required_argument, NULL, TOOL + TOOL_HELGRIND},
                                      {"drd", required_argument, NULL, TOOL + TOOL_DRD},
                                      {"asan", required_argument, NULL, TOOL + TOOL_ASAN},
                                      {"lsan", required_argument, NULL, TOOL + TOOL_LSAN},
                                      {"schedule", required_argument, NULL, TOOL + TOOL_EXPLORE},
                                      {"lab", required_argument, NULL, 'l'},
                                      {"look", required_argument, NULL, 'k'},
                                      {"sources", required_argument, NULL, 's'},
                                      {"gdb", required_argument, NULL, 'g'},
                                      {"save-facts", required_argument, NULL, 'S'},
                                      {"format", required_argument, NULL, 'f'},
                                      {"output", required_argument, NULL, 'o'},
                                      {"explain", no_argument, NULL, 'x'},
                                      {"findings", required_argument, NULL, 'n'},
                                      {"width", required_argument, NULL, 'w'},
                                      {"color", required_argument, NULL, 'C'},
                                      {"title", required_argument, NULL, 't'},
                                      {"continue", required_argument, NULL, 'N'},
                                      {"group", required_argument, NULL, 'G'},
                                      {"help", no_argument, NULL, 'h'},
                                      {"version", no_argument, NULL, 'v'},
                                      {0}};

static void one_option(struct options *o, int c) {
    switch (c) {
    case 'e': o->read.program = optarg; break;
    case 'c': set_core(o, optarg); break;
    case 'l': o->lab = optarg; break;
    case 'k': add_look(o, optarg); break;
    case 's': o->style.sources = optarg; break;
    case 'g': o->read.gdb = optarg; break;
    case 'S': o->read.save = optarg; break;
    case 'f': set_format(o, optarg); break;
    case 'o': o->output = optarg; break;
    case 'x': o->style.explain = true; break;
    case 'n': o->style.most = (size_t)number("--findings", optarg, 0, 100000); break;
    case 'w': o->style.width = (int)number("--width", optarg, 60, 200); break;
    case 'C': o->style.colour = want_colour(optarg); break;
    case 't': o->title = optarg; break;
    case 'N': o->style.sections = (int)number("--continue", optarg, 1, 100); break;
    case 'G': o->group = optarg; break;
    case 'h': fputs(usage, stdout); exit(0);
    case 'v': puts("walk (racelab) 1"); exit(0);
    default:
        if (c >= TOOL && c < TOOL + TOOL_COUNT) {
            add_input(o, optarg, (enum tool)(c - TOOL));
            break;
        }
        fputs("walk: see walk --help\n", stderr);
        exit(2);
    }
}

/* A file that nobody said what it is. */
static void sorted_in(struct options *o, const char *path) {
    switch (strcmp(path, "-") == 0 ? INPUT_TEXT : input_kind(path)) {
    case INPUT_CORE: set_core(o, path); break;
    case INPUT_PROGRAM: o->read.program = path; break;
    default: add_input(o, path, TOOL_COUNT); break;
    }
}

void options_parse(struct options *o, int argc, char **argv) {
    *o = (struct options){.tell = tell_text, .read.gdb = "gdb"};
    o->style = (struct style){.width = columns(), .colour = want_colour("auto"), .most = 4};
    opterr = 0;
    int c;
    while ((c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
        if (c == '?' || c == ':')
            stop(2, c == '?' ? "unknown argument '%s' (see walk --help)" : "%s needs a value",
                 argv[optind - 1]);
        one_option(o, c);
    }
    for (; optind < argc; optind++)
        sorted_in(o, argv[optind]);
    if (o->group && (o->input_count || o->core))
        stop(2, "--group takes its files from the directory, and no others");
    if (!o->group && !o->input_count && !o->core)
        stop(2, "which report or core? (see walk --help)");
}
