#!/usr/bin/env bash
# drd.sh - run a program under DRD and say how often it found what.
#
# usage: scripts/drd.sh [--runs N] [--timeout S] [--out DIR] -- PROGRAM [ARG]...
#
#   PROGRAM        any dynamically linked program; best compiled with -g
#   --runs N       how often it is run (5)
#   --timeout S    seconds for one run (60)
#   --out DIR      where each run's output goes (build/evidence/drd-PROGRAM)
#
# The first line of the output is the verdict; then the functions that were
# caught (DRD has one stack, not two), and in how many runs. Your own VALGRIND_OPTS
# are kept.
#
# Exit status: 0 silent; 1 something was found, or the program died of a signal;
# 2 used wrongly; 3 Valgrind cannot start here; 124 silent, but out of time.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/detector.sh"
. "$(dirname "$0")/lib/valgrind.sh"

valgrind_tool drd
detector_main "$@"
