/*
 * elf.c - what a core's own headers say, without GDB: how long it should be, which
 * program it is of, and that one's build-id.
 *
 * A core has no section with a build-id. But the kernel saves the program's first
 * page, and says (NT_AUXV, AT_PHDR) where in memory its program headers were; they
 * lead to the note. Everything is read by offset and checked against what is there:
 * a core may be cut off anywhere, and may be no core at all.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core.h"

enum {
    ID_MAX = 64,         /* bytes of a build-id; 20 is usual */
    NOTES_MAX = 4 << 20, /* bytes of notes that are read at once */
    HEADERS_MAX = 256    /* program headers of a program */
};

void core_note(struct casefile *c, struct core *core, const char *format, ...) {
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *note = case_string(c, text);
    for (size_t i = 0; i < core->note_count; i++)
        if (core->notes[i] == note)
            return;
    if (core->note_count == CORE_NOTES)
        return;
    core->notes = pool_grown(&c->pool, core->notes, core->note_count, sizeof *core->notes);
    core->notes[core->note_count++] = note;
}

static const char *hexadecimal(struct casefile *c, const unsigned char *id, size_t length) {
    char text[2 * ID_MAX + 1];
    for (size_t i = 0; i < length; i++)
        snprintf(text + 2 * i, 3, "%02x", id[i]);
    return case_string(c, text);
}

static size_t rounded(size_t n) {
    return (n + 3) & ~(size_t)3;
}

/* The build-id among the notes in these bytes, or NULL. */
static const char *id_in_notes(struct casefile *c, const unsigned char *at, size_t length) {
    while (length >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        memcpy(&note, at, sizeof note);
        if (note.n_namesz > length || note.n_descsz > length)
            return NULL;
        size_t name = sizeof note, id = name + rounded(note.n_namesz);
        size_t next = id + rounded(note.n_descsz);
        if (id + note.n_descsz > length)
            return NULL;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(at + name, "GNU", 4) == 0
            && note.n_descsz > 0 && note.n_descsz <= ID_MAX)
            return hexadecimal(c, at + id, note.n_descsz);
        if (next >= length)
            return NULL;
        at += next;
        length -= next;
    }
    return NULL;
}

const char *program_build_id(struct casefile *c, const char *path) {
    const char *id = NULL;
    size_t count = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    elf_version(EV_CURRENT);
    Elf *elf = fd >= 0 ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
    if (elf && elf_kind(elf) == ELF_K_ELF && elf_getphdrnum(elf, &count) == 0)
        for (size_t i = 0; i < count && i < HEADERS_MAX && !id; i++) {
            GElf_Phdr header;
            if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_NOTE
                || header.p_filesz > NOTES_MAX || header.p_offset > INT64_MAX)
                continue;
            Elf_Data *data =
                elf_getdata_rawchunk(elf, (int64_t)header.p_offset, header.p_filesz, ELF_T_BYTE);
            if (data && data->d_buf)
                id = id_in_notes(c, data->d_buf, data->d_size);
        }
    elf_end(elf);
    if (fd >= 0)
        close(fd);
    return id;
}

/* --- the core ------------------------------------------------------------------ */

struct reading {
    struct casefile *c;
    struct core *core;
    Elf *elf;
    int fd;
    size_t headers;
    size_t word;   /* of the dead process, in bytes: 8 or 4 */
    uint64_t phdr; /* where the program's headers were in memory */
    uint64_t phnum, phent;
    const unsigned char *files; /* the NT_FILE note */
    size_t files_size;
    const char *command; /* NT_PRPSINFO: the command line, cut off at 80 bytes */
};

