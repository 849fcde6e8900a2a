/* valgrind_object.c - see valgrind_object.h. */
#include "valgrind_object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void valgrind_object_of_headline(struct vg_report *r) {
    static const char *const things[] = {
        "mutex 0x",
        "rwlock 0x",
        "spinlock 0x",
        "cond 0x",
        "condition variable 0x",
        "semaphore 0x",
        "barrier 0x",
        "not-locked lock at 0x",
        "invalid lock at 0x",
        "lock at 0x",
        "address 0x",
    };
    static const char *const names[] = {
        "mutex",
        "rwlock",
        "spinlock",
        "condition variable",
        "condition variable",
        "semaphore",
        "barrier",
        "lock",
        "lock",
        "lock",
        "object",
    };
    if (r->f.kind == KIND_RACE || r->f.kind == KIND_LOCK_ORDER || r->f.kind == KIND_DEADLY_SIGNAL)
        return;
    const char *first = NULL;
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        const char *at = strstr(r->f.headline, things[i]);
        if (!at || (first && at >= first))
            continue;
        first = at;
        r->f.object.address = strtoull(at + strlen(things[i]) - 2, NULL, 16);
        r->f.object.what =
            pool_print(&r->pool, "%s 0x%llx", names[i], (unsigned long long)r->f.object.address);
    }
}

/* --- locks ------------------------------------------------------------------------------- */

void valgrind_lock_described(struct vg_report *r, const char *sentence) {
    r->lock = valgrind_number(sentence, "0x", 16);
    if (!r->open || r->f.kind == KIND_RACE || r->f.object.stack.count)
        return;
    r->target = &r->f.object.stack;
    if (!r->f.object.address)
        r->f.object.address = r->lock;
}

static struct vg_lock *lock_named(struct vg_report *r, unsigned long address) {
    for (size_t i = 0; i < VG_LOCKS_NAMED; i++)
        if (r->locks[i].name[0] && r->locks[i].address == address)
            return &r->locks[i];
    return NULL;
}

static void name_lock(struct vg_report *r, unsigned long address, struct span variable) {
    struct vg_lock *l = lock_named(r, address);
    if (!l) {
        l = &r->locks[r->lock_next];
        r->lock_next = (r->lock_next + 1) % VG_LOCKS_NAMED;
    }
    if (variable.length >= sizeof l->name)
        variable.length = sizeof l->name - 1;
    l->address = address;
    memcpy(l->name, variable.at, variable.length);
    l->name[variable.length] = '\0';
}

/* --- what an address is part of ----------------------------------------------------------- */

/* "… inside global var "table"", "… inside data symbol "table"", "… inside table[3].x," */
static struct span variable_in(const char *s) {
    const char *inside = strstr(s, " inside ");
    const char *quote = inside ? strchr(inside, '"') : NULL;
    if (quote) {
        const char *end = strchr(quote + 1, '"');
        return (struct span){quote + 1, end ? (size_t)(end - quote - 1) : 0};
    }
    if (strncmp(s, "Location 0x", 11) != 0 || !inside)
        return (struct span){0};
    return (struct span){inside + 8, strcspn(inside + 8, ",")};
}

static void variable(struct vg_report *r, const char *s, struct span name) {
    unsigned long address = valgrind_number(s, " 0x", 16), offset = valgrind_number(s, " is ", 10);
    if (r->lock) {
        if (r->lock == address && offset == 0)
            name_lock(r, address, name);
        return;
    }
    const char *what = strstr(s, "local var") ? "local variable" : "global";
    r->f.object.what = pool_print(&r->pool, "%s '%.*s'", what, (int)name.length, name.at);
    r->f.object.address = address - offset;
}

