"""Why it died, in words: the signal, the faulting instruction, and what memory says
of the pointers that it used."""
import os
import re

import gdb

from . import heap, instruction, locks, threads, values

NULL_MAX = 1 << 16        # addresses below are fields of what a NULL points to
FIELD_MAX = 4096          # a member lies no further than this from where its struct begins
NEAR = 1 << 20            # "beyond the end of" a mapping: no further than this
RECURSION = 1000          # frames of one function
FPE = {1: "divides an integer by zero", 2: "divides an integer with an overflow"}
ILL = "is at an instruction that this processor does not have"
SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV = 6, 7, 8, 4, 11
MAPERR, ACCERR, KERNEL = 1, 2, 128


class Fault:
    def __init__(self, kind, address, words):
        self.kind, self.address, self.words = kind, address, words

    def told(self):
        return {"kind": self.kind, "address": f"{self.address:#x}", "words": values.safe(self.words, 600)}


def number(text):
    try:
        return int(gdb.parse_and_eval(text)) & (1 << 64) - 1
    except (gdb.error, ValueError, OverflowError):
        return 0


@threads.selection_kept()
def explain(died, store, signal_number, code, signal):
    """The JSON's "fault"."""
    if died is None or signal is None:
        return Fault("none", 0, None).told()
    died.gdb.switch()
    gdb.newest_frame().select()
    first = died.caught
    if first and first.fault:
        found = faulted(Faulted(died), store, first.number, first.code, first.address)
        handler = next((f for f in reversed(died.frames[:first.index - 1]) if f.named), None)
        found.words += f" {handler.function if handler else 'A handler'} caught that {first.name}, " \
                       f"and the program ended in it with {signal}."
        return found.told()
    if signal_number == SIGABRT:
        return Fault("none", 0, aborted(died, store) + during(died)).told()
    if code <= 0:
        return Fault("none", 0, sent(signal, signal_number, died) + during(died)).told()
    address = number("$_siginfo._sifields._sigfault.si_addr")
    return faulted(Faulted(died), store, signal_number, code, address).told()


def during(died):
    """The signal whose handler was running."""
    caught = died.caught
    if caught is None:
        return " It was in a signal's handler." if any(f.handler for f in died.frames) else ""
    by = f", which process {caught.sender} had sent" if caught.code <= 0 and caught.sender else ""
    return f" It was in a handler of {caught.name}{by}."


class Faulted:
    """The part of a thread's stack from the frame that faulted on; that is selected."""

    def __init__(self, thread):
        self.frames = thread.frames[thread.caught.index if thread.caught else 0:]
        self.omitted, self.sp, self.blamed = thread.omitted, thread.sp, thread.blamed
        self.select()
        if thread.caught:
            self.sp = instruction.register("sp") or 0

    def select(self):
        if self.frames:
            self.frames[0].gdb.select()


def faulted(died, store, signal_number, code, address):
    if signal_number == SIGFPE:
        return Fault("other", address, f"It {FPE.get(code, 'does arithmetic that has no result')}"
                     f"{place(died)}.")
    if signal_number == SIGILL:
        return Fault("other", address, f"It {ILL}{place(died)}.")
    if signal_number == SIGBUS:
        return bus(died, store, address, code)
    if signal_number == SIGSEGV:
        return Segfault(died, store, address, code).fault()
    return Fault("other", 0, f"It died of {threads.NAMES.get(signal_number, f'signal {signal_number}')}{place(died)}.")


def place(died):
    return f" in {died.blamed.function}" if died.blamed else ""


def sent(signal, signal_number, died):
    words = threads.last_words()
    if words:
        return f"The program said \"{words}\"{place(died)}, and called abort()."
    pid, own = number("$_siginfo._sifields._kill.si_pid"), gdb.selected_inferior().pid
    if pid != own:
        return f"{signal} was sent by process {pid}, not by this one ({own})." if pid else \
            f"{signal} was sent by the kernel."
    again = signal_number in threads.FAULTS and not locks.system_call(died)
    return f"{signal} was sent by the process itself" + (
        f"{place(died)}: not in a call of kill or raise, so it is likely that a handler caught a real one here, "
        "sent it again, and returned." if again else ".")


