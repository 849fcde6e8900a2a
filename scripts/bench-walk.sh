#!/usr/bin/env bash
# bench-walk.sh - how fast walk is, side by side with what it is measured by.
#
# usage: scripts/bench-walk.sh [--rounds N]
#
#   --rounds N   each pair is run N times, in turns; the medians are compared (5)
#
# Reports: walk on a report of 100 megabytes, against grep -c on the same file;
# and the most memory that it took. Cores: walk on a core, against GDB alone printing
# all stacks with all variables (thread apply all bt full). Ratios of seconds; both
# sides of a pair are run in turns, so that a busy machine disturbs both.
#
# Exit status: 0 measured; 2, 3 as everywhere.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"

rounds=5 megabytes=100
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=${2-}; number --rounds "$rounds" 1; shift 2 ;;
    --help) manual ;;
    --version) said_version ;;
    *) wrong "unknown argument '$1'" ;;
    esac
done
needs gdb
cd "$root" || exit
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

seconds() { # COMMAND...: how long it took
    local start=$EPOCHREALTIME
    "$@" >"$work/out" 2>&1 # not to /dev/null: grep would stop at the first match
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.4f\n", b - a }'
}
median() { sort -n "$1" | awk '{ s[NR] = $1 } END { print s[int((NR + 1) / 2)] }'; }

pair() { # NAME OURS... -- THEIRS...
    local name=$1 ours=() i
    shift
    while [ "$1" != -- ]; do ours+=("$1"); shift; done
    shift
    rm -f "$work/ours" "$work/theirs"
    for ((i = 0; i < rounds; i++)); do seconds "${ours[@]}" >>"$work/ours"; seconds "$@" >>"$work/theirs"; done
    printf '%-50s %8.3f s %8.3f s %6.2f' "$name" "$(median "$work/ours")" "$(median "$work/theirs")" \
        "$(awk -v a="$(median "$work/ours")" -v b="$(median "$work/theirs")" 'BEGIN { print a / b }')"
}

# The most memory that walk held. It is asked when it has read all and waits for more.
memory() { # FILE
    local pid
    mkfifo "$work/pipe"
    build/bin/walk --format list "$work/pipe" >/dev/null &
    pid=$!
    exec 3>"$work/pipe"
    cat "$1" >&3
    awk '/VmHWM/ { printf "  at most %d MB", $2 / 1024 }' "/proc/$pid/status"
    exec 3>&-
    wait "$pid"
    rm "$work/pipe"
}

many() { # FILE: itself again and again, until it is so large
    local size; size=$(stat -c %s "$1")
    for ((i = 0; i * size < megabytes * 1000000; i++)); do cat "$1"; done >"$work/report"
}

printf '%-50s %10s %10s %6s\n' '' walk other ratio
while read -r file word; do
    many "scripts/test/fixtures/reports/$file"
    pair "$file / grep -c $word" build/bin/walk --format list "$work/report" -- grep -c "$word" "$work/report"
    memory "$work/report"; echo
done <<'REPORTS'
tsan-gcc-race.txt ThreadSanitizer
tsan-clang-race-cpp.txt ThreadSanitizer
asan-gcc-use-after-free.txt AddressSanitizer
helgrind-race.txt race
drd-race.txt Conflicting
REPORTS

# XML has one root: the errors between its beginning and its end are repeated. No reader of
# XML is near grep, so it is also held against libxml2 reading it and doing nothing.
awk -v bytes=$((megabytes * 1000000)) '
    /^<error>/ { in_errors = 1 }
    /^<errorcounts>/ || /^<\/valgrindoutput>/ { if (!ended++) while (n * length(errors) < bytes) { printf "%s", errors; n++ } in_errors = 0 }
    in_errors { errors = errors $0 "\n"; next }
    { print }' traces/01-concurrent-write/helgrind.xml >"$work/report"
pair 'helgrind.xml / grep -c "<error>"' build/bin/walk --format list "$work/report" -- grep -c '<error>' "$work/report"
memory "$work/report"; echo
! command -v xmllint >/dev/null || pair 'helgrind.xml / xmllint --stream' build/bin/walk --format list "$work/report" \
    -- xmllint --stream --noout "$work/report"
echo

core_pair() { # NAME PROGRAM
    scripts/core.sh --out "$work/core" -- "$2" >/dev/null 2>&1; [ -s "$work/core/core" ] || environment "$1 left no core"
    pair "$1 / gdb bt full" build/bin/walk --exe "$2" --core "$work/core/core" \
        -- gdb -nx -batch -ex 'thread apply all bt full' "$2" "$work/core/core"
    echo
}
core_pair 'core of lab 01, 3 threads' build/plain/labs/01-concurrent-write/lab
gcc -g -pthread -o "$work/many" scripts/test/fixtures/cores/many.c && core_pair 'core of 201 threads' "$work/many"
