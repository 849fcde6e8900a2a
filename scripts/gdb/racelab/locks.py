"""Who waits for what, who holds it, and the cycle: from the stacks, and from the
owner that glibc keeps in every lock (its thread's kernel number).

What a thread waits for is known from the C library's own frames where its debug
information is there. Where it is not, the kernel call's first argument still says
it for a mutex, a semaphore and a join; else the program's source line is asked.
"""
import re

import gdb

from . import frames, memory, mutexes, threads

# what it waits for -> the functions, without leading underscores, and the argument that says which
WAITING = (
    ("mutex", re.compile(r"pthread_mutex_(lock|lock_full|clocklock|timedlock|cond_lock)$"), ("mutex",)),
    ("rwlock", re.compile(r"pthread_rwlock_(rd|wr|timedrd|timedwr|clockrd|clockwr)lock$"), ("rwlock",)),
    ("cond", re.compile(r"pthread_cond_(wait|timedwait|clockwait)$"), ("cond",)),
    ("barrier", re.compile(r"pthread_barrier_wait$"), ("barrier",)),
    ("semaphore", re.compile(r"(new_)?sem_(wait|timedwait|clockwait)$"), ("sem",)),
    ("join", re.compile(r"pthread_(join|timedjoin_np|clockjoin_np|tryjoin_np|clockjoin_ex)$"), ("threadid", "th")),
)
OWNER, WRITER = {"mutex": 8}, {"rwlock": 24}  # offsets of who holds it (64-bit glibc, 2.25 on)
AT_FUTEX = ("mutex", "semaphore")             # begin with the word that the kernel waits on
SYS_FUTEX = 202                               # x86-64
_CALL = re.compile(r"(pthread_\w+|sem_\w+)\s*\(\s*([^,()]+)[,)]")


class Wait:
    """One thread that waits. .object is 0 where nobody can tell for which one."""

    def __init__(self, thread, kind, thing, holder, function):
        self.thread, self.kind, self.object, self.holder, self.function = thread, kind, thing, holder, function

    @property
    def mutex(self):
        return self.object


def waits_in(stack):
    """(kind, index of the frame, argument names) of the wait a stack is in, or None."""
    for i, f in enumerate(stack[:16]):
        if f.own:
            return asked_for(stack, i)
        found = waiting_in(f.function)
        if found:
            return found[0], i, found[1]
    return None


def waiting_in(function):
    name = function.split("@")[0].lstrip("_")
    return next(((kind, arguments) for kind, functions, arguments in WAITING if functions.match(name)), None)


def asked_for(stack, own):
    """The same from the source line of the first own frame: without debug information
    a C library's inner functions have no names, or their neighbours'."""
    inside = own and stack[0].path is None and stack[0].library and "libc" in stack[0].library
    found = _CALL.search(stack[own].source() or "") if inside else None
    asked = waiting_in(found.group(1)) if found else None
    return (asked[0], own - 1, asked[1]) if asked else None


def system_call(thread):
    """The innermost frame of this stack, if it is in a system call (x86-64); else None."""
    try:
        top = thread.frames[0].gdb
        code = gdb.selected_inferior().read_memory(top.pc() - 2, 2).tobytes()
        return top if code == b"\x0f\x05" else None
    except (gdb.error, IndexError, gdb.MemoryError, OverflowError):
        return None


def futex_word(thread):
    """What the kernel call at the top of this stack waits on, or None."""
    top = system_call(thread)
    try:  # the first argument is still there
        return int(top.read_register("rdi")) & (1 << 64) - 1 if top else None
    except (gdb.error, ValueError):
        return None


def in_futex(thread, store, by_lwp):
    """(mutex, its owner's thread) of a thread that the stack says nothing of, as in a
    stripped program with the C library linked into it: the kernel's own queue is asked."""
    top = system_call(thread)
    try:
        if top is None or int(top.read_register("orig_rax")) != SYS_FUTEX:
            return None
    except (gdb.error, ValueError):
        return None
    word = futex_word(thread)
    owner = mutexes.owner_of(store.read(word, mutexes.SIZE), by_lwp) if word else None
    return (word, by_lwp[owner]) if owner else None


def from_source(thread, index):
    """The address that the program's own line passes to the C library, or None."""
    caller = next((f for f in thread.frames[index:] if f.own), None)
    found = _CALL.search(caller.source() or "") if caller else None
    if not found or re.search(r"\+\+|--|[^=!<>]=[^=]", found.group(2)):
        return None
    try:
        caller.gdb.select()
        return int(gdb.parse_and_eval(found.group(2)))
    except (gdb.error, ValueError, OverflowError):
        return None


