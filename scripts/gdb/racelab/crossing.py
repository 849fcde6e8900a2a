"""The two threads that met, stacks side by side, and the object they met at."""
import os

import gdb

from . import colour, locks, threads


def pair(all_threads, waiting=None):
    """(victim, other, why) - or (victim, None, why not)."""
    died = threads.victim(all_threads)
    waiting = locks.waits(all_threads) if waiting is None else waiting
    circle = locks.cycle(waiting)
    if len(circle) == 1:
        return circle[0].thread, None, f"{circle[0].thread.name} waits for a {circle[0].kind} that it holds itself"
    if circle:
        why = "each waits for a lock that the other holds" if {w.kind for w in circle} <= {"mutex", "rwlock"} \
            else "each waits for the other: " + ", ".join(f"{w.thread.name} in a {w.kind}" for w in circle)
        return (circle[0].thread, circle[1].thread,
                why if len(circle) == 2 else "each waits for what the next one holds, in a circle")
    if died is None or not threads.signal():
        return None, None, "no thread died"
    if not threads.team_table():
        return general(died, [t for t in all_threads if t is not died], waiting)
    met = threads.met(all_threads)
    if met and not met.doing and met is not died:
        return died, met, f"{died.name} came upon {met.name} in a change; {met.name} has ended that since"
    others = [t for t in all_threads if t is not died and t.doing]
    others.sort(key=lambda t: t is not met)
    same = [t for t in others if t.map and t.map == died.map]
    if same:
        return died, same[0], f"both are inside the same map, {same[0].map:#x}"
    if others:
        return died, others[0], "both are inside a map operation"
    return died, None, "no other thread is inside the map: no stack shows a crossing"


def objects(thread, everything):
    """{address: name} of what the blamed frame was given; or of all it points to."""
    pointers = thread.blamed.pointers if thread.blamed else []
    return {p.start: p.name for p in pointers
            if p.start >= 1 << 16 and not p.by_value and (p.argument or everything and p.type is not None)}


def general(died, others, waiting):
    """The same for a program without a team: whose stack shows the same object?"""
    none = (died, None, "no other thread's stack touches what the victim was using")
    if not died.blamed:
        return died, None, "the victim's stack shows no code of the program's own"
    for everything in (False, True):
        mine = objects(died, everything)
        for t in others:
            same = [a for a in objects(t, everything) if a in mine]
            if same:
                return died, t, (f"both use the same object, {same[0]:#x}: {mine[same[0]]} in {died.blamed.function}, "
                                 f"{objects(t, everything)[same[0]]} in {t.blamed.function}")
    for w in waiting:
        if w.holder is died and w.thread is not died and w.kind in ("mutex", "rwlock"):
            return died, w.thread, f"{w.thread.name} waits for a {w.kind} that {died.name} holds"
        if w.thread is died and w.holder:
            return died, w.holder, f"{died.name} waits for a {w.kind} that {w.holder.name} has"
    if died.blamed.named and died.blamed.function != "main":
        for t in others:
            if t.blamed and t.blamed.function == died.blamed.function:
                return died, t, f"both are in {died.blamed.function}"
    return none


def column(thread, width):
    lines = [thread.name]
    for f in reversed(thread.own):
        place = f"{f.file}:{f.line}" if f.path else ""
        lines.append(f"{f.function[:width - len(place) - 2]:<{width - len(place) - 1}} {place}")
    return lines


class Crossing(gdb.Command):
    """crossing: the stacks of the two threads that met, outermost call first."""

    def __init__(self):
        super().__init__("crossing", gdb.COMMAND_STACK)

    def invoke(self, _argument, _from_tty):
        one, other, why = pair(threads.all_threads())
        columns = int(os.environ.get("COLUMNS") or 80)
        width = max(26, min(60, (min(columns, 130) - 7) // 2))
        if one is None:
            print(f"  {why}")
            return
        left = column(one, width)
        right = column(other, width) if other else []
        for n in range(max(len(left), len(right))):
            a = left[n] if n < len(left) else ""
            b = right[n] if n < len(right) else ""
            a = colour.victim(f"{a:<{width}}") if right else colour.victim(a)
            print(f"  {a} | {colour.other(b)}" if right else f"  {a}")
        if right:
            print(f"  {'':<{width}} ^")
        print(f"  {why}")
        for t, painted in ((one, colour.victim), (other, colour.other)):
            caller = next((f for f in (t.own if t else []) if "labs/common/" not in (f.path or "")), None)
            if caller and caller.source():
                line = f"      {t.name:<11} {caller.file}: {caller.source()}"
                print(painted(line if len(line) <= columns else line[:columns - 3] + "..."))


Crossing()
