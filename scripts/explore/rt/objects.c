/*
 * objects.c - the table of objects that threads synchronise by: open addressing, by
 * address; an entry of an older generation (an earlier schedule) is an empty one.
 */
#include "rt.h"

enum { OBJECTS = 1 << 15, OBJECTS_FULL = OBJECTS - OBJECTS / 8 };

static struct object table[OBJECTS];
static u32 used, used_in; /* entries of this generation; which it is */

static u32 slot_of(uptr address) {
    return (u32)(((address >> 2) * 0x9E3779B97F4A7C15u) >> 49);
}

struct object *object_known(const void *address) {
    for (u32 i = slot_of((uptr)address);; i = (i + 1) % OBJECTS) {
        struct object *o = &table[i];
        if (o->generation != rt.generation)
            return NULL;
        if (o->address == (uptr)address && !o->second)
            return o;
    }
}

static void make(struct object *o, uptr address, bool second, enum object_type type) {
    if (used_in != rt.generation) {
        used_in = rt.generation;
        used = 0;
    }
    if (++used > OBJECTS_FULL) {
        used = 0;
        rt.generation++; /* forgets all: this schedule's orders are lost */
        note(NOTE_NOT_COVERED, "more than 28,000 locks and atomics in one schedule");
    }
    o->address = address;
    o->generation = rt.generation;
    o->type = (u8)type;
    o->second = second;
    o->destroyed = false;
    o->owner = o->releaser = o->count = o->value = o->readers = o->waiters = 0;
    o->phase = 0;
    o->partner = 0;
    if (type == OBJECT_RWLOCK || type == OBJECT_ATOMIC)
        __builtin_memset(o->held_by, 0, sizeof o->held_by);
    /* its clock may hold older steps; those are harmless (clock.h) */
}

INLINE struct object *find(uptr address, bool second, enum object_type type) {
    for (u32 i = slot_of(address);; i = (i + 1) % OBJECTS) {
        struct object *o = &table[i];
        bool taken = o->generation == rt.generation;
        if (taken && (o->address != address || o->second != second))
            continue;
        if (!taken || (o->type != type && type != OBJECT_UNKNOWN))
            make(o, address, second, type); /* or the memory is used anew */
        return o;
    }
}

struct object *object_at(const void *address, enum object_type type) {
    return find((uptr)address, false, type);
}

struct object *object_second(const void *address, enum object_type type) {
    return find((uptr)address, true, type);
}

struct object *object_fresh(const void *address, enum object_type type) {
    struct object *o = object_at(address, type);
    used--;
    make(o, (uptr)address, false, type);
    return o;
}

void objects_clear(void) {
    for (u32 i = 0; i < OBJECTS; i++)
        if (table[i].generation) {
            table[i].generation = 0;
            for (int k = 0; k < CLOCK_THREADS; k++)
                table[i].clock[k] = 0;
        }
    rt.generation = 1;
}
