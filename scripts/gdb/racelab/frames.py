"""Stacks: which frames are the program's own, and which one is to blame.

The rule is that of scripts/walk/blame.c; keep them in step.
"""
import collections
import os
import re

import gdb

from . import memory

SYSTEM = re.compile(
    r"^(\./|\.\./)+(nptl|misc|string|malloc|csu|io|sysdeps|stdlib|libio|time|signal|posix|elf|setjmp|debug"
    r"|stdio-common|assert|dlfcn|rt|socket|math|inet|resolv|wcsmbs|termios)/"
    r"|^(nptl|misc|string|malloc|csu|io|sysdeps|stdlib|libio|time|signal|posix|elf|setjmp|debug|stdio-common)/\.\.?/"
    r"|/libsanitizer/|/compiler-rt/|/libstdc\+\+-v3/|/libgcc/|vg_replace_|hg_intercepts\.c|drd_pthread_intercepts"
    r"|drd_libstdcxx|/glibc-|^/usr/")
RUNTIME = re.compile(r"^(__|pthread_|operator new|operator delete|std::|_dl_|\?\?\?|<"
                     r"|(clone3?|start_thread|_start|abort|raise|exit|_init|_fini)$)")
LIBRARY = re.compile(r"\.so|/ld-|vgpreload|\[vdso|/valgrind/")

INNERMOST, OUTERMOST = 224, 32  # frames that are kept of a deep stack
LINES_BACK = 100                # entries of the line table that are looked through for a frame's place
UNWOUND = 40000                 # frames of all threads that are unwound: about 30 µs each …
UNWOUND_LEAST = 300             # … but so many of each


def plain(function):
    """A name without its parameter list, as C++ symbols have it."""
    if not function.endswith(")") and not function.endswith(" const"):
        return function
    depth = 0
    for i in range(len(function) - 1, 0, -1):
        depth += {")": 1, "(": -1}.get(function[i], 0)
        if depth == 0 and function[i] == "(":
            return function if function[:i].endswith("operator") else function[:i]
    return function


class Frame:
    """What is worth telling about one frame. The GDB frame itself is kept in
    .gdb, valid only as long as the thread is selected again."""

    def __init__(self, frame):
        self.gdb = frame
        self.address = frame.pc()
        self.library = gdb.solib_name(self.address)
        self.handler = frame.type() == gdb.SIGTRAMP_FRAME  # what called a signal's handler
        try:
            name = "<signal handler called>" if self.handler else frame.name()
        except UnicodeDecodeError:
            name = None
        self.named = name is not None
        self.function = plain(name) if name else unnamed(self.address)
        self.symtab, self.line = place(frame)
        self.path = self.symtab.filename if self.symtab else None
        self.args, self.locals, self.pointers = None, [], []  # values.read_variables
        self.inlined = frame.type() == gdb.INLINE_FRAME
        if self.path is not None:
            self.own = not SYSTEM.search(self.path)
        else:  # the program itself, if it is stripped; else a library that is linked into it
            self.own = not self.library and not RUNTIME.match(self.function) and not described() \
                and in_program(self.address)

    @property
    def file(self):
        return os.path.basename(self.path) if self.path else "?"

    @property
    def blamable(self):
        """Of the labs' map and team only what hmap.h declares is blamed, as Go
        blames runtime.mapassign and not what that calls."""
        if not self.own:
            return False
        return "labs/common/" not in (self.path or "") or self.function.startswith("hmap_")

    def argument(self, name):
        """The value of an argument or variable, or None when it is not there."""
        try:
            value = self.gdb.read_var(name)
            return None if value.is_optimized_out else value
        except (ValueError, gdb.error):
            return None

    def variables(self):
        """(is it an argument, name, value) of all that its code can see, innermost
        block first; a name that is hidden by another is left out."""
        seen = set()
        try:
            block = self.gdb.block()
        except (RuntimeError, gdb.error):
            return
        while block is not None and not block.is_static and not block.is_global:
            for symbol in block:
                if (symbol.is_argument or symbol.is_variable) and symbol.name not in seen:
                    seen.add(symbol.name)
                    try:
                        yield symbol.is_argument, symbol.name, self.gdb.read_var(symbol, block)
                    except (gdb.error, ValueError, RuntimeError):
                        pass
            if block.function:
                return
            block = block.superblock

    def source(self):
        """The text of its line, without the labs' RACE mark, or None."""
        text = source_line(self.symtab, self.line)
        return re.sub(r"\s*/\* RACE: .*", "", text).strip() if text is not None else None


