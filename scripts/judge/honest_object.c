/*
 * honest_object.c - what a compiled repair calls, what it defines, and what of it would
 * run before main. See honesty.h.
 *
 * The list says what a map has use for; what is not on it is refused, by the reason it
 * is known for, or as unknown. So nothing that starts processes, writes files or ends
 * the program is run at all.
 */
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "honesty.h"

/* --- what is known of names; a name ends with * : begins so; the first that fits counts  */

static const char SLEEPS[] =
    "A pause makes the bad moment rare and leaves it there. Nothing in it "
    "makes one thread wait for another.";
static const char ENDS[] =
    "A map that ends the program takes its failure with it. What is wrong "
    "has to show where the lab looks for it.";
static const char SIGNALS[] =
    "Signals and jumps are a way to survive a crash, and not to repair it.";
static const char PROCESSES[] = "A map has no business with other processes.";
static const char FILES[] = "A map has no business with files or the network.";
static const char SMELLS[] = "What the map does must not depend on where it runs.";
static const char LOADER[] = "It could call anything by a name that nobody can read here.";

static const struct known {
    const char *name;
    const char *why; /* NULL: it is welcome */
} table[] = {
    /* not welcome, though a rule below would let it in */
    {"pthread_yield", SLEEPS},
    {"thrd_sleep", SLEEPS},
    {"thrd_yield", SLEEPS},
    {"pthread_kill", SIGNALS},
    {"pthread_sigmask", SIGNALS},
    {"pthread_exit", ENDS},
    {"thrd_exit", ENDS},
    {"pthread_cancel", ENDS},
    {"pthread_atfork", PROCESSES},
    {"pthread_setaffinity_np", SMELLS},
    {"pthread_attr_setaffinity_np", SMELLS},
    {"pthread_setschedparam", SMELLS},
    {"pthread_setschedprio", SMELLS},
    {"team_run", ENDS},
    {"team_fatal", NULL},
    {"team_panic", NULL},
    /* the lab's own, threads, atomics, memory, text */
    {"hmap_*", NULL},
    {"team_*", NULL},
    {"pthread_*", NULL},
    {"__pthread_*", NULL},
    {"sem_open", FILES},
    {"sem_*", NULL},
    {"mtx_*", NULL},
    {"cnd_*", NULL},
    {"tss_*", NULL},
    {"thrd_*", NULL},
    {"call_once", NULL},
    {"__atomic_*", NULL},
    {"atomic_*", NULL},
    {"malloc", NULL},
    {"calloc", NULL},
    {"realloc", NULL},
    {"reallocarray", NULL},
    {"free", NULL},
    {"aligned_alloc", NULL},
    {"posix_memalign", NULL},
    {"malloc_usable_size", NULL},
    {"mem*", NULL},
    {"__mem*", NULL},
    {"str*", NULL},
    {"__str*", NULL},
    {"__isoc99_str*", NULL},
    {"__isoc23_str*", NULL},
    {"is*", NULL},
    {"to*", NULL},
    {"__ctype_*", NULL},
    {"qsort*", NULL},
    {"bsearch", NULL},
    {"abs", NULL},
    {"labs", NULL},
    {"llabs", NULL},
    {"rand*", NULL},
    {"srand*", NULL},
    {"snprintf", NULL},
    {"vsnprintf", NULL},
    {"sscanf", NULL},
    {"__snprintf_chk", NULL},
    {"__vsnprintf_chk", NULL},
    {"asprintf", NULL},
    {"sprintf", NULL},
    {"clock_gettime", NULL},
    {"time", NULL},
    {"gettid", NULL},
    /* what one adds to find out what happens */
    {"printf", NULL},
    {"fprintf", NULL},
    {"puts", NULL},
    {"putchar", NULL},
    {"fputs", NULL},
    {"fputc", NULL},
    {"putc", NULL},
    {"perror", NULL},
    {"fflush", NULL},
    {"fwrite", NULL},
    {"stdout", NULL},
    {"stderr", NULL},
    {"__printf_chk", NULL},
    {"__fprintf_chk", NULL},
    {"__assert_fail", NULL},
    {"__errno_location", NULL},
    {"__stack_chk_fail", NULL},
    {"_GLOBAL_OFFSET_TABLE_", NULL},
    {"__tls_get_addr", NULL},
    /* not welcome, and known for it */
    {"sleep", SLEEPS},
    {"usleep", SLEEPS},
    {"nanosleep", SLEEPS},
    {"clock_nanosleep", SLEEPS},
    {"sched_yield", SLEEPS},
    {"select", SLEEPS},
    {"pselect", SLEEPS},
    {"poll", SLEEPS},
    {"ppoll", SLEEPS},
    {"epoll_*", SLEEPS},
    {"pause", SLEEPS},
    {"sigwait*", SLEEPS},
    {"sigtimedwait", SLEEPS},
    {"sched_*", SMELLS},
    {"exit", ENDS},
    {"_exit", ENDS},
    {"_Exit", ENDS},
    {"quick_exit", ENDS},
    {"abort", ENDS},
    {"atexit", ENDS},
    {"at_quick_exit", ENDS},
    {"on_exit", ENDS},
    {"__cxa_atexit", ENDS},
    {"err*", ENDS},
    {"error*", ENDS},
    {"signal", SIGNALS},
    {"sig*", SIGNALS},
    {"__sig*", SIGNALS},
    {"_setjmp", SIGNALS},
    {"setjmp", SIGNALS},
    {"longjmp", SIGNALS},
    {"__longjmp_chk", SIGNALS},
    {"siglongjmp", SIGNALS},
    {"raise", ENDS},
    {"kill", PROCESSES},
    {"killpg", PROCESSES},
    {"tgkill", PROCESSES},
    {"alarm", SIGNALS},
    {"setitimer", SIGNALS},
    {"timer_*", SIGNALS},
    {"fork", PROCESSES},
    {"vfork", PROCESSES},
    {"_Fork", PROCESSES},
    {"clone*", PROCESSES},
    {"exec*", PROCESSES},
    {"posix_spawn*", PROCESSES},
    {"system", PROCESSES},
    {"popen", PROCESSES},
    {"wait*", PROCESSES},
    {"getppid", PROCESSES},
    {"setsid", PROCESSES},
    {"setpgid", PROCESSES},
    {"ptrace", PROCESSES},
    {"prctl", PROCESSES},
    {"syscall", PROCESSES},
    {"daemon", PROCESSES},
    {"setrlimit", SMELLS},
    {"getenv", SMELLS},
    {"secure_getenv", SMELLS},
    {"setenv", SMELLS},
    {"putenv", SMELLS},
    {"environ", SMELLS},
    {"__environ", SMELLS},
    {"getpid", SMELLS},
    {"open*", FILES},
    {"fopen*", FILES},
    {"creat*", FILES},
    {"freopen*", FILES},
    {"write", FILES},
    {"pwrite*", FILES},
    {"read", FILES},
    {"close", FILES},
    {"dup*", FILES},
    {"tmpfile*", FILES},
    {"mkstemp*", FILES},
    {"unlink*", FILES},
    {"remove", FILES},
    {"rename*", FILES},
    {"socket*", FILES},
    {"fcntl*", FILES},
    {"ioctl", FILES},
    {"mmap*", FILES},
    {"shm_*", FILES},
    {"pipe*", FILES},
    {"setvbuf", FILES},
    {"fclose", FILES},
    {"dlopen", LOADER},
    {"dlsym", LOADER},
    {"dlvsym", LOADER},
};

