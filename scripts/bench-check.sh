#!/usr/bin/env bash
# bench-check.sh - how good is the judge, and how fast?
#
# usage: scripts/bench-check.sh [--wrong N] [--right N] [--solutions N] [LAB]
#        (or: make bench-check)
#
#   --wrong N      how often each wrong repair is judged (1)
#   --right N      how often each right one that is not ours is (1)
#   --solutions N  how often each solution is (20)
#   LAB            of one lab only
#
# A line for each repair: how often it was rejected and by whom, or accepted, and the
# median of the seconds. Then, of all: how many were judged rightly, and whether the wrong
# ones were rejected by the oracle that they name, or a cheaper one (`judge --help` has the
# order). Each verdict is a line of build/bench-check.tsv.
#
# Exit status: 0 every verdict was right; 1 one was not; 2, 3 as everywhere.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"

wrong=1 right=1 solutions=20 labs=''
while [ $# -gt 0 ]; do
    case $1 in
    --help) manual ;;
    --version) said_version ;;
    --wrong | --right | --solutions)
        number "$1" "${2-}" 0
        printf -v "${1#--}" %s "$2"; shift 2 ;;
    -?*) wrong "unknown argument '$1'" ;;
    *) labs=$(lab_find "$1") || exit; shift ;;
    esac
done
build build
cd "$root" || exit
raw=build/bench-check.tsv
order=" $(build/bin/judge --help | awk '/^What it is put before/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' | tr '\n' ' ')"

# judge_all KIND TIMES FILE...: one line for each verdict: kind, file, named, verdict, seconds
judge_all() {
    local kind=$1 times=$2 file named verdict begin
    for file in "${@:3}"; do
        named=$(sed -n '1s/.*rejected by: \([a-z]*\).*/\1/p' "$file")
        for ((i = 0; i < times; i++)); do
            [ ! -t 2 ] || printf '\r\e[K%s' "$file" >&2
            begin=$EPOCHREALTIME
            verdict=$(build/bin/judge --map "$file" "$(cut -d / -f 2 <<<"$file")" 2>&1 | head -n 1)
            verdict=${verdict#*: }
            printf '%s\t%s\t%s\t%s\t%s\n' "$kind" "$file" "${named:--}" "${verdict%%:*}" \
                "$(awk "BEGIN { print $EPOCHREALTIME - $begin }")"
        done
    done
    [ ! -t 2 ] || printf '\r\e[K' >&2
}

# lines_of KIND: a line for each file of that kind
lines_of() {
    awk -F'\t' -v kind="$1" '$1 == kind' "$raw" | sort -s -t$'\t' -k2,2 -k5,5n | awk -F'\t' '
        function flush() { if (n) printf "  %-56s %s  %5.1f s\n", file, said(), s[int((n + 1) / 2)] }
        function said(   v, text) { for (v in of) text = text (text ? ", " : "") v " " of[v] " of " n; return text }
        $2 != file { flush(); file = $2; delete of; delete s; n = 0 }
        { of[$4]++; s[++n] = $5 }
        END { flush() }' | sed 's|solutions/||; s|\.c |   |'
}

# sum KIND WORDS: how many verdicts were right, and the median of their seconds
sum() {
    awk -F'\t' -v kind="$1" '$1 == kind' "$raw" | sort -t$'\t' -k5,5n | awk -F'\t' -v kind="$1" -v words="$2" -v order="$order" '
        BEGIN { wrong = kind == "wrong" }
        { n++; s[n] = $5; by = $4; sub(/^rejected by /, "", by)
          rejected = $4 ~ /^rejected/
          good += wrong == rejected
          if (rejected && index(order, " " by " ") <= index(order, " " $3 " ")) named++ }
        END { if (!n) exit
              printf "%s: %d of %d %s, median %.1f s (at most %.1f s)\n", words, good, n,
                  wrong ? "rejected" : "accepted", s[int((n + 1) / 2)], s[n]
              if (wrong) printf "  by the oracle that they name, or a cheaper one: %d of %d\n", named, n
              exit good != n || (wrong && named != n) }'
}

# shellcheck disable=SC2086 # labs is one folder's name, or empty
{
judge_all wrong "$wrong" solutions/${labs:-*}/wrong/*.c
judge_all right "$right" solutions/${labs:-*}/right/*.c
judge_all solution "$solutions" solutions/${labs:-*}/map.c
} >"$raw"
status=0
for kind in wrong right solution; do lines_of "$kind"; done
sum wrong 'wrong repairs' || status=1
sum right 'right repairs, not ours' || status=1
sum solution 'solutions' || status=1
exit $status
