#!/usr/bin/env bash
# bench-explore.sh - how fast schedules are, side by side with what else could run them.
#
# usage: scripts/bench-explore.sh          (or: make bench-explore)
#
# Schedules a second on one processor, of a correct map under a lock (2 threads, 125
# inserts each: about 2,400 events): by snapshot, by fork server; and the program itself,
# run as often by fork and exec; and the floor, fork and wait of /bin/true. Then one long
# run: natively, under the explorer's runtime, ThreadSanitizer, DRD and Helgrind, as
# multiples of native. All in one go, since machines are shared; medians of five rounds.
#
# Exit status: 0 measured; 2, 3 as everywhere.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
case ${1-} in --help) manual ;; --version) said_version ;; ?*) wrong "unknown argument '$1'" ;; esac
needs gcc valgrind taskset
build build/bin/explore
cd "$root" || exit
dir=$(evidence_in bench-explore)
source=scripts/explore/bench/locked_map.c
rounds=5 inserts=125 long=200000
scripts/explore/cc.sh -O1 "$source" -o "$dir/explored" || exit 3
gcc -O1 -g -pthread "$source" -o "$dir/native" && gcc -O1 -g -pthread -fsanitize=thread "$source" -o "$dir/tsan" || exit 3
one() { taskset -c 0 "$@"; }

rate() { # OPTION...: schedules a second, as explore itself counts them
    one build/bin/explore --jobs 1 --json "$@" -- "$dir/explored" "$inserts" |
        awk -F'[:,]' '/"schedules"/ && !n { n = $2 } /"seconds"/ { s = $2 } END { printf "%.0f\n", n / s }'
}
spawn() { # COMMAND...: how often a second it can be started and waited for
    local begin end
    begin=$(date +%s%N)
    # shellcheck disable=SC2016 # for the inner shell
    one bash -c 'for ((i = 0; i < 300; i++)); do "$@"; done' - "$@" >/dev/null
    end=$(date +%s%N)
    awk "BEGIN { printf \"%.0f\n\", 300e9 / ($end - $begin) }"
}
took() { # COMMAND...: milliseconds
    local begin
    begin=$(date +%s%N)
    "$@" >/dev/null 2>&1
    echo $((($(date +%s%N) - begin) / 1000000))
}
median() { sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
row() { # TITLE COMMAND...: the median of its rounds, in $value
    local title=$1 i; shift
    value=$(for ((i = 0; i < rounds; i++)); do "$@"; done | median)
    printf '%-44s %8s %s' "$title" "$value" "$unit"
}

unit='/s'
row 'by snapshot' rate --schedules 20000; snapshot=$value; echo
row 'by fork server' rate --schedules 2000 --reset fork; fork=$value; echo
row 'the native program, by fork and exec' spawn "$dir/native" "$inserts"; awk "BEGIN { printf \"   snapshot is %.1fx\n\", $snapshot / $value }"
row 'floor: fork, exec and wait of /bin/true' spawn /bin/true; awk "BEGIN { printf \"   snapshot is %.1fx, fork server %.2fx\n\", $snapshot / $value, $fork / $value }"
unit='ms'
row "one long run, $long inserts each: native" took "$dir/native" "$long"; native=$value; echo
times() { awk "BEGIN { printf \"   %.1fx\n\", $value / ($native ? $native : 1) }"; }
row 'under the runtime of explore' took "$dir/explored" "$long"; times
row 'under ThreadSanitizer' took setarch -R "$dir/tsan" "$long"; times
rounds=1
row 'under DRD' took valgrind --tool=drd "$dir/native" "$long"; times
row 'under Helgrind' took valgrind --tool=helgrind "$dir/native" "$long"; times
