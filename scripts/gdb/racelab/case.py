"""The whole core as JSON, for programs: threads, stacks, locks, crossing."""
import json

import gdb

from . import crossing, locks, threads


def frame(f):
    return {"function": f.function, "file": f.path, "line": f.line, "own": f.own}


def case():
    everybody = threads.all_threads()
    died = threads.victim(everybody)
    one, other, why = crossing.pair(everybody)
    found = locks.waits(everybody)
    return {
        "version": 1,
        "signal": threads.signal(),
        "victim": {"name": died.name, "role": died.role} if died else None,
        "threads": [{"name": t.name, "role": t.role, "doing": t.doing, "where": t.where(),
                     "blamed": t.blamed.function if t.blamed else None,
                     "stack": [frame(f) for f in t.frames]} for t in everybody],
        "crossing": {"threads": [t.name for t in (one, other) if t],
                     "blamed": sorted(t.blamed.function for t in (one, other) if t and t.blamed),
                     "why": why},
        "waits": [{"thread": w.thread.name, "holder": w.holder.name if w.holder else None} for w in found],
        "cycle": [w.thread.name for w in locks.cycle(found)],
    }


class Case(gdb.Command):
    """case FILE: what the core tells, as JSON."""

    def __init__(self):
        super().__init__("case", gdb.COMMAND_DATA)

    def invoke(self, argument, _from_tty):
        if not argument:
            raise gdb.GdbError("case: which file?")
        with open(argument, "w", encoding="utf-8") as f:
            json.dump(case(), f, indent=1)
            f.write("\n")


Case()