def place(frame):
    """(symtab, line) of a frame; or (None, 0).

    An optimised function can be at a line of a header, with no frame for what was
    inlined from there. It is the program's function all the same: then its own last
    line before is told."""
    sal = frame.find_sal()
    if sal.symtab is None:
        return None, 0
    function = frame.function() if frame.type() == gdb.NORMAL_FRAME and SYSTEM.search(sal.symtab.filename) else None
    if function is None or function.symtab is None or RUNTIME.match(function.name) \
            or SYSTEM.search(function.symtab.filename):
        return sal.symtab, sal.line
    block, pc = frame.block(), sal.pc
    while block.function is None:
        block = block.superblock
    for _ in range(LINES_BACK):  # (GDB's own linetable() dies of a file without lines)
        if pc <= block.start:
            break
        before = gdb.find_pc_line(pc - 1)
        if before.symtab is None or before.pc is None or before.pc >= pc:
            break
        if before.symtab.filename == function.symtab.filename and before.line >= function.line:
            return before.symtab, before.line
        pc = before.pc
    return sal.symtab, sal.line


_files, _programs, _maps = {}, {}, []


def source_line(symtab, line):
    if symtab is None:
        return None
    path = symtab.filename
    if path not in _files:
        try:
            with open(symtab.fullname(), encoding="utf-8", errors="replace") as f:
                _files[path] = f.read(4 << 20).splitlines()
        except OSError:
            _files[path] = []
    return _files[path][line - 1] if 0 < line <= len(_files[path]) else None


def unnamed(address):
    """What a function without a symbol is called: "pigz+0x4a30", as addr2line wants it."""
    if not _maps:
        _maps.append(memory.Memory())
    inside = _maps[0].mapping(address)
    if inside is None or not inside.path:
        return "??"
    base = min(m.start for m in _maps[0].mappings if m.path == inside.path)
    fixed = _maps[0].read(base + 16, 2) == b"\2\0"  # ET_EXEC: not moved, so its addresses are absolute
    return f"{os.path.basename(inside.path)}+{address - (0 if fixed else base):#x}"


def described():
    """Has the program debug information? Then code without it is not its own."""
    name = gdb.current_progspace().filename
    if ("main", name) not in _programs:
        _programs["main", name] = any(o.filename == name and o.lookup_global_symbol("main") for o in gdb.objfiles())
    return _programs["main", name]


def in_program(address):
    """Is this code of the program's file itself? By the sections that GDB lists."""
    name = gdb.current_progspace().filename
    if name not in _programs:
        text = gdb.execute("info files", to_string=True)
        _programs[name] = [(int(a, 16), int(b, 16)) for a, b in
                           re.findall(r"^\t(0x[0-9a-f]+) - (0x[0-9a-f]+) is \.(?:text|plt\S*|init|fini)$", text, re.M)]
    return any(a <= address <= b for a, b in _programs[name])


def stack(thread, limit=UNWOUND):
    """(frames, omitted, whole): the frames of a thread, innermost first; how many
    there are beyond the innermost and outermost that are kept; was the end reached?
    Selects the thread."""
    thread.switch()
    frames, tail, count = [], collections.deque(maxlen=OUTERMOST), 0
    try:
        frame = gdb.newest_frame()
        while frame is not None and count < limit:
            if count < INNERMOST:
                frames.append(Frame(frame))
            else:
                tail.append(frame)
            count += 1
            frame = frame.older()
    except (gdb.error, RuntimeError, ValueError, OverflowError):  # a corrupted stack: what there is is enough
        pass
    whole = count < limit
    try:
        frames += [Frame(f) for f in tail]
    except (gdb.error, RuntimeError, ValueError, OverflowError):
        pass
    return frames, count - len(frames), whole


def blamed(frames):
    """The innermost frame of the program's own, or None."""
    return next((f for f in frames if f.blamable), None)


def reached(frames):
    """What says best where a thread is: its blamed frame, else the innermost that is not
    the C library's, else the innermost; or None."""
    outside = (f for f in frames if not f.library or not re.search(r"/(libc|libpthread|ld-)[^/]*$", f.library))
    return blamed(frames) or next(outside, frames[0] if frames else None)


def own_part(frames):
    """The program's own frames from the blamed one outwards."""
    found = blamed(frames)
    return [f for f in frames[frames.index(found):] if f.own] if found else []
