"""Who waits for which mutex, and who holds it: read from the stacks and from the
owner that glibc keeps in every pthread_mutex_t (its thread's kernel number)."""
import gdb

from . import threads

WAITING = ("pthread_mutex_lock", "__pthread_mutex_lock_full", "pthread_mutex_clocklock", "pthread_mutex_timedlock")


class Wait:
    """One thread that waits for one mutex."""

    def __init__(self, thread, mutex, holder):
        self.thread, self.mutex, self.holder = thread, mutex, holder


def mutex_of(thread):
    """The mutex (a value) this thread is waiting for, or None."""
    for frame in thread.frames:
        if frame.own:
            return None
        if any(frame.function.lstrip("_").startswith(w.lstrip("_")) for w in WAITING):
            mutex = frame.argument("mutex")
            if mutex is not None:
                return mutex
    return None


@threads.selection_kept()
def waits(all_threads):
    """A Wait for each thread that waits for a mutex."""
    by_lwp = {t.lwp: t for t in all_threads}
    result = []
    for t in all_threads:
        t.gdb.switch()
        mutex = mutex_of(t)
        if mutex is not None:
            owner = int(mutex.dereference()["__data"]["__owner"])
            result.append(Wait(t, int(mutex), by_lwp.get(owner)))
    return result


def cycle(all_waits):
    """A list of waits, each for the next one's thread, the last for the first's;
    or [] when nobody waits in a circle."""
    by_thread = {id(w.thread): w for w in all_waits}
    for start in all_waits:
        path, w = [], start
        while w and w not in path:
            path.append(w)
            w = by_thread.get(id(w.holder)) if w.holder else None
        if w is start:
            return path
    return []


def symbolic(address, thread):
    """The mutex in the program's words: "&d->bays[1].lock" cannot be had from an
    address; the line that asks for it can."""
    frame = thread.blamed
    text = frame.source() if frame else None
    return f"{frame.file}: {text}" if text else f"mutex {address:#x}"


class Locks(gdb.Command):
    """locks: who waits for which mutex, held by whom; and the cycle, if any."""

    def __init__(self):
        super().__init__("locks", gdb.COMMAND_STACK)

    def invoke(self, _argument, _from_tty):
        found = waits(threads.all_threads())
        if not found:
            print("  no thread waits for a mutex")
        for w in found:
            holder = f"held by {w.holder.name}" if w.holder else "held by nobody who is still there"
            print(f"  {w.thread.name:<11} waits for mutex {w.mutex:#x}, {holder}")
            print(f"              at {symbolic(w.mutex, w.thread)}")
        circle = cycle(found)
        if circle:
            names = [w.thread.name for w in circle]
            print("\n  the circle: " + " -> ".join(names + names[:1]) + "\n  (each waits for the next: none of them can ever go on)")


Locks()
