#!/usr/bin/env bash
# test.sh - run the test programs, one after the other.
#
# usage: scripts/test.sh PROGRAM...
#
# Each is a Criterion program. It runs one test at a time, because the tests crash
# other programs and count how often. Every command that a test runs has a time
# limit, and each program has one here. What failed is said once more at the end;
# what a program printed stays beside it, in PROGRAM.log.
#
# Exit status: 0 every test passed; 1 one did not; 2 used wrongly; 124 out of time.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
case ${1-} in --help | '') manual ;; --version) said_version ;; esac
needs gdb valgrind

cd "$root" || exit
ulimit -S -c 0 # tests that abort on purpose; what needs a core raises it again
worst=0
failed=()
for program; do
    printf '%s\n' "$(short "$program")"
    timeout --kill-after=5 1500 "$program" -j1 2>&1 | tee "$program.log"
    status=${PIPESTATUS[0]}
    [ "$status" -eq 0 ] || failed+=("$program")
    [ "$status" -le "$worst" ] || worst=$status
done
for program in ${failed[@]+"${failed[@]}"}; do
    printf '\nfailed: %s\n' "$(short "$program")"
    grep -aE '^\[(FAIL|----)\]' "$program.log" | cut -c 1-400
done
exit "$worst"
