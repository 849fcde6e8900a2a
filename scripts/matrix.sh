#!/usr/bin/env bash
# matrix.sh - how often each lab shows what it claims: the numbers behind lab.txt.
#
# usage: scripts/matrix.sh [--runs N] [--tool-runs N] [LAB]...
#
#   --runs N        native runs of each side, and again pinned to one CPU (200)
#   --tool-runs N   runs of each side under each detector (20)
#   LAB             only these (all)
#
# deaths: native runs that died as lab.txt says, and the median time it took.
# one CPU: the same, pinned to one. tsan, helgrind, drd: runs with a report on
# the racy side, and how many had one on the solution (which should be none).
# `make matrix` keeps the table in traces/matrix.txt. It takes about 15 minutes.
#
# Exit status: 0 the table was made; 2 used wrongly; 3 a tool cannot run.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"

runs=200 tool_runs=20
while [ $# -gt 0 ]; do
    case $1 in
    --runs) runs=${2-}; number --runs "$runs" 1; shift 2 ;;
    --tool-runs) tool_runs=${2-}; number --tool-runs "$tool_runs" 1; shift 2 ;;
    --help) manual ;;
    --version) said_version ;;
    -*) wrong "unknown argument '$1'" ;;
    *) break ;;
    esac
done
needs valgrind taskset
labs=()
for lab; do labs+=("$(lab_find "$lab")") || exit; done
[ ${#labs[@]} -gt 0 ] || mapfile -t labs < <(all_labs)

rate() { # LAB SIDE [WORD...]: "200 0.009", deaths (or lives) and the median
    "${@:3}" "$root/scripts/lab.sh" rate "$1" "$2" --runs "$runs" 2>/dev/null |
        sed -E 's/.* in ([0-9]+) of .* median ([0-9.]+) .*/\1 \2/; s/.* in 0 of.*/0 -/'
}

reports() { # LAB SIDE TOOL: the number of runs with a report
    "$root/scripts/lab.sh" "$3" "$1" "$2" --runs "$tool_runs" --more 0 >/dev/null 2>&1
    [ $? -lt 2 ] || environment "$3 cannot run: scripts/doctor.sh says why"
    cut -f 1 "$root/build/evidence/$1/$2/$3/findings.tsv" | sort -u | wc -l
}

cpu=$(taskset -cp $$ | sed 's/.*: *//; s/[,-].*//') # the first one that we may use
printf '%-24s %-16s %-16s %-8s %-9s %-8s %-9s %s\n' "of $runs, of $tool_runs" 'deaths (median)' 'on one CPU' \
    tsan helgrind drd repaired: 'lives   tsan helgrind drd'
for lab in "${labs[@]}"; do
    read -r died median < <(rate "$lab" racy)
    read -r died_pinned median_pinned < <(rate "$lab" racy taskset -c "$cpu")
    printf '%-24s %-16s %-16s ' "$lab" "$died ($median s)" "$died_pinned ($median_pinned s)"
    for tool in tsan helgrind drd; do
        [ $tool = helgrind ] && width=9 || width=8
        printf "%-${width}s " "$(reports "$lab" racy $tool)"
    done
    read -r lived _ < <(runs=$tool_runs rate "$lab" solution)
    printf '%-9s %-7s' '' "$lived"
    for tool in tsan helgrind drd; do printf ' %s' "$(reports "$lab" solution $tool)"; done
    printf '\n'
done
