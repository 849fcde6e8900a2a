"""Colour, for a terminal only and never with NO_COLOR. RACELAB_COLOUR says that
the terminal is at the other end of a pipe."""
import os
import sys

ON = not os.environ.get("NO_COLOR") and (bool(os.environ.get("RACELAB_COLOUR")) or sys.__stdout__.isatty())


def paint(text, code):
    return f"\033[{code}m{text}\033[0m" if ON else text


def victim(text):
    return paint(text, "31")


def other(text):
    return paint(text, "33")


def dim(text):
    return paint(text, "2")
