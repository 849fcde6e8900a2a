"""Stacks: which frames are the program's own, and which one is to blame."""
import os
import re

import gdb

SYSTEM = re.compile(r"^(\./)?(nptl|misc|string|malloc|csu|io|sysdeps|stdlib|libio|time|signal|posix|elf|setjmp)/"
                    r"|^\.\./|/libsanitizer/|^/usr/")


class Frame:
    """What is worth telling about one frame. The GDB frame itself is kept in
    .gdb, valid only as long as the thread is selected again."""

    def __init__(self, frame):
        self.gdb = frame
        self.function = frame.name() or "??"
        sal = frame.find_sal()
        self.path = sal.symtab.filename if sal.symtab else None
        self.line = sal.line if sal.symtab else 0
        self.library = gdb.solib_name(frame.pc())

    @property
    def own(self):
        """Is this code of the program, and not of the system?"""
        return self.path is not None and not self.library and not SYSTEM.search(self.path)

    @property
    def file(self):
        return os.path.basename(self.path) if self.path else "?"

    @property
    def blamable(self):
        """Of the labs' map and team only what hmap.h declares is blamed, as Go
        blames runtime.mapassign and not what that calls."""
        if not self.own:
            return False
        return "labs/common/" not in self.path or self.function.startswith("hmap_")

    def argument(self, name):
        """The value of an argument or variable, or None when it is not there."""
        try:
            value = self.gdb.read_var(name)
            return None if value.is_optimized_out else value
        except (ValueError, gdb.error):
            return None

    def source(self):
        """The text of its line, without the labs' RACE mark, or None."""
        try:
            with open(self.path, encoding="utf-8", errors="replace") as f:
                return re.sub(r"\s*/\* RACE: .*", "", f.read().splitlines()[self.line - 1]).strip()
        except (OSError, IndexError, TypeError):
            return None


def stack(thread, limit=200):
    """The frames of a thread, innermost first. Selects the thread."""
    thread.switch()
    frames, frame = [], gdb.newest_frame()
    while frame is not None and len(frames) < limit:
        frames.append(Frame(frame))
        try:
            frame = frame.older()
        except gdb.error:  # a corrupted stack: what there is is enough
            break
    return frames


def blamed(frames):
    """The innermost frame of the program's own, or None."""
    return next((f for f in frames if f.blamable), None)


def own_part(frames):
    """The program's own frames from the blamed one outwards."""
    found = blamed(frames)
    return [f for f in frames[frames.index(found):] if f.own] if found else []
