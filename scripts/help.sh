#!/usr/bin/env bash
# help.sh - what make can do here.
#
# usage: scripts/help.sh        (or: make help)
#
# The targets, by what one wants. This is the text that `make help` shows.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
case ${1-} in --help) manual ;; --version) said_version ;; ?*) wrong "unknown argument '$1'" ;; esac
colours
sed "s/^[A-Z].*/$bold&$plain/" <<'TEXT'
Begin
  make                  set up what is missing, then walk lab 01 from crash to repair
  make list             the labs, and how far you are with each
  make next             the next one, and how to begin it
  make doctor           would anything here make labs fail, through no fault of yours?

One lab: LAB is a number, a slug or a part of it; SIDE=solution for the repair
  make walk LAB=02      the whole story: crash, core, detectors, memory, repair
                        FORMAT=html (md, json, sarif, ...): the case alone, in that form
  make crash LAB=02     run it until it dies
  make core LAB=02      get its core and see who was where
  make tsan LAB=02      what ThreadSanitizer says; also: helgrind, drd
  make explore LAB=02   the schedule that makes it fail, step by step
  make rules LAB=02     the tests of its contract, with one thread
  make answer LAB=02    asks for your diagnosis, and holds it against the evidence
  make check LAB=02     your repair, judged: accepted, or why not
  make watch LAB=02     the same at each save, until Ctrl-C
  make hint LAB=02      the next of three hints; HINT=1: that one again
  make diff LAB=02      our repair
  make reset LAB=02     map.c as it was shipped: asks first, and keeps yours

Any program of yours
  scripts/tsan.sh -- PROGRAM ARG...      also: helgrind.sh, drd.sh, core.sh
  build/bin/explore -- PROGRAM ARG...    made with CC=scripts/explore/cc.sh
  build/bin/walk CORE REPORT...          one case of them; --help says more
  gdb -x scripts/gdb/racelab.py PROGRAM CORE

The whole house
  make editor           compile_commands.json, so that editors understand the code
  make test             set up what is missing, then run every test
  make matrix           how often everything shows (15 minutes)
  make traces           record traces/ anew, and what the documents quote of it
  make fuzz             half an hour of hostile input for each of walk's readers
  make bench-explore    how fast schedules are, side by side with what else could run
  make bench-check      is the judge right, and how fast? (20 minutes and more)
  make bench-walk       how fast walk is, side by side with grep and with GDB
  make lint             look over the code (needs: sh scripts/setup.sh lint)
  make picture          draw the README's picture (needs: sh scripts/setup.sh picture)
  make clean            remove build/
TEXT
