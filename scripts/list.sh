#!/usr/bin/env bash
# list.sh - the labs, and how far the learner is with each.
#
# usage: scripts/list.sh        (or: make list)
#
# What is solved, when, in how many tries, with how many hints: all of it is from
# .racelab/progress.txt, which says what its words mean.
#
# Exit status: 0; 2 used wrongly.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"
. "$(dirname "$0")/lib/progress.sh"
case ${1-} in --help) manual ;; --version) said_version ;; ?*) wrong "unknown argument '$1'" ;; esac
colours

row() { # COLOUR LAB CLASS STATE WHEN TRIES HINTS: at most 79 columns
    printf '%s%-27s%s  %-12s  %s%-6s%s  %-10s  %5s  %5s\n' "$bold" "$2" "$plain" "$3" "$1" "$4" "$plain" "${@:5}" | sed 's/ *$//'
}
row '' lab class state when tries hints
done=0 count=0
for lab in $(all_labs); do
    progress_of "$lab"
    case $state in solved) colour=$green when=$solved done=$((done + 1)) ;; *) colour=$yellow when=$first ;; esac
    [ "$when" != - ] || when=''
    [ "$line" -gt 0 ] || state='' tries='' hints=''
    row "$colour" "$lab" "$(lab_says "$lab" class)" "$state" "${when%%T*}" "$tries" "$hints"
    printf '    %s%s%s\n' "$dim" "$(lab_says "$lab" title)" "$plain"
    count=$((count + 1))
done
echo "$done of $count solved; make next shows where to go on"
progress_doubts
exit 0
