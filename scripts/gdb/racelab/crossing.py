"""The two threads that met, stacks side by side, and the object they met at."""
import os

import gdb

from . import colour, locks, threads


def pair(all_threads):
    """(victim, other, why) - or (victim, None, why not)."""
    died = threads.victim(all_threads)
    circle = locks.cycle(locks.waits(all_threads))
    if circle:
        first, second = circle[0], circle[1 % len(circle)]
        return first.thread, second.thread, "each waits for a lock that the other holds"
    if died is None:
        return None, None, "no thread died"
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


def column(thread, width):
    lines = [thread.name]
    for f in reversed(thread.own):
        place = f"{f.file}:{f.line}"
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
            caller = next((f for f in (t.own if t else []) if "labs/common/" not in f.path), None)
            if caller and caller.source():
                line = f"      {t.name:<11} {caller.file}: {caller.source()}"
                print(painted(line if len(line) <= columns else line[:columns - 3] + "..."))


Crossing()