def abort_message(store):
    """What the C library said last: struct { unsigned size; char message[]; }."""
    for name in ("(long) __abort_msg", "*(long *) &__abort_msg"):
        at = number(name)
        data = store.read(at + 4, 512) or store.read(at + 4, 64) if at else None
        if data:
            return data.split(b"\0")[0].decode("utf-8", "backslashreplace").strip()
    return None


def aborted(died, store):
    """abort() was called: by whom, and with what words."""
    names = [f.function for f in died.frames]
    thrown = any(n.startswith(("__cxa_throw", "__cxxabiv1", "__gnu_cxx")) for n in names)
    if thrown and any("terminate" in n for n in names):
        kind = exception(died)
        return f"An exception{f' of type {kind}' if kind else ''} that nobody caught ended the program{place(died)}."
    said = abort_message(store)
    if said and ": Assertion " in said:
        return f"An assertion failed: {said}"
    if said:
        freed = "free" in said or "chunk" in said or "malloc" in said
        return f"The C library found \"{said}\"{place(died)} and ended the program." + (
            " The block's bookkeeping was damaged, or it was freed before." if freed else "")
    words = threads.last_words()
    if words:
        return f"The program said \"{words}\"{place(died)}, and called abort()."
    pid, own = number("$_siginfo._sifields._kill.si_pid"), gdb.selected_inferior().pid
    raised = pid and pid != own or any(re.search(r"raise|kill|gsignal", n) for n in names)
    if raised and not any("abort" in n for n in names):
        return sent("SIGABRT", SIGABRT, died)
    sure = any("abort" in n or n.startswith("__assert") for n in names)
    return f"The program called abort(){'' if sure else ', or raised SIGABRT itself'}{place(died)}."


def exception(died):
    """The type of the C++ exception in flight: __cxa_throw's type, where it survives."""
    for f in died.frames:
        if "__cxa_throw" in f.function:
            for name in ("tinfo",):
                value = f.argument(name)
                if value is not None:
                    found = re.search(r"typeinfo for (.*?)>", str(value))
                    if found:
                        return found.group(1)
    try:  # the caught-exceptions globals begin with {caughtExceptions, …}: only by symbol
        for f in died.frames:
            if "__cxa_throw" in f.function:
                f.gdb.select()
                for register in ("rbx", "rbp", "r12", "r13", "r14", "r15", "x19", "x20", "x21", "x22"):
                    text = gdb.execute(f"info symbol ${register}", to_string=True)
                    found = re.search(r"typeinfo for (.*) in section", text)
                    if found:
                        return found.group(1).split(" + ")[0].split("@")[0]
                caller = next((g for g in died.frames if g.own), None)
                return thrown_in(f, caller)
    except gdb.error:
        pass
    return None


def thrown_in(_frame, caller):
    """From the throwing line's text: `throw std::out_of_range(…)`."""
    found = re.search(r"\bthrow\s+((?:\w+::)*\w+)", caller.source() or "") if caller else None
    return found.group(1) if found else None


def bus(died, store, address, code):
    m = store.mapping(address)
    if code == 2 or (m and m.path):
        what = f" of {m.path}" if m and m.path else ""
        return Fault("beyond file", address, f"It touches {address:#x}{place(died)}: mapped, but the file{what} has "
                     "no such page any more (it was cut, or the disk is full).")
    return Fault("other", address, f"The bus refused the access to {address:#x}{place(died)}"
                 + (": the address is not aligned." if code == 1 else "."))


