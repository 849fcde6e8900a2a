"""Mutexes: which ones a thread holds that nobody waits for, and what the program
calls them.

A held mutex is found by its shape in memory: glibc's has the owner's kernel number
in its third word. So it is found in stripped programs and on the heap, too.
"""
import re
import struct
import time

import gdb

from . import values

SCAN_MAX = 16 << 20      # bytes of memory that are searched
STACK_MAX = 32 << 10     # of each thread's stack, from its stack pointer on
NAMES_TIME = 0.15        # seconds for pointers of globals
HELD_MAX = 256
SIZE = 40                # of a pthread_mutex_t (64-bit glibc)


def places(threads, store):
    """(start, bytes): the memory of the program in which mutexes can be, small
    mappings first; of stacks the part in use."""
    left = SCAN_MAX
    tops = sorted(t.sp for t in threads if t.sp)
    for m in sorted(store.mappings, key=lambda m: m.end - m.start):
        if m.flags & 2 == 0 or m.path and re.search(r"/lib[^/]*\.so|/ld-", m.path):
            continue
        inside = [sp for sp in tops if sp in m]
        ranges = [(sp & ~7, min(m.end, sp + STACK_MAX)) for sp in inside] or [(m.start, m.end)]
        for start, end in ranges:
            if end - start > left:
                end = start + left
            data = store.read(start, end - start) if end > start else None
            if data:
                left -= len(data)
                yield start, data


def owner_of(data, by_lwp):
    """Do these bytes look like a mutex that one of these threads holds? Its number."""
    if data is None or len(data) < SIZE:
        return None
    lock, count, lwp, users, kind, spins, link, after = struct.unpack_from("<iIiIIiQQ", data)
    good = (lock in (1, 2) and lwp in by_lwp and count < 1 << 16 and users in (1, 2) and kind < 0x200
            and abs(spins) < 1 << 16 and not link and not after)
    return lwp if good else None


def held(threads, store):
    """{address of a mutex: thread that owns it}."""
    by_lwp = {t.lwp: t for t in threads}
    # an owner's upper half, and how often it holds it: as bytes, these can be searched for
    marks = {struct.pack(store.order + "HI", lwp >> 16, users)
             for lwp in by_lwp for users in (1, 2)} if store.order == "<" else ()
    found = {}
    for start, data in places(threads, store):
        for mark in marks:
            at = data.find(mark)
            while at >= 0 and len(found) < HELD_MAX:
                owner = at - 2
                if owner >= 8 and (start + owner) % 8 == 0 and owner + 32 <= len(data):
                    lwp = owner_of(data[owner - 8:owner - 8 + SIZE], by_lwp)
                    if lwp:
                        found[start + owner - 8] = by_lwp[lwp]
                at = data.find(mark, at + 1)
    return found


def lookup(address, name):
    """A variable's symbol; asked of the one file that the address is in: GDB reads
    every library's symbols for a name that it does not find at once."""
    library = gdb.solib_name(address)
    for objfile in gdb.objfiles():
        if objfile.filename == library or library is None and objfile.filename == gdb.current_progspace().filename:
            return objfile.lookup_global_symbol(name) or objfile.lookup_static_symbol(name)
    return None


class Names:
    """What the program calls an object at an address: by a global, by a pointer in a
    global, or by what the frames' arguments and variables point to."""

    def __init__(self, threads):
        self.threads, self.pointers, self.known = threads, None, {}

    def of(self, address):
        if address not in self.known:
            try:
                self.known[address] = self.of_global(address) or self.of_pointer(address)
            except (gdb.error, RuntimeError, ValueError, OverflowError, UnicodeDecodeError):
                self.known[address] = None
        return self.known[address]

    def of_global(self, address):
        text = gdb.execute(f"info symbol {address:#x}", to_string=True)
        found = re.match(r"(\S+?)(?: \+ (\d+))? in section", text)
        if not found:
            return None
        name, offset = found.group(1), int(found.group(2) or 0)
        symbol = lookup(address, name)
        if symbol is None or symbol.is_function or symbol.type is None:
            return f"{name}+{offset}" if offset else name
        path = values.path_in(symbol.type, offset)
        return name + path if path is not None else f"{name}+{offset}"

    def of_pointer(self, address):
        if self.pointers is None:
            self.pointers = [p for t in self.threads for f in t.frames for p in f.pointers if p.start]
            self.pointers = self.globals() + self.pointers
        best = None
        for p in self.pointers:
            if not p.start <= address < p.start + max(p.size, 1):
                continue
            if p.type is None:  # void *, or a pointer to the mutex itself
                best = best or (p.name if p.start == address else None)
                continue
            path = values.path_in(p.type, address - p.start)
            if path is None:
                continue
            if not path:
                best = best or p.name
                continue
            return p.name + (path if p.by_value or path[0] == "[" else "->" + path[1:])
        return best

    def globals(self):
        """The global pointers to structs of those files that are on some stack."""
        began, files, found = time.monotonic(), {}, []
        for t in self.threads:
            for f in t.frames:
                if f.own and f.symtab is not None:
                    files.setdefault(f.path, f.symtab)
        for symtab in files.values():
            try:
                for block in (symtab.global_block(), symtab.static_block()):
                    for symbol in block:
                        if time.monotonic() - began > NAMES_TIME:
                            return found
                        if not symbol.is_variable or symbol.type is None:
                            continue
                        if values.shape(symbol.type)[0] == "pointer":
                            p = values.pointer(symbol.name, symbol.value(), False)
                            if p and p.start and p.type is not None:
                                found.append(p)
            except (gdb.error, RuntimeError):
                continue
        return found
