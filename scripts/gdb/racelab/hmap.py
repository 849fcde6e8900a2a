"""The labs' map as a core holds it: a pretty printer, and the truth about it.

Nothing here believes the map: it may be corrupted. Every walk is bounded, and
unreadable memory is said, not raised.
"""
import gdb

from . import threads

MIN_TOPHASH, SLOTS, BOUND = 5, 8, 200000


class Walk:
    """Reads every bucket. .entries: (key, value) seen; .trouble: what stopped it."""

    def __init__(self, m, keep=20):
        self.entries, self.found, self.moved, self.trouble = [], 0, 0, None
        self.keep, self.strings = keep, int(m["kind"]) == 1
        try:
            self.B = int(m["B"])
            if self.B > 30:
                raise ValueError(f"B is {self.B}: no map is that large")
            old = m["oldbuckets"]
            if old != 0:
                for i in range(1 << (self.B - 1)):
                    if 0 < int(old[i]["tophash"][0]) < MIN_TOPHASH:
                        self.moved += 1
                    else:
                        self.chain(old[i])
            for i in range(1 << self.B):
                self.chain(m["buckets"][i])
        except (gdb.error, ValueError, RuntimeError) as e:
            self.trouble = str(e).rstrip(".")

    def chain(self, bucket):
        for _ in range(BOUND):
            for i in range(SLOTS):
                if int(bucket["tophash"][i]) >= MIN_TOPHASH:
                    self.found += 1
                    if len(self.entries) < self.keep:
                        self.entries.append((bucket["keys"][i], bucket["values"][i]))
            if bucket["overflow"] == 0:
                return
            bucket = bucket["overflow"].dereference()
        raise ValueError("a chain of overflow buckets that does not end")


def writer(m):
    """The name of the thread that says it is writing, or None."""
    number = int(m["writing"])
    if number == 0:
        return None
    members = list(threads.team_table().values())
    return members[number - 1]["name"].string() if number <= len(members) else f"thread {number}"


def describe(m):
    """Lines of plain words on a struct hmap value."""
    walk = Walk(m)
    count, lines = int(m["count"]), []
    if walk.trouble:
        lines.append(f"count says {count}; the buckets cannot be read to the end: {walk.trouble}")
    elif count == walk.found:
        lines.append(f"count says {count}, and the buckets hold {walk.found}: they agree")
    else:
        lines.append(f"count says {count}, but the buckets hold {walk.found}")
    if not walk.trouble or walk.B <= 30:
        text = f"B = {walk.B}: {1 << walk.B} bucket{'s' if walk.B else ''}"
        if m["oldbuckets"] != 0:
            text += f"; growing: {walk.moved} of {1 << (walk.B - 1)} old buckets moved"
        lines.append(text)
    who = writer(m)
    lines.append(f"writing = {int(m['writing'])}: {who} is in the middle of a change" if who
                 else "writing = 0: nobody is in the middle of a change")
    return lines


class Printer:
    """print *m: a line of words, then the entries."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return "map: " + "; ".join(describe(self.value))

    def children(self):
        walk = Walk(self.value)
        for n, (key, value) in enumerate(walk.entries):
            yield f"k{n}", key["str"] if walk.strings else key["num"]
            yield f"v{n}", value

    def display_hint(self):
        return "map"


def lookup(value):
    return Printer(value) if value.type.strip_typedefs().tag == "hmap" else None


gdb.pretty_printers.append(lookup)


def look(argument, all_threads):
    """Lines on an expression."""
    value = find(argument, all_threads)
    if value is None:
        return [f"{argument}: not to be found in this core"]
    target = value
    if value.type.code == gdb.TYPE_CODE_PTR and value == 0:
        return [f"{argument} is NULL" + (": a nil map" if is_map(value.type.target()) else "")]
    if value.type.code == gdb.TYPE_CODE_PTR:
        target = value.dereference()
    if is_map(target.type):
        head = f"{argument}, the map at {value if target is not value else value.address}:"
        return [head] + ["    " + line for line in describe(target)]
    text = value.format_string(max_elements=4, repeat_threshold=3)
    return [f"{argument} = {text}{holder(argument, value)}"]


class Look(gdb.Command):
    """look EXPR: the value; and where it is a map, or points to one, what its
    memory really holds. EXPR is evaluated in the innermost frame, of any
    thread, where it means something."""

    def __init__(self):
        super().__init__("look", gdb.COMMAND_DATA)

    def invoke(self, argument, _from_tty):
        for line in look(argument, threads.all_threads()):
            print("  " + line)


def holder(expression, value):
    """The __owner of a mutex is a thread's kernel number: its name, too."""
    if not expression.endswith("__owner"):
        return ""
    member = threads.team_table().get(int(value))
    return f", {member['name'].string()}" if member else ", nobody" if int(value) == 0 else ""


def is_map(kind):
    return kind.strip_typedefs().tag == "hmap"


@threads.selection_kept()
def find(expression, all_threads):
    """Its value: as a global, or in the first frame that knows it; or None."""
    for thread in all_threads:
        thread.gdb.switch()
        for frame in thread.frames:
            if not frame.own:
                continue
            try:
                frame.gdb.select()
                value = gdb.parse_and_eval(expression)
                value.fetch_lazy()
                return value
            except gdb.error:
                continue
    return None


Look()
