"""The threads of a program, by the names its `team` table has for them."""
import contextlib
import struct

import gdb

from . import colour, frames, values


def text_in(member, field):
    """A string of a member of the team; None where there is none, or memory is damaged."""
    try:
        value = member[field] if member else None
        if value is None or value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR and value == 0:
            return None
        return value.string(errors="replace", length=-1)
    except (gdb.error, UnicodeDecodeError, ValueError):
        return None


TEAM = {"members", "count", "round", "met"}  # by which the labs' team is known


class Thread:
    def __init__(self, thread, member, limit, full):
        self.gdb = thread
        self.lwp = thread.ptid[1] or thread.ptid[2]
        self.frames, self.omitted, self.whole = frames.stack(thread, limit)
        self.sp = stack_pointer()
        self.caught = caught(self.frames) if siginfo()[1] <= 0 else None
        for f in self.frames[:self.caught.index if self.caught and self.caught.fault else 0]:
            f.own = False  # what a handler did after the fault is not to blame for it
        if full:
            for f in self.frames:
                if f.own:
                    values.read_variables(f)
        self.blamed = frames.blamed(self.frames)
        self.own = frames.own_part(self.frames)
        self.name = text_in(member, "name") or f"thread {thread.num}"
        self.role = text_in(member, "role") or ""
        self.doing = text_in(member, "doing")
        self.working = bool(member["working"]) if member else None
        self.finished = int(member["finished"]) if member else None
        # read now, while this thread is the selected one
        self.map = self.find_map()
        self.key = self.find_key()

    def find_map(self):
        """The address of the map it is inside, or None."""
        if self.blamed and self.blamed.function.startswith("hmap_"):
            value = self.blamed.argument("m")
            try:
                if value is None:
                    it = self.blamed.argument("it")
                    value = it["map"] if it is not None else None
                return int(value) if value is not None else None
            except (gdb.error, TypeError, ValueError, OverflowError):
                return None
        return None

    def find_key(self):
        """The key it works on, as text, or ''."""
        if self.blamed is None or self.map in (None, 0):
            return ""
        key = self.blamed.argument("key")
        if key is None:  # optimized away, or an operation without one
            return ""
        try:
            m = self.blamed.argument("m").dereference()
            if int(m["kind"]) == 0:
                return f"key {int(key['num'])}"
            return f'key "{key["str"].string()}"'
        except (gdb.error, AttributeError, UnicodeDecodeError, TypeError, ValueError):
            return ""

    def where(self):
        """What it is doing, in a few words."""
        if self.doing:
            return f"in {self.doing}" + (f", {self.key}" if self.key else "")
        if any("pthread_mutex_lock" in f.function or "lll_lock_wait" in f.function for f in self.frames):
            return f"waiting for a lock in {frames.reached(self.frames).function}"
        if self.role == "main" and any(f.function == "team_expect" for f in self.frames):
            return "checking the round"
        if self.role == "main" and any(f.function == "team_fatal" for f in self.frames):
            return "watching the others"
        if self.role == "main":
            return "waiting for the round to end"
        if self.working is False:
            done = self.finished == int(team()["round"])
            return "done with the round" if done else "not begun with the round"
        if self.map is not None and self.working:
            return f"about to enter {self.blamed.function}"
        if self.blamed:
            return f"in {self.blamed.function}"
        if not self.frames:
            return "not known: the core has no registers of it"
        return f"in {frames.reached(self.frames).function}"


def team():
    """The labs' global `team`, or None. It is looked for in the program alone: that
    costs nothing, where an expression makes GDB read every library's symbols."""
    try:
        symbol = gdb.objfiles()[0].lookup_global_symbol("team")
        value = symbol.value() if symbol is not None else None  # is_variable is false of a declaration
        fields = {f.name for f in value.type.strip_typedefs().fields()} if value is not None else set()
        return value if fields >= TEAM else None
    except (gdb.error, IndexError, RuntimeError, TypeError, AttributeError):
        return None  # a program of somebody else's: its team is another thing


def team_table():
    """tid -> member, or {} for a program without a team."""
    table = team()
    try:
        members = [table["members"][i] for i in range(int(table["count"]))] if table is not None else []
        return {int(m["tid"]): m for m in members}
    except (gdb.error, TypeError):
        return {}


def last_words():
    """What a team says that it died of, or None."""
    table = team()
    try:
        return table["last_words"].string(errors="backslashreplace") or None if table is not None else None
    except (gdb.error, TypeError):
        return None


def met(threads):
    """The thread that was in the way when the map stopped the program, or None."""
    table = team()
    try:
        number = int(table["met"]) if table is not None else 0
        member = table["members"][number - 1] if number else None
    except (gdb.error, TypeError):
        return None
    return next((t for t in threads if member is not None and t.lwp == int(member["tid"])), None)


@contextlib.contextmanager
def selection_kept():
    """Whatever is selected inside, the thread and frame of before are again after."""
    thread = gdb.selected_thread()
    frame = gdb.selected_frame() if thread else None
    try:
        yield
    finally:
        if thread:
            thread.switch()
            frame.select()


class Caught:
    """A signal whose handler is still running: .index of the frame that it came upon; and
    what the kernel said of it."""

    def __init__(self, index, number, error, code, _pad, address):
        self.index, self.number, self.error, self.code, self.address = index, number, error, code, address
        self.sender = self.address & (1 << 32) - 1
        self.name = NAMES.get(self.number, f"signal {self.number}")
        self.fault = self.number in FAULTS and self.code > 0


