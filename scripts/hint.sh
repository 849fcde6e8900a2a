#!/usr/bin/env bash
# hint.sh - show the next hint of a lab, and remember that it was shown.
#
# usage: scripts/hint.sh LAB [N]      (or: make hint LAB=01; make hint LAB=01 HINT=2)
#
#   LAB   a number (01), a slug, a part of one, or the path of one of its files
#   N     that hint, again; or before its turn
#
# The hints are the sections of the lab's hints.md. How many were shown is in
# .racelab/progress.txt.
#
# Exit status: 0 shown, or none is left; 2 used wrongly.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"
. "$(dirname "$0")/lib/progress.sh"
case ${1-} in --help) manual ;; --version) said_version ;; -?*) wrong "unknown argument '$1'" ;; esac
lab=$(lab_find "${1-}") || exit
[ $# -le 2 ] || wrong "unknown argument '$3'"
colours
number=${lab%%-*} file=$root/labs/$lab/hints.md
all=$(grep -c '^## ' "$file")
progress_of "$lab"
n=${2:-$((hints + 1))}
if [ $# -lt 2 ] && [ "$n" -gt "$all" ]; then
    echo "You have seen all $all hints of $lab: make hint LAB=$number HINT=1 shows the first again,"
    echo "make diff LAB=$number shows the repair."
    exit 0
fi
[[ $n =~ ^[1-9][0-9]*$ && ${#n} -lt 4 && $n -le $all ]] || wrong "the hints of $lab are 1 to $all, not '$n'"

echo "${bold}Hint $n of $all for $lab$plain"
awk -v n="$n" '/^## / { at++; next } at == n' "$file"
if [ "$n" -lt "$all" ]; then
    note "try again now; the next one: make hint LAB=$number"
else
    note "that was the last one: make diff LAB=$number shows the repair"
fi
[ "$n" -le "$hints" ] || progress_change "$lab" progress_hinted "$n"
exit 0
