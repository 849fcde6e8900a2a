#!/usr/bin/env bash
# tsan.sh - run a program under ThreadSanitizer and say how often it found what.
#
# usage: scripts/tsan.sh [--runs N] [--timeout S] [--out DIR] -- PROGRAM [ARG]...
#
#   PROGRAM        compiled and linked with -fsanitize=thread -g
#   --runs N       how often it is run (5)
#   --timeout S    seconds for one run (60)
#   --out DIR      where each run's output goes (build/evidence/tsan-PROGRAM)
#
# The first line of the output is the verdict; then the pairs of functions that
# were caught, and in how many runs. Every run starts without address
# randomization, because ThreadSanitizer often cannot start with it. Your own
# TSAN_OPTIONS are kept and win over ours.
#
# Exit status: 0 silent; 1 something was found, or the program died of a signal;
# 2 used wrongly; 3 ThreadSanitizer cannot start here; 124 silent, but out of time.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/detector.sh"

tool=tsan
needed=()
command=()
runner_options=(--fixed-addresses)
cure='this system forbids to turn address randomization off; scripts/doctor.sh says more'
# A long history keeps the second stack; exit 66 as always, so that a report is
# never mistaken for the program's own exit status.
export TSAN_OPTIONS="history_size=7 second_deadlock_stack=1 ${TSAN_OPTIONS-}"

did_start() { ! grep -qa '^FATAL: ThreadSanitizer' "$1"; }

check_program() {
    [ "$(head -c 4 "$1" | tail -c 3)" = ELF ] || return 0 # a script may start anything
    grep -aqE '__tsan_(init|func_entry)' "$1" \
        || wrong "$1 is not built for ThreadSanitizer: compile and link it with -fsanitize=thread -g"
}

detector_main "$@"
