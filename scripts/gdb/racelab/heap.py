"""Is this address in a block that glibc's malloc holds as free?

Nothing is asked of the C library's debug information: the heap is walked from its
first chunk to the last, as malloc.c lays it out (2.26 to 2.41). A chunk is free when
the next one's PREV_INUSE bit says so; one in a thread's cache (tcache) looks in use,
but its second word is the tcache key, and the cache's own lists hold it.
"""
import re
import struct
import time

import gdb

PREV_INUSE, FLAGS = 1, 7
HEAP_MAX = 64 << 20       # bytes of one heap that are read; also a heap's alignment
TIME_MAX = 0.3            # seconds for all walks
TCACHE_SIZES = (0x250, 0x290, 0x2A0, 0x300, 0x310)  # of the chunk that a tcache is, by version
FASTBIN_MAX = 0xB0


class Verdict:
    """.free; .how it is known; the block's .start (what malloc gave) and .size."""

    def __init__(self, free, how, start, size):
        self.free, self.how, self.start, self.size = free, how, start, size


class Heap:
    """One run of chunks, [first, end)."""

    def __init__(self, memory, first, end, arena):
        self.memory, self.first, self.arena = memory, first, arena
        self.length = min(end - first, HEAP_MAX) & ~7
        self._words = None

    def __contains__(self, address):
        return self.first <= address < self.first + self.length

    @property
    def words(self):
        """All of it; read when first asked for."""
        if self._words is None:
            self._words = memoryview(self.memory.read(self.first, self.length) or b"").cast("Q")
        return self._words


class Allocator:
    """Made once per core; walks only the heaps that are asked about."""

    def __init__(self, memory):
        self.memory, self.heaps, self.left = memory, {}, TIME_MAX
        self.usable = memory.word == 8 and memory.order == "<"

    def heap_of(self, address):
        """The Heap around an address, or None where no heap of glibc's is."""
        m = self.memory.mapping(address) if self.usable else None
        if m is None or m.path or m.flags & 6 != 6:
            return None
        if m.start not in self.heaps:
            self.heaps[m.start] = self.main_heap(m) or self.thread_heap(m)
        return self.heaps[m.start]

    def main_heap(self, m):
        size = self.memory.pointer(m.start + 8)
        if size is None or size & ~FLAGS not in TCACHE_SIZES:
            return None
        return Heap(self.memory, m.start, m.end, None)

    def thread_heap(self, m):
        base = m.start
        arena = self.memory.pointer(base) if base % HEAP_MAX == 0 else None
        if not arena:
            return None
        if arena - base not in (0x20, 0x30):  # a later heap of an arena: chunks at once
            head = self.memory.read(base + 0x20, 0x20)
            if head is None or self.memory.mapping(arena) is None:
                return None
            first = 0x20 if struct.unpack_from("<Q", head, 8)[0] & ~FLAGS else 0x30
            return Heap(self.memory, base + first, m.end, arena)
        head = self.memory.read(base, 0xA00)  # heap_info, malloc_state, then the tcache
        for at in range(0x800, 0xA00 - 16, 16) if head else ():
            if struct.unpack_from("<Q", head, at + 8)[0] in [s | 5 for s in TCACHE_SIZES]:
                return Heap(self.memory, base + at, m.end, arena)
        return None

    def keys(self):
        """What tcache_key is: every free block of a cache has it in its second word."""
        if not hasattr(self, "_keys"):
            self._keys = set()
            for m in self.memory.mappings:
                heap = self.heap_of(m.start) if m.flags & 6 == 6 and not m.path else None
                if heap:
                    self.read_cache(heap)
        return self._keys

    def read_cache(self, heap):
        """The tcache is the first chunk: 64 counts, then 64 lists."""
        head = self.memory.read(heap.first, 0x300) or b""
        size = struct.unpack_from("<Q", head, 8)[0] & ~FLAGS if head else 0
        if size not in TCACHE_SIZES:
            return
        lists = 16 + 64 * (1 if size == 0x250 else 2)
        for (entry,) in struct.iter_unpack("<Q", head[lists:lists + 64 * 8]):
            if entry and entry in heap and entry % 16 == 0:
                self._keys.add(self.memory.pointer(entry + 8))
        self._keys -= {0, None}

    def look(self, address):
        """A Verdict on the block that holds an address; None: not known, or no block."""
        heap = self.heap_of(address)
        if heap is None or address not in heap:
            return None
        began, words, at = time.monotonic(), heap.words, 0
        target, steps = (address - heap.first) >> 3, 0
        try:
            while True:
                size = words[at + 1] & ~FLAGS
                if size < 0x20 or size % 16:
                    return None  # the end, or overwritten: nothing more to believe
                if at * 8 + size >= heap.length:  # the last: top
                    return Verdict(True, "beyond the last block in use", heap.first + at * 8 + 16, size - 16)
                if target < at + (size >> 3) + 1:  # the block's bytes end in the next one's first word
                    break
                at += size >> 3
                steps += 1
                if steps & 4095 == 0 and time.monotonic() - began > self.left:
                    return None
            return self.judge(heap, at, size) if target >= at + 2 else None
        except IndexError:
            return None
        finally:
            self.left = max(0.0, self.left - (time.monotonic() - began))

    def judge(self, heap, at, size):
        words, start = heap.words, heap.first + at * 8 + 16
        if not words[at + (size >> 3) + 1] & PREV_INUSE:
            return Verdict(True, "the allocator's own marks say that it is free", start, size - 8)
        if at and words[at + 3] in self.keys():
            return Verdict(True, "it lies in a thread's cache of free blocks (tcache)", start, size - 8)
        if size <= FASTBIN_MAX and start - 16 in self.fastbins(heap):
            return Verdict(True, "it lies in a list of free blocks (fastbin)", start, size - 8)
        return Verdict(False, "in use", start, size - 8)

    def fastbins(self, heap):
        """The chunks in an arena's ten fastbins; the main arena is found by its name."""
        arena = heap.arena
        if arena is None:
            try:
                text = gdb.execute("info address main_arena", to_string=True)
                arena = int(re.search(r"0x[0-9a-f]+", text).group(), 16)
            except (gdb.error, AttributeError):
                return ()
        found = set()
        for i in range(10):
            chunk = self.memory.pointer(arena + 16 + 8 * i) or 0
            for _ in range(10000):
                if not chunk or chunk in found or chunk not in heap:
                    break
                found.add(chunk)
                link = self.memory.pointer(chunk + 16)
                chunk = (link ^ (chunk + 16 >> 12)) if link is not None else 0
        return found

    def mangled(self, value):
        """Does it look like what glibc writes into a free block: a link to the next
        one, mangled by the link's own address (2.32 on)? Then: that next block, or 0."""
        for m in self.memory.mappings:
            if m.path or m.flags & 6 != 6 or value > 1 << 48:
                continue
            if self.heap_of(m.start) is None:
                continue
            if m.start >> 12 <= value < m.end >> 12:
                return 0
            for page in range(m.start >> 12, min(m.end, m.start + HEAP_MAX) >> 12):
                if value ^ page in m and (value ^ page) % 16 == 0:
                    return value ^ page
        return None
