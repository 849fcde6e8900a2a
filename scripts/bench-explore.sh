#!/usr/bin/env bash
# bench-explore.sh - how fast schedules are, side by side with what else could run them.
#
# usage: scripts/bench-explore.sh [--rounds N]          (or: make bench-explore)
#
#   --rounds N   each thing is measured N times, in turns; the medians are told (5)
#
# Schedules a second on one processor, races looked for: of a correct map under a lock (2
# threads, 50 inserts each: about 2,500 events); of one that does little but lock; of ten
# lines. Next to that, the first of them run as often by fork and exec, and the floor, fork
# and wait of an empty child. Then one long run: natively, under the explorer's runtime,
# ThreadSanitizer, DRD and Helgrind (these two once), as multiples of native. All is time of
# one processor, user and system: machines are shared. Each goal is "met" or "short".
#
# Exit status: 0 measured, met or short; 2, 3 as everywhere.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
rounds=5
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=${2-}; number --rounds "$rounds" 1; shift 2 ;;
    --help) manual ;;
    --version) said_version ;;
    *) wrong "unknown argument '$1'" ;;
    esac
done
needs gcc valgrind taskset setarch
build build/bin/explore
cd "$root" || exit
dir=$(evidence_in bench-explore) sources=scripts/explore/bench
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
for p in grown_map locked_map ten_lines long_run; do
    scripts/explore/cc.sh -O1 "$sources/$p.c" -o "$dir/$p.explored" || exit 3
    gcc -O1 -g -pthread "$sources/$p.c" -o "$dir/$p" || exit 3
    gcc -O1 -g -pthread -fsanitize=thread "$sources/$p.c" -o "$dir/$p.tsan" || exit 3
done
gcc -O2 "$sources/spawn.c" -o "$dir/spawn" || exit 3

measure() { # NAME COMMAND...: one more time, in seconds
    local name=$1 TIMEFORMAT='%3U %3S'
    shift
    { time taskset -c 0 "$@" >"$work/out" 2>&1 || environment "fails: $*"; } 2>"$work/time"
    grep -q 'fails:' "$work/time" && environment "$(cat "$work/time")"
    awk '{ print $1 + $2 }' "$work/time" >>"$work/$name"
}
schedules() { # NAME COUNT OPTION... -- PROGRAM ARG...
    local name=$1 count=$2
    shift 2
    measure "$name" build/bin/explore --jobs 1 --seconds 600 --schedules "$count" "$@"
}
median() { sort -n "$work/$1" | awk '{ s[NR] = $1 } END { print s[int((NR + 1) / 2)] }'; }
rate() { awk -v n="$2" -v s="$(median "$1")" 'BEGIN { printf "%.0f", n / s }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", a / b }'; }
line() { printf '%-52s %9s%s\n' "$1" "$2" "${3-}"; }
goal() { # WORDS VALUE UNIT least|most GOAL
    line "$1" "$2$3" "$(awk -v v="$2" -v g="$5" -v how="$4" -v unit="$3" 'BEGIN {
        met = how == "least" ? v + 0 >= g + 0 : v + 0 <= g + 0
        printf "   goal: at %s %s%s: %s", how, g, unit, met ? "met" : "short" }')"
}

for ((i = 1; i <= rounds; i++)); do
    note "round $i of $rounds"
    schedules snapshot 20000 -- "$dir/grown_map.explored"
    measure exec "$dir/spawn" 300 "$dir/grown_map"
    measure floor "$dir/spawn" 1000
    schedules server 1000 --reset fork -- "$dir/grown_map.explored"
    schedules locks 20000 -- "$dir/locked_map.explored" 125
    schedules ten 200000 -- "$dir/ten_lines.explored"
    for p in "long_run 200000" "locked_map 16000000"; do
        name=${p% *} count=${p#* }
        measure "$name" "$dir/$name" "$count"
        measure "$name.explored" "$dir/$name.explored" "$count"
        measure "$name.tsan" setarch -R "$dir/$name.tsan" "$count"
    done
done
for tool in drd helgrind; do
    note "$tool"
    measure "$tool" valgrind "--tool=$tool" "$dir/long_run" 200000
done

snapshot=$(rate snapshot 20000) exec=$(rate exec 300) floor=$(rate floor 1000)
echo "schedules a second of one processor, in the mix of all policies, races looked for"
goal '2 threads x 50 inserts, about 2,500 events' "$snapshot" '' least 20000
goal '2 threads x 125, little but locks: 2,200 events' "$(rate locks 20000)" '' least 20000
goal 'ten lines, about 20 events' "$(rate ten 200000)" '' least 200000
line 'the first of them by fork server' "$(rate server 1000)"
line '… natively, by fork and exec' "$exec"
goal 'a snapshot is so much faster than that' "$(ratio "$snapshot" "$exec")" x least 10
line 'floor: fork and wait of an empty child' "$floor"
goal '… and than that' "$(ratio "$snapshot" "$floor")" x least 1
for name in long_run locked_map; do
    [ $name = long_run ] && echo "one long run: 400,000 sorted arrays" || echo "one that does little but lock, 32,000,000 times"
    native=$(median "$name")
    line '  natively, seconds' "$native"
    goal '  under the runtime of explore' "$(ratio "$(median "$name.explored")" "$native")" x most 6
    line '  under ThreadSanitizer' "$(ratio "$(median "$name.tsan")" "$native")x"
    [ $name = long_run ] || continue
    line '  under DRD' "$(ratio "$(median drd)" "$native")x"
    line '  under Helgrind' "$(ratio "$(median helgrind)" "$native")x"
done
