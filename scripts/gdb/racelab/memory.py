"""What memory there is: the core's own list of mappings, and bulk reads.

GDB tells of a core's memory only what it could read; permissions and guard pages are
in the core's ELF headers, so those are read here. A live process has /proc instead.
"""
import re
import struct

import gdb

from . import values

READ, WRITE, EXECUTE = 4, 2, 1
PT_LOAD, PT_NOTE, NT_FILE = 1, 4, 0x46494C45
HEADERS_MAX = 65535  # of program headers: what e_phnum can say
NOTES_MAX = 16 << 20


class Mapping:
    def __init__(self, start, end, flags, path=None):
        self.start, self.end, self.flags, self.path = start, end, flags, path

    def __contains__(self, address):
        return self.start <= address < self.end

    @property
    def allows(self):
        """ "read and write", "nothing" …, in words."""
        words = [w for bit, w in ((READ, "read"), (WRITE, "write"), (EXECUTE, "execute")) if self.flags & bit]
        return " and ".join(words) or "nothing"


def core_path():
    """The file of the core that is open, or None."""
    try:
        found = re.search(r"^\t`(.*)', file type elf\S+-core|Local core dump file:\s+`(.*)', file type",
                          gdb.execute("info files", to_string=True), re.M)
        return (found.group(1) or found.group(2)) if found else None
    except gdb.error:
        return None


def of_core(path):
    """The mappings that a core's headers list, by address."""
    with open(path, "rb") as f:
        head = f.read(64)
        if head[:4] != b"\x7fELF":
            return []
        order, wide = "<" if head[5] == 1 else ">", head[4] == 2
        if wide:
            offset, size, count = (struct.unpack_from(order + "Q", head, 32)[0],
                                   *struct.unpack_from(order + "HH", head, 54))
        else:
            offset, size, count = (struct.unpack_from(order + "I", head, 28)[0],
                                   *struct.unpack_from(order + "HH", head, 42))
        f.seek(offset)
        table = f.read(size * min(count, HEADERS_MAX))
        found, names = [], []
        for at in range(0, len(table) - size + 1, size or 1):
            if wide:
                kind, flags, where, start, _, inside, length = struct.unpack_from(order + "IIQQQQQ", table, at)
            else:
                kind, where, start, _, inside, length, flags = struct.unpack_from(order + "IIIIIII", table, at)
            if kind == PT_LOAD and length:
                found.append(Mapping(start, start + length, flags & 7))
            elif kind == PT_NOTE and inside:
                f.seek(where)
                names += files_in(f.read(min(inside, NOTES_MAX)), order, wide)
        by_start = sorted(found, key=lambda m: m.start)
        for start, end, name in names:
            inside = [m for m in by_start if start <= m.start < end]
            for m in inside:
                m.path = values.near(name)
            if not inside:  # gcore leaves out what the file has: code and constants
                found.append(Mapping(start, end, READ | EXECUTE, values.near(name)))
        return sorted(found, key=lambda m: m.start)


def files_in(notes, order, wide):
    """(start, end, file) from a core's NT_FILE note."""
    at = 0
    while at + 12 <= len(notes):
        name, length, kind = struct.unpack_from(order + "III", notes, at)
        body = at + 12 + (name + 3 & ~3)
        if kind == NT_FILE and notes[at + 12:at + 16] == b"CORE":
            word, size = ("Q", 8) if wide else ("I", 4)
            count = struct.unpack_from(order + word, notes, body)[0]
            ranges = body + 2 * size
            texts = notes[ranges + 3 * size * count:body + length].split(b"\0")
            return [(*struct.unpack_from(order + word * 2, notes, ranges + 3 * size * i),
                     texts[i].decode("utf-8", "backslashreplace"))
                    for i in range(min(count, len(texts)))]
        at = body + (length + 3 & ~3)
    return []


def of_process(pid):
    found = []
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as f:
        for line in f:
            part = line.split(None, 5)
            start, end = (int(x, 16) for x in part[0].split("-"))
            flags = (READ * (part[1][0] == "r")) | (WRITE * (part[1][1] == "w")) | (EXECUTE * (part[1][2] == "x"))
            path = values.near(part[5].strip()) if len(part) > 5 and part[5].startswith("/") else None
            found.append(Mapping(start, end, flags, path))
    return found


class Memory:
    """.mappings, by address; and reads that give None instead of raising."""

    def __init__(self):
        self.inferior = gdb.selected_inferior()
        self.mappings = []
        try:
            path = core_path()
            self.mappings = of_core(path) if path else of_process(self.inferior.pid)
        except (OSError, struct.error, ValueError, IndexError, MemoryError):
            pass
        self.word = gdb.lookup_type("long").sizeof
        big = "big" in gdb.execute("show endian", to_string=True)
        self.order = ">" if big else "<"

    def mapping(self, address):
        return next((m for m in self.mappings if address in m), None)

    def nearest(self, address):
        """(mapping, distance): how far an unmapped address is from what is mapped;
        negative: before its first byte, otherwise after its last. Or (None, 0)."""
        best, distance = None, 0
        for m in self.mappings:
            d = address - m.end + 1 if address >= m.end else address - m.start
            if best is None or abs(d) < abs(distance):
                best, distance = m, d
        return best, distance

    def read(self, address, length):
        """Bytes, or None."""
        try:
            return self.inferior.read_memory(address, length).tobytes()
        except (gdb.error, ValueError, OverflowError, MemoryError, TypeError):
            return None

    def int32(self, address):
        data = self.read(address, 4)
        return struct.unpack(self.order + "i", data)[0] if data else None

    def pointer(self, address):
        data = self.read(address, self.word)
        return struct.unpack(self.order + ("Q" if self.word == 8 else "I"), data)[0] if data else None