class Segfault:
    def __init__(self, died, store, address, code):
        self.died, self.store, self.address, self.code = died, store, address, code
        self.pc = died.frames[0].address if died.frames else 0
        self.heap = heap.Allocator(store)
        self.access = instruction.at(self.pc)
        self.verb = self.access.verb if self.access else "touches"
        self.pointers = self.candidates()

    def candidates(self):
        """(what the source calls it, its value): the blamed line's expressions first,
        then the arguments and variables of that frame."""
        f, self.asked = self.died.blamed, 0
        if f is None:
            return []
        found = []
        text = re.sub(r'"(\\.|[^"\\])*"', "", f.source() or "")
        try:
            f.gdb.select()
            for expression in expressions(text):
                try:
                    value = gdb.parse_and_eval(expression)
                    if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR and not value.is_optimized_out:
                        found.append((expression, int(value) & (1 << 64) - 1))
                except (gdb.error, ValueError, OverflowError):
                    continue
            self.died.select()
        except gdb.error:
            pass
        self.asked = len(found)
        names = {name for name, _ in found}
        found += [(p.name, p.start & (1 << 64) - 1) for argument in (True, False) for p in f.pointers
                  if p.argument == argument and not p.by_value and p.name not in names]
        return found

    def who(self, value):
        """ "head->next" for its value; or None."""
        known = self.pointers
        if value == 0 and self.died.blamed and self.died.blamed.source() is not None:
            known = known[:self.asked]  # there are many NULLs: only one that its line speaks of
        return next((name for name, v in known if v == value), None)

    def fault(self):
        if self.store.read(self.pc, 1) is None or self.pc == self.address and not self.executable(self.pc):
            return self.not_code()
        overflow = self.stack_overflow()
        if overflow:
            return overflow
        if self.code == KERNEL and self.address == 0:
            return self.freed() or self.non_canonical()
        if self.address < NULL_MAX:
            return self.freed(True) or self.null()
        if self.code == ACCERR:
            return self.forbidden()
        return self.freed() or self.unmapped()

    def executable(self, address):
        m = self.store.mapping(address)
        return m is None or m.flags & 1

    def where(self):
        """ "in strlen (libc.so.6), called from greet"."""
        top = self.died.frames[0] if self.died.frames else None
        blamed = self.died.blamed.function if self.died.blamed else None
        called = top.function if top else "??"
        if top and top.named and top.path is None and top.library:
            called += f" ({os.path.basename(top.library)})"
        if not blamed or top and blamed == top.function:
            return f"in {called}"
        return f"in {called}, called from {blamed}"

    def not_code(self):
        m = self.store.mapping(self.pc)
        what = "NULL" if self.pc == 0 else f"{self.pc:#x}"
        why = "memory that may not be executed" if m else "no code is there"
        name = self.who(self.pc)
        by = self.died.blamed.function if self.died.blamed else None
        return Fault("not code", self.pc, f"It jumped to {what}: {why}."
                     + (f" {by} called it" + (f" through {name}" if name else "") + ": a function pointer that was "
                        "never set, or was overwritten." if by else " The return address may be overwritten."))

    def stack_overflow(self):
        """By the stack pointer, and by one function that calls itself for ever."""
        sp = self.died.sp
        m = self.store.mapping(sp)
        near = abs(self.address - sp) < 1 << 16 or self.access and self.access.stack
        below = m is None or not m.flags & 2 or sp - m.start < 1 << 13
        if not near or not below or self.code == KERNEL:
            return None
        names = [f.function for f in self.died.frames]
        often = max(set(names), key=names.count) if names else "??"
        depth = len(names) + self.died.omitted
        if depth > RECURSION and names.count(often) * 4 > len(names):
            return Fault("stack overflow", self.address, f"The stack is used up: {often} calls itself, more than "
                         f"{depth // 1000 * 1000} frames deep, and never returns.")
        return Fault("stack overflow", self.address, f"The stack is used up {self.where()}: {self.address:#x} lies "
                     "in the guard below it. A large local variable, or a small stack.")

    def null(self):
        name, base = None, self.access.base if self.access else None
        offset = self.address
        if base is not None and base < NULL_MAX and base != 0 and self.who(base):
            return Fault("near null", self.address, f"It {self.verb} {self.address:#x} {self.where()}: "
                         f"{self.who(base)} is {base:#x}, a small number and no address.")
        name = self.who(0)
        is_null = f"{name} is NULL" if name else "a pointer is NULL"
        if offset == 0:
            return Fault("null", 0, f"It {self.verb} address 0 {self.where()}: {is_null}.")
        return Fault("near null", self.address, f"It {self.verb} {self.address:#x} {self.where()}: a field {offset} "
                     f"bytes into what a NULL points to; {is_null}.")

    def freed(self, null=False):
        """Does what it used lie in a block that malloc holds as free?"""
        for name, value in self.pointers:
            verdict = self.heap.look(value) if value >= NULL_MAX else None
            if verdict and verdict.free and (not null or self.leads_to_null(name)):
                return Fault("freed", self.address,
                             f"It {self.verb} through freed memory {self.where()}: {name} points into a block of "
                             f"{verdict.size} bytes at {verdict.start:#x} that was given back; {verdict.how}.")
        if null:
            return None
        bad = self.access.base if self.access else None
        bad = bad if bad is not None else self.address
        if bad in self.heap.keys():
            return Fault("freed", self.address,
                         f"It {self.verb} {self.where()} through {bad:#x}, which is no pointer: it is the mark that "
                         "malloc writes into each free block (tcache_key). What holds it was freed.")
        near = [v for _, v in self.pointers if v <= self.address < v + FIELD_MAX and v >= NULL_MAX]
        for value in [bad] + near:
            link = self.heap.mangled(value)
            if link is not None:
                name = self.who(value)
                return Fault("freed", self.address,
                             f"It {self.verb} {self.where()} through {name + ', ' if name else ''}{value:#x}, which is "
                             "no pointer of the program's: it looks like malloc's own link from one free block to the "
                             "next. What holds it was freed.")
        return None

    def leads_to_null(self, name):
        """Is the NULL read from what this name points to?"""
        return any(v == 0 and other.startswith((name + "->", name + "[")) for other, v in self.pointers)

    def non_canonical(self):
        bad, what = None, "a pointer"
        if self.access:
            for register, value in self.access.registers:
                if not instruction.canonical(value):
                    bad, what = value, f"register {register}"
                    break
        if bad is None:
            bad, what = next(((v, n) for n, v in self.pointers if not instruction.canonical(v)), (None, None))
        if bad is None:
            return Fault("other", 0, f"The processor refused the access {self.where()} without an address: one that is "
                         "not canonical, or not aligned as the instruction wants.")
        name = self.who(bad)
        text = instruction.as_text(bad)
        return Fault("non-canonical", 0, f"It {self.verb} {self.where()} through {bad:#x} ({name or what}), which can "
                     "be no address on this processor (the kernel then says 0)"
                     + (f": it is the text \"{text}\", so text was written over a pointer." if text else
                        ": overwritten, never set, or read from freed memory."))

    def forbidden(self):
        m = self.store.mapping(self.address)
        if m is None:
            return self.unmapped()
        inside = f"{m.path or 'a mapping'} that allows {m.allows} only"
        if m.flags & 2 == 0 and m.flags & 4:
            symbol = gdb.execute(f"info symbol {self.address:#x}", to_string=True)
            section = re.search(r"in section (\S+)", symbol)
            about = f" (section {section.group(1)}: constants)" if section and "rodata" in section.group(1) else ""
            name = next((n for n, v in self.pointers if v <= self.address < v + 4096), None)
            return Fault("read-only", self.address,
                         f"It {self.verb} {self.address:#x} {self.where()}, in {inside}{about}"
                         + (f": {name} points there." if name else "."))
        return Fault("unmapped" if not m.flags else "other", self.address,
                     f"It {self.verb} {self.address:#x} {self.where()}, in {inside}: a guard page, or protected on "
                     "purpose.")

    def unmapped(self):
        m, distance = self.store.nearest(self.address)
        near = ": nothing is mapped there"
        if m is not None and abs(distance) <= NEAR:
            side = "beyond the end of" if distance > 0 else "before"
            what = m.path or ("a stack" if self.died.sp in m else "a mapping")
            away = f"{abs(distance)} byte{'s' if abs(distance) != 1 else ''}"
            near = f": {away} {side} {what} at {m.start:#x} of {m.end - m.start >> 10} kB"
        base = self.access.base if self.access else None
        name = self.who(base) if base else self.who(self.address)
        return Fault("unmapped", self.address, f"It {self.verb} {self.address:#x} {self.where()}{near}"
                     + (f"; {name} is {base or self.address:#x}." if name else "."))


def expressions(text):
    """The chains of members in a line, "a->b.c[i]", each with what leads to it, the
    shortest first: no calls and nothing that changes anything."""
    found = []
    for m in re.finditer(r"[A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*|\[\w+\])*", text):
        if text[m.end():m.end() + 1] == "(":
            continue
        parts = re.findall(r"^[A-Za-z_]\w*|(?:->|\.)\w+|\[\w+\]", m.group())
        for i in range(1, len(parts) + 1):
            chain = "".join(parts[:i])
            if chain not in found and len(found) < 24:
                found.append(chain)
    return found