/* "Address 0x4a4b048 is 8 bytes inside a block of size 16 alloc'd", or "before", "after" */
static void heap_block(struct vg_report *r, const char *s, const char *block) {
    struct object *o = &r->f.object;
    unsigned long offset = valgrind_number(s, " is ", 10);
    o->size = strtoull(block + strlen(" a block of size "), NULL, 10);
    o->address = valgrind_number(s, " 0x", 16);
    const char *freed = strstr(block, "free'd") ? "freed " : "";
    if (strstr(s, " inside a block")) {
        o->address -= offset;
        o->what =
            pool_print(&r->pool, "%sheap block of size %llu", freed, (unsigned long long)o->size);
    } else
        o->what = pool_print(&r->pool, "%lu bytes %s a %sheap block of size %llu", offset,
                             strstr(s, " before ") ? "before" : "after", freed,
                             (unsigned long long)o->size);
    r->target = &o->stack;
}

/* "Allocation context: BSS section of program"; "… is at offset 8 from 0x4a6c030." */
static void allocation(struct vg_report *r, const char *s) {
    const char *context = strstr(s, "Allocation context: "), *offset = strstr(s, " from 0x");
    if (offset) {
        r->f.object.address = strtoull(offset + 6, NULL, 16);
        r->f.object.what = "heap block";
        r->target = &r->f.object.stack;
    } else if (context && strncmp(context + 20, "unknown", 7) != 0)
        r->f.object.what = pool_copy(&r->pool, context + 20);
}

void valgrind_object_described(struct vg_report *r, const char *s) {
    struct span name = variable_in(s);
    if (name.length && (r->open || r->lock)) {
        variable(r, s, name);
        return;
    }
    if (r->lock || !r->open || r->f.object.stack.count)
        return;
    const char *block = strstr(s, " a block of size "), *is = strstr(s, " is ");
    const char *stack = strstr(s, " on thread #");
    if (block)
        heap_block(r, s, block);
    else if (strstr(s, "llocation context") || strstr(s, " is at offset "))
        allocation(r, s);
    else if (stack)
        r->f.object.what =
            pool_print(&r->pool, "stack of thread #%lu", valgrind_number(stack, "#", 10));
    else if (is && !strstr(s, " is not stack'd"))
        r->f.object.what = pool_copy(&r->pool, is + 4 + (strncmp(is + 4, "in ", 3) == 0) * 3);
    if (!r->f.object.address && r->f.object.what)
        r->f.object.address = valgrind_number(s, " 0x", 16);
}

/* "in frame #1, created by f (file.c:7)", "declared at file.c:7, in frame #0 of thread 1" */
void valgrind_object_more(struct vg_report *r, const char *s) {
    if (r->lock || !r->f.object.what || strlen(r->f.object.what) > VG_SENTENCE_MOST)
        return;
    const char *by = strstr(s, ", created by ");
    if (by)
        r->f.object.what = pool_print(&r->pool, "%s, in %s", r->f.object.what, by + 13);
    else if (strncmp(s, "declared at ", 12) == 0)
        r->f.object.what = pool_print(&r->pool, "%s, %s", r->f.object.what, s);
}

/* --- at the end ------------------------------------------------------------------------------ */

static const char *named(struct vg_report *r, const char *address) {
    struct vg_lock *l = address ? lock_named(r, strtoul(address, NULL, 16)) : NULL;
    return l ? pool_copy(&r->pool, l->name) : address;
}

void valgrind_object_finish(struct vg_report *r) {
    struct object *o = &r->f.object;
    for (size_t i = 0; i < r->f.site_count; i++)
        for (size_t l = 0; l < r->f.sites[i].lock_count; l++)
            r->f.sites[i].locks[l].name = named(r, r->f.sites[i].locks[l].name);
    if (r->f.kind == KIND_LOCK_ORDER) {
        char first[32] = "", second[32] = "";
        unsigned long a = valgrind_number(r->f.headline, "order \"", 16);
        unsigned long b = valgrind_number(r->f.headline, "before ", 16);
        snprintf(first, sizeof first, "0x%lx", a);
        snprintf(second, sizeof second, "0x%lx", b);
        o->what = pool_print(&r->pool, "locks %s and %s", named(r, first), named(r, second));
        o->address = a;
        return;
    }
    struct vg_lock *l = r->f.kind == KIND_RACE ? NULL : lock_named(r, o->address);
    if (l && o->what)
        o->what = pool_print(&r->pool, "%.*s '%s'", (int)strcspn(o->what, " "), o->what, l->name);
}