/* Bytes of the dead process's memory, when the core has them. */
static bool memory(const struct reading *r, uint64_t address, void *to, size_t length) {
    for (size_t i = 0; i < r->headers; i++) {
        GElf_Phdr p;
        if (!gelf_getphdr(r->elf, (int)i, &p) || p.p_type != PT_LOAD || address < p.p_vaddr)
            continue;
        uint64_t inside = address - p.p_vaddr;
        if (inside >= p.p_filesz || length > p.p_filesz - inside
            || p.p_offset > INT64_MAX - p.p_filesz)
            continue;
        return pread(r->fd, to, length, (off_t)(p.p_offset + inside)) == (ssize_t)length;
    }
    return false;
}

/* The n-th word of the dead process in these bytes. */
static uint64_t word_at(const struct reading *r, const unsigned char *at, uint64_t n) {
    uint64_t wide = 0;
    uint32_t narrow = 0;
    if (r->word == sizeof wide)
        memcpy(&wide, at + n * sizeof wide, sizeof wide);
    else
        memcpy(&narrow, at + n * sizeof narrow, sizeof narrow);
    return wide | narrow;
}

static void read_auxv(struct reading *r, const unsigned char *at, size_t length) {
    for (uint64_t i = 0; i + 2 <= length / r->word; i += 2) {
        uint64_t value = word_at(r, at, i + 1);
        switch (word_at(r, at, i)) {
        case AT_PHDR: r->phdr = value; break;
        case AT_PHNUM: r->phnum = value; break;
        case AT_PHENT: r->phent = value; break;
        default: break;
        }
    }
}

/* elf_prpsinfo of Linux: the command line is its last 80 bytes. */
static void read_command(struct reading *r, const unsigned char *at, size_t length) {
    enum { PSINFO = 136, PSINFO_32 = 124, ARGS_SIZE = 80 };
    if (length < (r->word == 8 ? PSINFO : PSINFO_32))
        return;
    at += (r->word == 8 ? PSINFO : PSINFO_32) - ARGS_SIZE;
    size_t end = strnlen((const char *)at, ARGS_SIZE);
    char text[ARGS_SIZE + 1];
    memcpy(text, at, end);
    text[end] = '\0';
    text[strcspn(text, " ")] = '\0';
    if (*text)
        r->command = case_string(r->c, text);
}

static void read_notes(struct reading *r, Elf_Data *data) {
    size_t at = 0, next, name, content;
    GElf_Nhdr note;
    while ((next = gelf_getnote(data, at, &note, &name, &content)) > 0) {
        const unsigned char *bytes = (const unsigned char *)data->d_buf + content;
        if (note.n_type == NT_AUXV)
            read_auxv(r, bytes, note.n_descsz);
        else if (note.n_type == NT_PRPSINFO)
            read_command(r, bytes, note.n_descsz);
        else if (note.n_type == NT_FILE) {
            r->files = bytes;
            r->files_size = note.n_descsz;
        }
        at = next;
    }
}

/* The file that was mapped at an address. NT_FILE: a count, the page size, so many
 * triples (start, end, offset), then so many names. */
static const char *file_at(const struct reading *r, uint64_t address) {
    size_t head = 2 * r->word, range = 3 * r->word;
    uint64_t count = r->files_size >= head ? word_at(r, r->files, 0) : 0;
    if (!count || count > (r->files_size - head) / range)
        return NULL;
    const char *name = (const char *)r->files + head + count * range;
    const char *end = (const char *)r->files + r->files_size;
    for (uint64_t i = 0; i < count && name < end; i++) {
        size_t length = strnlen(name, (size_t)(end - name));
        if (address >= word_at(r, r->files, 2 + 3 * i) && address < word_at(r, r->files, 3 + 3 * i))
            return pool_string(&r->c->pool, name, length);
        name += length + 1;
    }
    return NULL;
}

/* A program header as it was in memory, of either width. */
static bool header_at(const struct reading *r, uint64_t i, GElf_Phdr *p) {
    Elf32_Phdr narrow;
    if (r->word == 8)
        return memory(r, r->phdr + i * sizeof *p, p, sizeof *p);
    if (!memory(r, r->phdr + i * sizeof narrow, &narrow, sizeof narrow))
        return false;
    *p = (GElf_Phdr){.p_type = narrow.p_type,
                     .p_offset = narrow.p_offset,
                     .p_vaddr = narrow.p_vaddr,
                     .p_memsz = narrow.p_memsz};
    return true;
}

