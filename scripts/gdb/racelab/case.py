"""The whole core as JSON, for programs: threads, stacks, locks, fault, crossing.

The fields are those of struct core in scripts/walk/case.h; scripts/walk/read/facts.c
reads them. Whatever cannot be read is left out or noted; nothing here raises.
"""
import json
import sys

import gdb

from . import crossing, fault, frames, hmap, locks, memory, mutexes, threads, values

THREADS_MAX = 1024  # told; the rest is counted


class Notes(list):
    """Sentences on what is missing, each once."""

    def add(self, text):
        text = values.safe(text, 400)
        if text not in self:
            self.append(text)

    def attempt(self, what, function, otherwise):
        """function(), or `otherwise` and a note: one damaged piece is not the end."""
        try:
            return function()
        except Exception as e:  # noqa: B902 - anything: GDB raises what Python has
            self.add(f"{what} could not be read: {e}")
            return otherwise


def frame(f, module):
    return {"function": values.safe(f.function, 400), "file": values.safe(values.near(f.path)), "line": f.line,
            "module": values.safe(values.near(f.library or (frames.in_program(f.address) and module or None))),
            "address": f"{f.address:#x}", "inlined": f.inlined, "own": f.own,
            "args": f.args, "locals": f.locals}


def thing(address, name):
    return {"address": f"{address:#x}", "name": values.safe(name)}


def wait(w, names, index):
    if w is None:
        return None
    name = names.of(w.object) if w.object and w.kind != "join" else None
    if w.kind == "join" and w.holder:
        name = w.holder.name
    return {"kind": w.kind, **thing(w.object, name), "holder": index.get(id(w.holder))}


def without_debug(everybody, notes):
    """What GDB could not say for want of debug information."""
    if not frames.described() and any(f.path is None and frames.in_program(f.address)
                                      for t in everybody for f in t.frames[:32]):
        name = (gdb.current_progspace().filename or "the program").rsplit("/", 1)[-1]
        notes.add(f"no debug information for {name} (stripped, or built without -g): functions only by symbol, "
                  "no lines, no variables")
    libc = [f for t in everybody for f in t.frames[:4] if f.library and "libc.so" in f.library]
    if libc and all(f.path is None for f in libc):
        notes.add("no debug information for the C library (package libc6-dbg): its arguments are unknown")


def case(looks):
    notes = Notes()
    everybody = threads.all_threads(full=True)
    told = everybody[:THREADS_MAX]
    index = {id(t): i for i, t in enumerate(told)}
    store = memory.Memory()
    signal = threads.signal()
    died = threads.victim(everybody) if signal else None
    for t in told:
        if not t.whole:
            notes.add(f"the stack of {t.name} has more than {len(t.frames) + t.omitted} frames: the rest was not read")
    without_debug(told, notes)
    waiting = notes.attempt("what the threads wait for", lambda: locks.waits(everybody, store), [])
    for w in waiting:
        if not w.object and not (w.kind == "join" and w.holder):
            notes.add(f"{w.thread.name} waits in {w.function}, for which {w.kind} cannot be told without the C "
                      "library's debug information")
    owners = notes.attempt("who holds what", lambda: mutexes.held(everybody, store), {})
    owners.update({w.object: w.holder for w in waiting if w.kind in ("mutex", "rwlock") and w.holder})
    names = mutexes.Names(everybody)
    by_thread = {id(w.thread): w for w in waiting}
    holds = {}
    for address, t in sorted(owners.items()):
        if address:
            holds.setdefault(id(t), []).append(address)
    one, other, why = notes.attempt("where threads cross", lambda: crossing.pair(everybody, waiting),
                                    (None, None, "not known"))
    number, code = threads.siginfo()
    module = gdb.current_progspace().filename
    return {
        "version": 2,
        "signal": signal,
        "signal_number": number,
        "code": code,
        "victim": index.get(id(died)),
        "victim_name": values.safe(died.name) if died else None,
        "victim_role": values.safe(died.role) or None if died else None,
        "fault": notes.attempt("the fault", lambda: fault.explain(died, store, number, code, signal),
                               {"kind": "other" if signal else "none", "address": "0x0", "words": None}),
        "thread_total": len(everybody),
        "crossing": {"threads": [index[id(t)] for t in (one, other) if id(t) in index], "why": values.safe(why)},
        "cycle": [index[id(w.thread)] for w in locks.cycle(waiting) if id(w.thread) in index],
        "looks": [{"expression": values.safe(x), "lines": [values.safe(line) for line in
                   notes.attempt(x, lambda: hmap.look(x, everybody), [])]} for x in looks],
        "threads": [{"number": t.gdb.num, "lwp": t.lwp,
                     "name": values.safe(t.name), "role": values.safe(t.role) or None,
                     "doing": values.safe(t.doing),
                     "where": values.safe(notes.attempt("where", lambda: locks.where(t, by_thread.get(id(t))), None)),
                     "waits": wait(by_thread.get(id(t)), names, index),
                     "holds": [thing(a, names.of(a)) for a in holds.get(id(t), [])],
                     "frames_omitted": t.omitted,
                     "stack": [frame(f, module) for f in t.frames]} for t in told],
        "notes": notes,
    }


def write(told, out):
    """As JSON, a line for each key and each frame: to be read, and compared."""
    def member(value, gap):
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inside = ",\n".join(gap + " " + member(v, gap + " ") for v in value)
            return f"[\n{inside}\n{gap}]"
        if isinstance(value, dict) and "stack" in value:
            inside = ",\n".join(f'{gap} "{k}": {member(v, gap + " ")}' for k, v in value.items())
            return f"{{\n{inside}\n{gap}}}"
        return json.dumps(value)
    out.write("{\n" + ",\n".join(f' "{k}": {member(v, " ")}' for k, v in told.items()) + "\n}\n")


class Case(gdb.Command):
    """case FILE [EXPR;EXPR...]: what the core tells, as JSON; with a look at each EXPR."""

    def __init__(self):
        super().__init__("case", gdb.COMMAND_DATA)

    def invoke(self, argument, _from_tty):
        argument = argument.strip()
        if not argument:
            raise gdb.GdbError("case: which file?")
        if argument[0] in "\"'" and argument.count(argument[0]) > 1:
            _, name, rest = argument.split(argument[0], 2)
        else:
            name, _, rest = argument.partition(" ")
        looks = [x.strip() for x in rest.split(";") if x.strip()]
        notes = Notes()
        told = notes.attempt("the core", lambda: case(looks), {"version": 2, "threads": [], "notes": notes})
        if not told["threads"]:
            print("case:", (notes or ["there are no threads: is a core open?"])[-1], file=sys.stderr)
        try:
            with open(name, "w", encoding="ascii") as f:
                write(told, f)
        except OSError as e:
            raise gdb.GdbError(f"case: {name}: {e.strerror}")


Case()
