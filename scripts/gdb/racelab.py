"""Everything racelab teaches GDB. In GDB:  source scripts/gdb/racelab.py

    team        every thread: its name, its role, and what it is doing in the map
    crossing    the stacks of the two threads that met, side by side
    locks       who waits for which mutex, held by whom; and the cycle, if any
    look EXPR   a value or, for a map, what its memory really holds
    case FILE   all of it as JSON

    print *m    works too, for any struct hmap *m

They work on any program; names and roles need the labs' `team` table.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from racelab import hmap, threads, crossing, locks, case  # noqa: E402,F401