/* The build-id, from the program's headers as they were in memory. */
static const char *id_in_memory(const struct reading *r) {
    uint64_t bias = 0, notes[2 * 8];
    size_t found = 0;
    bool known = false;
    size_t elf_header = r->word == 8 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    if (!r->phdr || r->phent != (r->word == 8 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr))
        || r->phnum > HEADERS_MAX)
        return NULL;
    for (uint64_t i = 0; i < r->phnum; i++) {
        GElf_Phdr p;
        if (!header_at(r, i, &p))
            return NULL;
        /* a static PIE has no PT_PHDR; its headers lie behind the ELF header, where the
         * file's first byte is */
        if (p.p_type == PT_PHDR || (p.p_type == PT_LOAD && p.p_offset == 0 && !known)) {
            bias = r->phdr - p.p_vaddr - (p.p_type == PT_PHDR ? 0 : elf_header);
            known = true;
        } else if (p.p_type == PT_NOTE && found < 8) {
            notes[2 * found] = p.p_vaddr;
            notes[2 * found++ + 1] = p.p_memsz;
        }
    }
    for (size_t i = 0; i < found; i++) {
        unsigned char bytes[4096];
        uint64_t length = notes[2 * i + 1] < sizeof bytes ? notes[2 * i + 1] : sizeof bytes;
        const char *id = NULL;
        if (memory(r, notes[2 * i] + bias, bytes, length))
            id = id_in_notes(r->c, bytes, length);
        if (id)
            return id;
    }
    return NULL;
}

static void read_headers(struct reading *r) {
    struct stat status;
    r->word = gelf_getclass(r->elf) == ELFCLASS64 ? 8 : 4;
    if (fstat(r->fd, &status) == 0 && status.st_size > 0)
        r->core->have = (uint64_t)status.st_size;
    for (size_t i = 0; i < r->headers; i++) {
        GElf_Phdr p;
        if (!gelf_getphdr(r->elf, (int)i, &p) || p.p_filesz > UINT64_MAX - p.p_offset)
            continue;
        if (p.p_offset + p.p_filesz > r->core->want)
            r->core->want = p.p_offset + p.p_filesz;
        if (p.p_type != PT_NOTE || p.p_filesz > NOTES_MAX || p.p_offset > INT64_MAX)
            continue;
        Elf_Data *data = elf_getdata_rawchunk(r->elf, (int64_t)p.p_offset, p.p_filesz, ELF_T_NHDR);
        if (data && data->d_buf)
            read_notes(r, data);
    }
    r->core->core_id = id_in_memory(r);
    r->core->program = r->phdr ? file_at(r, r->phdr) : NULL;
    if (!r->core->program)
        r->core->program = r->command;
}

void read_core_headers(struct casefile *c, struct core *core, const char *program) {
    struct reading r = {.c = c, .core = core, .fd = open(core->path, O_RDONLY | O_CLOEXEC)};
    elf_version(EV_CURRENT);
    r.elf = r.fd >= 0 ? elf_begin(r.fd, ELF_C_READ, NULL) : NULL;
    if (r.elf && elf_kind(r.elf) == ELF_K_ELF && elf_getphdrnum(r.elf, &r.headers) == 0)
        read_headers(&r);
    elf_end(r.elf);
    if (r.fd >= 0)
        close(r.fd);
    if (program)
        core->program = pool_copy(&c->pool, program);
    if (core->program)
        core->program_id = program_build_id(c, core->program);
    if (core->program_id && core->core_id)
        core->fit = strcmp(core->program_id, core->core_id) == 0 ? FIT_YES : FIT_NO;
}
