/* blame.c - see blame.h. */
#include "blame.h"

#include <string.h>

static bool starts(const char *s, const char *prefix) {
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool listed(const char *const *list, const char *s, size_t length) {
    for (; *list; list++)
        if (strlen(*list) == length && memcmp(*list, s, length) == 0)
            return true;
    return false;
}

/* Is it in one of the folders of glibc's sources, seen from its own root? *sure: by a
 * name that only glibc's own build gives (./nptl/x.c, ../sysdeps/x.c, nptl/./nptl/x.c);
 * a program may have an io/file.c, too. */
static bool glibc_file(const char *file, bool *sure) {
    static const char *const folders[] = {"nptl",   "misc",         "string",  "malloc", "csu",
                                          "io",     "sysdeps",      "stdlib",  "libio",  "time",
                                          "signal", "posix",        "assert",  "elf",    "setjmp",
                                          "debug",  "stdio-common", "dlfcn",   "socket", "math",
                                          "inet",   "wcsmbs",       "termios", "resolv", NULL};
    const char *at = file;
    while (starts(at, "./") || starts(at, "../"))
        at = strchr(at, '/') + 1;
    const char *slash = strchr(at, '/');
    *sure = at > file || (slash && (starts(slash, "/./") || starts(slash, "/../")));
    return slash && listed(folders, at, (size_t)(slash - at));
}

static bool system_file(const char *file) {
    static const char *const parts[] = {"/libsanitizer/",
                                        "/compiler-rt/",
                                        "/libstdc++-v3/",
                                        "/libgcc/",
                                        "vg_replace_",
                                        "hg_intercepts.c",
                                        "drd_pthread_intercepts",
                                        "drd_libstdcxx",
                                        "/glibc-",
                                        "scripts/explore/rt/",
                                        NULL};
    if (starts(file, "/usr/"))
        return true;
    for (const char *const *p = parts; *p; p++)
        if (strstr(file, *p))
            return true;
    return false;
}

/* What a detector puts in the place of the C library's own, and what starts threads:
 * clang links them into the program, where only their names tell. */
static bool runtime_function(const char *f) {
    static const char *const names[] = {
        "memset",        "memcpy",    "memmove",   "memcmp",   "memchr",
        "strlen",        "strnlen",   "strcmp",    "strncmp",  "strcpy",
        "strncpy",       "strcat",    "strncat",   "strdup",   "strndup",
        "strchr",        "strrchr",   "strstr",    "strtol",   "malloc",
        "calloc",        "realloc",   "free",      "memalign", "valloc",
        "printf",        "fprintf",   "sprintf",   "snprintf", "vprintf",
        "vfprintf",      "vsnprintf", "puts",      "putchar",  "fputs",
        "fwrite",        "fread",     "read",      "write",    "open",
        "close",         "raise",     "abort",     "exit",     "kill",
        "sleep",         "usleep",    "nanosleep", "clone",    "clone3",
        "start_thread",  "_start",    "sem_wait",  "sem_post", "posix_memalign",
        "aligned_alloc", "gsignal",   "sigaction", "signal",   "pause",
        "_fini",         "_init",     NULL};
    return starts(f, "__") || starts(f, "pthread_") || starts(f, "operator new")
           || starts(f, "operator delete") || starts(f, "std::") || starts(f, "_dl_")
           || starts(f, "???") || starts(f, "<") || listed(names, f, strlen(f));
}

static bool library(const char *module) {
    const char *name = strrchr(module, '/');
    name = name ? name + 1 : module;
    return strstr(name, ".so") || starts(name, "ld-") || starts(name, "vgpreload")
           || starts(name, "[vdso") || strstr(module, "/valgrind/");
}

bool frame_own(const struct frame *f) {
    bool sure;
    if (f->file && glibc_file(f->file, &sure))
        return !sure && !(f->module && library(f->module))
               && !(f->function && runtime_function(f->function));
    if (f->file)
        return !system_file(f->file);
    return f->module && f->function && !library(f->module) && !runtime_function(f->function);
}

/* What follows "labs/common/" in a path of the labs' common room, or NULL. */
static const char *in_common_room(const char *file) {
    const char *at = file ? strstr(file, "labs/common/") : NULL;
    return at && (at == file || at[-1] == '/') ? at + strlen("labs/common/") : NULL;
}

bool frame_blamable(const struct frame *f) {
    if (!frame_own(f))
        return false;
    return !in_common_room(f->file) || (f->function && starts(f->function, "hmap_"));
}

void stack_blame(struct stack *s) {
    s->blamed = -1;
    for (size_t i = 0; i < s->count; i++) {
        s->frames[i].own = frame_own(&s->frames[i]);
        if (s->blamed < 0 && s->frames[i].own && frame_blamable(&s->frames[i]))
            s->blamed = (int)i;
    }
}

const struct frame *stack_blamed(const struct stack *s) {
    return s->blamed >= 0 && (size_t)s->blamed < s->count ? &s->frames[s->blamed] : NULL;
}

const char *stack_blamed_name(const struct stack *s) {
    const struct frame *f = stack_blamed(s);
    return f && f->function ? f->function : "?";
}

bool frame_shown(const struct frame *f) {
    const char *common = in_common_room(f->file);
    return f->own && !(common && starts(common, "team"));
}