def caught(frames_):
    """The Caught of the selected thread's stack, or None. The kernel puts a siginfo on
    the handler's stack, next to the ucontext that is at the trampoline's stack pointer."""
    for i, f in enumerate(frames_[:-1]):
        if not f.handler:
            continue
        try:
            beside = {"i386:x86-64": 304, "aarch64": 0}[f.gdb.architecture().name()]
            at = int(f.gdb.read_register("sp")) & (1 << 64) - 1
            data = gdb.selected_inferior().read_memory(at, beside + 24).tobytes()
        except (gdb.error, gdb.MemoryError, KeyError, ValueError, OverflowError):
            continue
        found = Caught(i + 1, *struct.unpack_from("<iiiiQ", data, beside))
        if 0 < found.number <= 64 and found.error == 0:
            return found
        return by_trap(i + 1, frames_, data) if beside else None
    return None


def by_trap(index, frames_, data):
    """The same for a handler without SA_SIGINFO: what the processor said (x86-64) is in
    the ucontext. It may be of an earlier fault; not so if this is no system call."""
    error, trap, _, address = struct.unpack_from("<4Q", data, 40 + 152)
    try:
        call = gdb.selected_inferior().read_memory(frames_[index].address - 2, 2).tobytes() == b"\x0f\x05"
    except gdb.MemoryError:
        call = False
    number, code = {6: (4, 2), 13: (11, 128), 14: (11, 2 if error & 1 else 1)}.get(trap, (0, 0))
    return Caught(index, number, 0, code, 0, address if trap == 14 else 0) if number and not call else None


def stack_pointer():
    """Of the selected thread; or 0."""
    try:
        return int(gdb.newest_frame().read_register("sp")) & (1 << 64) - 1
    except (gdb.error, ValueError):
        return 0


@selection_kept()
def all_threads(full=False):
    """Every thread, the team's order first; full: with every argument and variable
    of the program's own frames."""
    table = team_table()
    order = {tid: i for i, tid in enumerate(table)}
    threads = sorted(gdb.selected_inferior().threads(),
                     key=lambda t: (order.get(t.ptid[1], len(order)), t.num))
    found, unwound = [], frames.UNWOUND
    for t in threads:
        found.append(Thread(t, table.get(t.ptid[1]), max(unwound, frames.UNWOUND_LEAST), full))
        unwound -= len(found[-1].frames) + found[-1].omitted
    if not table:
        name_by_start(found)
    return found


def name_by_start(threads):
    """Threads of a program without a team are called by what they began with: "main",
    "worker 3"."""
    process = gdb.selected_inferior().pid
    starts = {}
    for t in threads:
        outermost = next((f for f in reversed(t.frames) if f.own and f.named), None)
        if t.lwp == process or (outermost and outermost.function == "main"):
            t.name = "main"
        elif outermost and t.whole:
            starts.setdefault(start(outermost), []).append(t)
    for function, those in starts.items():
        for i, t in enumerate(sorted(those, key=lambda t: t.lwp), 1):
            t.name = f"{function} {i}" if len(those) > 1 else function


def start(f):
    """What a thread began with: of a lambda its place, for it has no name."""
    if f.function.rsplit("::", 1)[-1] == "operator()" and f.line:
        return f"lambda {f.file}:{f.line}"
    return f.function


def victim(threads):
    """The thread that died: in a core it is GDB's thread 1."""
    return next((t for t in threads if t.gdb.num == 1), None)


NAMES = {1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
          9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM",
          24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS"}


FAULTS = {4, 5, 7, 8, 11}  # signals that the kernel sends for what an instruction did


def siginfo():
    """(signal's number, its code); (0, 0) where there is none."""
    try:
        info = gdb.parse_and_eval("$_siginfo")
        return int(info["si_signo"]), int(info["si_code"])
    except gdb.error:
        return 0, 0


def signal():
    """What the program died of, as "SIGABRT", or None for a live process."""
    number = siginfo()[0]
    return None if number in (0, 19) else NAMES.get(number, f"signal {number}")  # 19: only stopped


class Team(gdb.Command):
    """team: every thread with its name, its role and whether it is inside the map."""

    def __init__(self):
        super().__init__("team", gdb.COMMAND_STACK)

    def invoke(self, _argument, _from_tty):
        from . import locks  # which imports this
        threads = all_threads()
        died, sig = victim(threads), signal()
        if not any(t.role for t in threads):  # a program of somebody else's
            waits = {id(w.thread): w for w in locks.waits(threads)}
            width = min(40, max([len(t.name) for t in threads], default=0))
            for t in threads:
                line = f"{t.name:<{width}}  {locks.where(t, waits.get(id(t)))}"
                print(colour.victim(f"* {line}  <- {sig}") if t is died and sig else f"  {line}")
            return
        print(colour.dim(f"  {'thread':<12}{'role':<10}{'in the map':<12}doing"))
        for t in threads:
            mark = "*" if t is died and sig else " "
            inside = "yes" if t.doing and t.doing.startswith("hmap_") else "no"
            end = f"  <- {sig}" if t is died and sig else ""
            line = f"{mark} {t.name:<12}{t.role:<10}{inside:<12}{t.where()}{end}"
            print(colour.victim(line) if end else colour.other(line) if inside == "yes" else line)


Team()
