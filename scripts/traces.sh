#!/usr/bin/env bash
# traces.sh - record the evidence of each lab anew, and put it where it is quoted.
#
# usage: scripts/traces.sh [LAB]...        (all)
#
# Writes traces/LAB/: crash.txt (a native run), tsan.txt, helgrind.xml, drd.xml
# (one run each, one round), core.json (what the core tells; build/bin/walk reads it
# in the place of the core), explore.json (what 300 schedules show), schedule.txt
# (a schedule that makes it fail) and crossing.txt (the words of it), walk.txt (the walk
# at 80 columns), check.txt (a wrong repair, judged). Then fills every block in README.md,
# docs and labs after a line "<!-- trace: FILE -->" with traces/FILE.
#
# Exit status: 0 recorded; 1 a lab did not do what lab.txt says; 2, 3 as
# everywhere.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"
. "$(dirname "$0")/lib/fill.sh"
. "$(dirname "$0")/lib/recorded.sh"

case ${1-} in --help) manual ;; --version) said_version ;; -*) wrong "unknown argument '$1'" ;; esac
needs gdb valgrind
cd "$root" || exit
tries=100 # of each run, at most: one round is a lottery

# until_claimed LAB TOOL FILE COMMAND...: runs it until what it wrote to FILE,
# trimmed, shows what lab.txt says of that tool; then FILE goes to traces/LAB/.
until_claimed() {
    local lab=$1 tool=$2 file=$3 claim i
    claim=$(lab_says "$lab" "$tool")
    for ((i = 1; i <= tries; i++)); do
        runner --timeout 60 --no-core "${runner_options[@]}" --out build/evidence -- "${@:4}" >/dev/null || exit
        trimmed "$file" | sed "s|$root/||g" >build/evidence/trimmed # where we are is nobody's business
        if shown build/evidence/trimmed "$claim"; then
            mv build/evidence/trimmed "traces/$lab/$tool.${file##*.}"
            return
        fi
    done
    note "$tool never showed '$claim' in one round of $lab"; return 1
}

# Does it show the claim?
shown() { # FILE CLAIM
    walk --format list "--$tool" "$1" | grep -v "^deadly signal" | sed "s/^/1\t/" >build/evidence/findings.tsv
    findings_meet "$2" build/evidence/findings.tsv >/dev/null
}

# A report may come hundreds of times: the first of each finding is kept.
trimmed() { # FILE
    local keep
    keep=$(walk --format list "--$tool" "$1" | cut -f 1-3 | sed -n '/^deadly/!s/.*:/ /p' | tr -d '\n')
    case $1 in
    *.xml) awk -v keep="$keep " '/^<error>/ { skip = !index(keep, " " NR " ") }
                                 !skip { print }
                                 /^<\/error>/ { skip = 0 }' "$1" ;;
    *) awk -v keep="$keep " '
           /^WARNING: ThreadSanitizer/ { skip = !index(keep, " " NR " "); n++; if (!skip) print bar }
           /^==================$/ { bar = $0; next }
           !skip { print }
           /^SUMMARY:/ && n { if (!skip) print bar; skip = 0 }' "$1" ;;
    esac
}

record() { # LAB
    local lab=$1 traces=traces/$1 program=build/plain/labs/$1/lab tool
    mkdir -p "$traces" build/evidence
    { echo "\$ $program"; scripts/lab.sh crash "$lab" 2>/dev/null; } >"$traces/crash.txt"
    scripts/walk.sh "$lab" >"$traces/walk.txt" || return
    sed "s|$root/||g" "build/evidence/$lab/racy/core/core.json" >"$traces/core.json"
    sed "s|$root/||g" "build/evidence/$lab/racy/explore.json" >"$traces/explore.json"

    schedule "$lab"
    check "$lab"
    export HMAP_CHECK=0 TEAM_ROUNDS=1 TSAN_OPTIONS='history_size=7 second_deadlock_stack=1'
    runner_options=(--fixed-addresses)
    until_claimed "$lab" tsan build/evidence/run-1.txt "build/tsan/labs/$lab/lab" || return
    runner_options=()
    for tool in helgrind drd; do
        until_claimed "$lab" "$tool" "build/evidence/$tool.xml" valgrind --tool="$tool" --fullpath-after= \
            --xml=yes --xml-file="build/evidence/$tool.xml" "$program" || return
    done
    unset HMAP_CHECK TEAM_ROUNDS TSAN_OPTIONS
}

labs=() status=0
for lab; do labs+=("$(lab_find "$lab")") || exit; done
[ ${#labs[@]} -gt 0 ] || mapfile -t labs < <(all_labs)
for lab in "${labs[@]}"; do
    note "$lab"; record "$lab" || { note "$lab did not do what its lab.txt says"; status=1; }
done
grep -rlE '^<!-- trace: ' README.md docs labs --include='*.md' | while read -r document; do fill "$document"; done
exit $status
