/*
 * symbols.c - see symbols.h.
 */
#include "symbols.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../walk/blame.h"
#include "../../walk/tell/tell.h"
#include "memory.h"
#include "qualified.h"

static Dwfl *session;
static char *opened; /* which program, at which bias */
static uint64_t opened_at;

/* symbols_harness() is asked for each of a million events, of a few places. */
static struct asked {
    uint64_t pc;
    bool harness;
} asked[1024];

void symbols_open(const char *program, uint64_t load_bias) {
    static char *no_path;
    static const Dwfl_Callbacks callbacks = {.find_elf = dwfl_build_id_find_elf,
                                             .find_debuginfo = dwfl_standard_find_debuginfo,
                                             .section_address = dwfl_offline_section_address,
                                             .debuginfo_path = &no_path};
    if (opened && strcmp(opened, program) == 0 && opened_at == load_bias)
        return;
    symbols_close();
    opened = strdup(program);
    opened_at = load_bias;
    session = dwfl_begin(&callbacks);
    if (!session)
        return;
    dwfl_report_begin(session);
    dwfl_report_elf(session, program, program, -1, load_bias, true);
    dwfl_report_end(session, NULL, NULL);
}

void symbols_close(void) {
    memory_close();
    if (session)
        dwfl_end(session);
    session = NULL;
    free(opened);
    opened = NULL;
    qualified_close();
    memset(asked, 0, sizeof asked);
}

/* Relative to the project, as the compiler was told (-fdebug-prefix-map). */
static const char *relative_path(const char *file) {
    return file ? short_path(file) : "";
}

static int inlined_places(Dwarf_Die *cu, Dwarf_Addr address, struct place *to, int most) {
    Dwarf_Die *scopes = NULL;
    int count = dwarf_getscopes(cu, address, &scopes), n = 0;
    if (count > 0) { /* whom the innermost is inlined in, and not where it is declared */
        Dwarf_Die innermost = scopes[0];
        free(scopes);
        scopes = NULL;
        count = dwarf_getscopes_die(&innermost, &scopes);
    }
    for (int i = 0; i < count && n < most; i++) {
        int tag = dwarf_tag(&scopes[i]);
        if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
            continue;
        to[n].function = qualified(&scopes[i]);
        n++;
        if (tag == DW_TAG_subprogram)
            break;
        Dwarf_Attribute attribute;
        Dwarf_Word word = 0;
        if (n < most && dwarf_attr(&scopes[i], DW_AT_call_line, &attribute)
            && dwarf_formudata(&attribute, &word) == 0)
            to[n].line = (int)word;
        Dwarf_Files *files;
        if (n < most && dwarf_attr(&scopes[i], DW_AT_call_file, &attribute)
            && dwarf_formudata(&attribute, &word) == 0 && dwarf_getsrcfiles(cu, &files, NULL) == 0)
            to[n].file = relative_path(dwarf_filesrc(files, word, NULL, NULL));
    }
    free(scopes);
    return n;
}

/* clang writes no table of which unit an address is of: then each is asked. */
Dwarf_Die *symbols_unit(uint64_t pc, Dwarf_Addr *bias) {
    Dwfl_Module *module = session && pc ? dwfl_addrmodule(session, pc - 1) : NULL;
    Dwarf_Die *cu = module ? dwfl_module_addrdie(module, pc - 1, bias) : NULL;
    for (Dwarf_Die *next = NULL; module && !cu && (next = dwfl_module_nextcu(module, next, bias));)
        if (dwarf_haspc(next, pc - 1 - *bias) == 1)
            cu = next;
    return cu;
}

Dwarf_Die *symbols_next_unit(Dwarf_Die *unit, Dwarf_Addr *bias) {
    return session ? dwfl_nextcu(session, unit, bias) : NULL;
}

int symbols_places(uint64_t pc, struct place *to, int most) {
    memset(to, 0, sizeof *to * (size_t)most);
    for (int i = 0; i < most; i++)
        to[i].function = "?", to[i].file = "";
    Dwfl_Module *module = session && pc ? dwfl_addrmodule(session, pc - 1) : NULL;
    if (!module)
        return pc ? 1 : 0;
    Dwarf_Addr bias;
    Dwarf_Die *cu = symbols_unit(pc, &bias);
    int n = cu ? inlined_places(cu, pc - 1 - bias, to, most) : 0;
    Dwarf_Line *line = cu ? dwarf_getsrc_die(cu, pc - 1 - bias) : NULL;
    if (line) {
        to[0].file = relative_path(dwarf_linesrc(line, NULL, NULL));
        dwarf_lineno(line, &to[0].line);
    }
    if (strstr(to[0].file, "scripts/explore/rt/")) { /* where threads begin: nobody's story */
        to[0] = (struct place){"?", "", 0};
        return 0;
    }
    if (!n) {
        const char *name = dwfl_module_addrname(module, pc - 1);
        to[0].function = name ? name : "?";
        n = 1;
    }
    return n;
}

static bool harness(uint64_t pc) {
    struct place places[8];
    int n = symbols_places(pc, places, 8);
    struct frame f = {.function = places[0].function, .file = places[0].file};
    f.own = n > 0 && *f.file && frame_own(&f);
    return f.own && !frame_shown(&f);
}

bool symbols_harness(uint64_t pc) {
    struct asked *a = &asked[pc % (sizeof asked / sizeof *asked)];
    if (!pc || a->pc != pc)
        *a = (struct asked){pc, harness(pc)};
    return a->harness;
}

const char *symbols_blame(const struct channel *trace, const struct event *e) {
    struct frame frames[32] = {0};
    struct place places[8];
    struct stack stack = {.frames = frames};
    for (int i = -1; e && i < (int)e->depth && stack.count < 24; i++) {
        uint64_t pc = i < 0 ? e->pc : trace->stacks[e->stack + (uint32_t)i];
        int n = symbols_places(pc, places, 8);
        for (int k = 0; k < n; k++, stack.count++) {
            frames[stack.count].function = places[k].function;
            bool outside = !*places[k].file && strcmp(places[k].function, "?") == 0;
            frames[stack.count].file = outside           ? NULL
                                       : *places[k].file ? places[k].file
                                                         : "program.c";
            frames[stack.count].line = places[k].line;
        }
    }
    stack_blame(&stack);
    return stack_blamed_name(&stack);
}

const struct event *event_at(const struct channel *trace, uint32_t step) {
    const struct event *found = NULL;
    for (uint32_t i = 0; i < trace->event_count && trace->events[i].step <= step; i++)
        if (trace->events[i].step == step)
            found = &trace->events[i];
    return found;
}

bool symbols_object(uint64_t address, char *to, size_t room) {
    Dwfl_Module *module = session ? dwfl_addrmodule(session, address) : NULL;
    GElf_Off offset = 0;
    GElf_Sym symbol;
    const char *name =
        module ? dwfl_module_addrinfo(module, address, &offset, &symbol, NULL, NULL, NULL) : NULL;
    if (name && offset)
        snprintf(to, room, "%s+%llu", name, (unsigned long long)offset);
    else if (name)
        snprintf(to, room, "%s", name);
    return name != NULL;
}