def object_of(thread, kind, index, arguments):
    """The address of what this (selected) thread waits for; or 0."""
    for f in thread.frames[max(0, index - 2):index + 3]:
        for name in arguments:
            value = f.argument(name)
            if value is not None:
                try:
                    return int(value)
                except (gdb.error, ValueError, OverflowError):
                    pass
    if kind in AT_FUTEX:
        return futex_word(thread) or from_source(thread, index) or 0
    return from_source(thread, index) or 0


def joined(thread, handle, by_lwp, store, handles):
    """The thread that a join waits for: the kernel call waits for its number to
    become 0; else its handle is the base of its thread-local memory."""
    word = futex_word(thread)
    lwp = store.int32(word) if word else None
    return by_lwp.get(lwp) or (handles().get(handle) if handle else None)


@threads.selection_kept()
def waits(all_threads, store=None):
    """A Wait for each thread that waits for something."""
    store = store or memory.Memory()
    by_lwp = {t.lwp: t for t in all_threads}
    known = {}

    def handles():
        if not known:
            for t in all_threads:
                try:
                    t.gdb.switch()
                    known[int(gdb.newest_frame().read_register("fs_base"))] = t
                except (gdb.error, ValueError):
                    known[0] = None
        return known

    result = []
    for t in all_threads:
        found = waits_in(t.frames)
        if not found:
            t.gdb.switch()
            mutex = in_futex(t, store, by_lwp)
            if mutex:
                result.append(Wait(t, "mutex", *mutex, t.blamed.function if t.blamed else "?"))
            continue
        kind, index, arguments = found
        t.gdb.switch()
        thing = object_of(t, kind, index, arguments)
        if kind == "join":
            holder = joined(t, thing, by_lwp, store, handles)
        else:
            offset = OWNER.get(kind, WRITER.get(kind))
            owner = store.int32(thing + offset) if thing and offset else None
            holder = by_lwp.get(owner) if owner else None
        result.append(Wait(t, kind, thing, holder, name_of(t.frames, index)))
    return result


def name_of(stack, index):
    """The function that waits, as the program calls it."""
    name = stack[index].function.lstrip("_")
    caller = next((f for f in stack[index:] if f.own), None)
    found = _CALL.search(caller.source() or "") if caller and not waiting_in(name) else None
    return found.group(1) if found else name


def cycle(all_waits):
    """A list of waits, each for the next one's thread, the last for the first's;
    or [] when nobody waits in a circle."""
    by_thread = {id(w.thread): w for w in all_waits}
    for start in all_waits:
        path, w, seen = [], start, set()
        while w and id(w) not in seen:
            seen.add(id(w))
            path.append(w)
            w = by_thread.get(id(w.holder)) if w.holder else None
        if w is start:
            return path
    return []


def where(t, w):
    """What a thread is doing, in a few words; of a team's member it says that itself."""
    if w is None or t.role or not t.frames:
        return t.where()
    if w.kind == "join":
        return f"waiting for {w.holder.name if w.holder else 'a thread'} to end"
    words = {"cond": "for a condition", "barrier": "at a barrier", "semaphore": "at a semaphore"}
    return f"waiting {words.get(w.kind, 'for a lock')} in {frames.reached(t.frames).function}"


def symbolic(thread):
    """Where in the program's text it is asked for; or None."""
    frame = thread.blamed
    text = frame.source() if frame else None
    return f"{frame.file}: {text}" if text else None


class Locks(gdb.Command):
    """locks: who waits for which lock, held by whom; and the cycle, if any."""

    def __init__(self):
        super().__init__("locks", gdb.COMMAND_STACK)

    def invoke(self, _argument, _from_tty):
        everybody = threads.all_threads(full=True)
        store = memory.Memory()
        all_waits = waits(everybody, store)
        found = [w for w in all_waits if w.object and not (w.thread.role and w.kind == "join")]
        names = mutexes.Names(everybody)
        if not found:
            print("  no thread waits for a lock")
        for w in found:
            name = names.of(w.object) if w.kind != "join" else w.holder and w.holder.name
            holder = "" if w.kind not in ("mutex", "rwlock") else \
                f", held by {w.holder.name}" if w.holder else ", held by nobody who is still there"
            print(f"  {w.thread.name:<11} waits for {w.kind} {w.object:#x}{f' ({name})' if name else ''}{holder}")
            if symbolic(w.thread):
                print(f"              at {symbolic(w.thread)}")
        circle = cycle(all_waits)
        if circle:
            those = [w.thread.name for w in circle]
            print("\n  the circle: " + " -> ".join(those + those[:1]))
            print("  (each waits for the next: none of them can ever go on)")


Locks()
