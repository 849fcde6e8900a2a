"""The faulting instruction: which registers made its address, and does it read or
write? x86-64 in AT&T's syntax, and aarch64, as far as that is simple."""
import re

import gdb

MASK = (1 << 64) - 1
X86 = re.compile(r"(?:%(\ws):)?(-?0x[0-9a-f]+)?\((%\w+)?(?:,(%\w+)(?:,(\d))?)?\)")
READS = re.compile(r"cmp|test|call|jmp|push|bt[lqw]?$|div|idiv|mul|imul|comis|ucomis|prefetch|v?ptest")
ARM = re.compile(r"\[([xsw]\w+)(?:, ([xw]\w+))?(?:, #(-?\w+))?")


class Access:
    """.verb: "reads", "writes"; .base: the base register's value or None;
    .registers: (name, value) of all that made the address; .stack: by push or call."""

    def __init__(self, verb, registers, stack):
        self.verb, self.registers, self.stack = verb, registers, stack
        self.base = registers[0][1] if registers else None


def register(name):
    try:
        return int(gdb.selected_frame().read_register(name)) & MASK
    except (gdb.error, ValueError, OverflowError):
        return None


def at(pc):
    """The Access of the instruction there, or None when it is not understood."""
    try:
        frame = gdb.selected_frame()
        text = frame.architecture().disassemble(pc)[0]["asm"]
        name = frame.architecture().name()
    except (gdb.error, IndexError, KeyError, OverflowError, RuntimeError):
        return None
    return x86(text) if "86" in name else arm(text) if "aarch64" in name else None


def known(names):
    return [(n, v) for n, v in ((n, register(n)) for n in names if n) if v is not None]


def x86(text):
    words = text.split(None, 1)
    while words and words[0] in ("rep", "repz", "repnz", "lock", "data16", "bnd", "notrack") and len(words) > 1:
        words = words[1].split(None, 1)
    operation, operands = words[0], words[1] if len(words) > 1 else ""
    if operation in ("push", "pushq", "call", "callq", "ret", "retq") and "(" not in operands:
        return Access("writes", known(["rsp"]), True)
    memory = list(X86.finditer(operands))
    if not memory:
        return None
    m = memory[0]
    last = operands.rstrip().endswith(m.group()) and "," in operands[:m.start()] or "," not in X86.sub("", operands)
    writes = last and not READS.match(operation)
    if len(memory) > 1:  # movs, cmps: two addresses; the source is first
        return Access("reads or writes", known([x.group(3)[1:] for x in memory if x.group(3)]), False)
    stack = m.group(3) in ("%rsp", "%rbp") and not m.group(4)
    return Access("writes" if writes else "reads", known([x[1:] for x in (m.group(3), m.group(4)) if x]), stack)


def arm(text):
    operation = text.split(None, 1)[0]
    m = ARM.search(text)
    if not m:
        return None
    verb = "writes" if operation.startswith(("st", "cas", "swp")) else "reads"
    return Access(verb, known([m.group(1), m.group(2)]), m.group(1) == "sp")


def canonical(value):
    """Can it be an address? (48 bits, sign-extended; with 57 bits a few more can.)"""
    top = value >> 47
    return top in (0, (1 << 17) - 1)


def as_text(value):
    """The eight characters that a pointer is overwritten with, or None."""
    data = value.to_bytes(8, "little").rstrip(b"\0")
    return data.decode("ascii") if len(data) >= 4 and all(32 <= b < 127 for b in data) else None
