#!/usr/bin/env bash
# test.sh - run the test programs, one after the other.
#
# usage: scripts/test.sh PROGRAM...
#
# Each is a Criterion program; it runs one test at a time, because the tests time
# and crash other programs, and with one time limit for all its tests, because
# Criterion's runner can hang when two different ones expire.
#
# Exit status: 0 every test passed; 1 one did not; 2 used wrongly; 124 out of time.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
case ${1-} in --help | '') manual ;; --version) said_version ;; esac
needs gdb valgrind

cd "$root" || exit
ulimit -S -c 0 # tests that abort on purpose; what needs a core raises it again
worst=0
for program; do
    printf '%s\n' "$(short "$program")"
    timeout --kill-after=5 1500 "$program" -j1 --timeout 300 2>&1
    status=$?
    [ $status -le $worst ] || worst=$status
done
exit "$worst"
