"""Values in words: short, printable, and never an exception."""
import os
import re

import gdb

LONGEST = 200  # characters of one string
_FORMAT = {"max_elements": 8, "repeat_threshold": 4, "symbols": False, "pretty_structs": False}
_UNSAFE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def safe(text, longest=LONGEST):
    """Text that any reader of JSON takes: no control characters, no torn UTF-8, and
    not too long."""
    if text is None:
        return None
    text = _UNSAFE.sub(lambda m: f"\\x{ord(m.group()) & 0xff:02x}", text)
    return text if len(text) <= longest else text[:longest - 3] + "..."


def near(path):
    """A path relative to where GDB was started, if it lies below: what is recorded is
    not to name the machine it was recorded on."""
    here = os.getcwd().rstrip("/") + "/"
    return path[len(here):] if path and path.startswith(here) else path


def text_of(value):
    """What a value looks like."""
    try:
        # a union's pointer that is none is no news: its address stands there already
        return safe(re.sub(r" <error: Cannot access memory at address 0x[0-9a-f]+>", "", value.format_string(**_FORMAT)))
    except (gdb.error, UnicodeDecodeError, ValueError, RuntimeError, RecursionError, MemoryError, OverflowError) as e:
        return safe(f"<{e}>")


class Pointer:
    """An argument or local variable that points somewhere, or is a struct itself."""

    def __init__(self, name, start, kind, size, argument, by_value):
        self.name, self.start, self.type, self.size = name, start, kind, size
        self.argument, self.by_value = argument, by_value


_types = {}


def shape(kind):
    """(what it is, the struct it is or points to or None, that one's size): what has
    to be known of a type, asked of GDB once."""
    name = kind.name or str(kind)  # of a class, str is its whole text
    known = _types.get(name)
    if known is None:
        base = kind.strip_typedefs()
        what = {gdb.TYPE_CODE_PTR: "pointer", gdb.TYPE_CODE_REF: "pointer", gdb.TYPE_CODE_STRUCT: "struct",
                gdb.TYPE_CODE_UNION: "struct", gdb.TYPE_CODE_ARRAY: "struct"}.get(base.code, "other")
        target = base.target().strip_typedefs() if what == "pointer" else base if what == "struct" else None
        if target is not None and target.code == gdb.TYPE_CODE_FUNC:
            what, target = "other", None
        inside = target is not None and target.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION, gdb.TYPE_CODE_ARRAY)
        known = (what, target if inside else None, target.sizeof if inside else 1)
        _types[name] = known
    return known


def pointer(name, value, argument):
    """A Pointer, or None for a value that is nothing of the kind."""
    try:
        what, target, size = shape(value.type)
        if what == "pointer":
            start = int(value.referenced_value().address) \
                if value.type.strip_typedefs().code == gdb.TYPE_CODE_REF else int(value)
            return Pointer(name, start, target, size, argument, False)
        if what == "struct" and value.address is not None:
            return Pointer(name, int(value.address), target, size, argument, True)
    except (gdb.error, RuntimeError, ValueError, OverflowError, AttributeError):
        pass
    return None


def read_variables(frame):
    """Fills a frames.Frame's .args, .locals (texts) and .pointers."""
    args = []
    for argument, name, value in frame.variables():
        shown = text_of(value)
        if argument:
            args.append(f"{name}={shown}")
        else:
            frame.locals.append((safe(name), shown))
        if shown != "<optimized out>":
            found = pointer(name, value, argument)
            if found:
                frame.pointers.append(found)
    frame.args = safe(", ".join(args)) or None


def path_in(kind, offset):
    """The member of a type at an offset, as "[1].lock"; of a struct pthread_mutex_t
    nothing more is said. None where no member begins there."""
    path = ""
    for _ in range(32):
        kind = kind.strip_typedefs()
        if kind.code == gdb.TYPE_CODE_ARRAY:
            element = kind.target()
            size = element.strip_typedefs().sizeof
            if not size:
                return None
            path, offset, kind = f"{path}[{offset // size}]", offset % size, element
        elif kind.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            for field in kind.fields():
                at = getattr(field, "bitpos", None)
                if at is None or at % 8 or field.is_base_class and not field.type.sizeof:
                    continue
                if at // 8 <= offset < at // 8 + max(field.type.sizeof, 1):
                    break
            else:
                return None
            if field.name and field.name.startswith("__"):  # inside of what the C library owns
                return path
            offset -= at // 8
            shown = field.name and not field.is_base_class and not field.name.startswith("_M_")  # of std::mutex
            path += f".{field.name}" if shown else ""
            kind = field.type
        else:
            return path if offset == 0 else None
        if (kind.name or "").startswith(("pthread_", "sem_t")) and offset == 0:
            return path
    return None