static const struct known *known(const char *name) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t n = strlen(table[i].name);
        bool family = table[i].name[n - 1] == '*';
        if (family ? strncmp(table[i].name, name, n - 1) == 0 : strcmp(table[i].name, name) == 0)
            return &table[i];
    }
    return NULL;
}

/* --- symbols -------------------------------------------------------------------------- */

/* Where it stands in the text; nowhere if a header's macro or the compiler put it there. */
static const struct token *place_of(const struct tokens *t, const char *name) {
    static const struct token nowhere;
    for (size_t i = 0; i < t->count; i++)
        if (t->list[i].kind == TOKEN_NAME && token_is(t, i, name))
            return &t->list[i];
    return &nowhere;
}

static void symbol(const struct tokens *t, const GElf_Sym *s, const char *name,
                   struct objections *o) {
    const struct known *k = known(name);
    const struct token *at = place_of(t, name);
    char what[80];
    if (!*name || GELF_ST_BIND(s->st_info) == STB_LOCAL)
        return;
    if (GELF_ST_TYPE(s->st_info) == STT_GNU_IFUNC) {
        snprintf(what, sizeof what, "lets %s be chosen at start", name);
        object(o, at->line, at->column, what, "What is judged has to be what will run.");
    } else if (s->st_shndx != SHN_UNDEF) {
        if (!k)
            return;
        snprintf(what, sizeof what, "replaces %s", name);
        object(o, at->line, at->column, what,
               "There is a %s already, and everybody else relies on what it does. If it is a "
               "helper of yours, make it static or give it another name.",
               name);
    } else if (!k) {
        if (strncmp(name, "map_", 4) == 0)
            return; /* its own, and missing: the linker says that */
        snprintf(what, sizeof what, "calls %s", name);
        object(o, at->line, at->column, what,
               "The judge does not know it, so it does not run it. A map needs locks, atomics, "
               "memory and the hmap.");
    } else if (k->why) {
        snprintf(what, sizeof what, "calls %s", name);
        object(o, at->line, at->column, what, "%s", k->why);
    }
}

static void section(Elf *elf, size_t names, Elf_Scn *scn, const struct tokens *t,
                    struct objections *o) {
    GElf_Shdr h;
    if (!gelf_getshdr(scn, &h))
        return;
    const char *name = elf_strptr(elf, names, h.sh_name);
    bool early =
        h.sh_type == SHT_INIT_ARRAY || h.sh_type == SHT_FINI_ARRAY || h.sh_type == SHT_PREINIT_ARRAY
        || (name && strncmp(name, ".ctors", 6) == 0)
        || (name && strncmp(name, ".init", 5) == 0 && strncmp(name, ".init_array", 11) != 0);
    if (early && h.sh_size)
        object(
            o, 0, 0, "runs before main",
            "Something in it runs before main or after it, where no check of the lab can see it.");
    if (h.sh_type != SHT_SYMTAB)
        return;
    Elf_Data *data = elf_getdata(scn, NULL);
    for (int i = 0; data && h.sh_entsize && (size_t)i < h.sh_size / h.sh_entsize; i++) {
        GElf_Sym s;
        if (gelf_getsym(data, i, &s)) {
            const char *called = elf_strptr(elf, h.sh_link, s.st_name);
            symbol(t, &s, called ? called : "", o);
        }
    }
}

void look_at_object(const struct trial *trial, const struct tokens *t, struct objections *o) {
    char path[512];
    snprintf(path, sizeof path, "build/plain/%s/map.o", trial->built);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    elf_version(EV_CURRENT);
    Elf *elf = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
    size_t names = 0;
    if (elf && elf_getshdrstrndx(elf, &names) == 0)
        for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));)
            section(elf, names, scn, t, o);
    else
        object(o, 0, 0, "cannot be read", "%s is no object file.", path);
    elf_end(elf);
    if (fd >= 0)
        close(fd);
}
