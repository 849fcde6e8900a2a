#!/usr/bin/env bash
# next.sh - the next lab to work on, and how to begin.
#
# usage: scripts/next.sh        (or: make next)
#
# The first of the learning path (the table in labs/README.md; then what is not in it)
# that is neither solved nor accepted by all tools that can run here.
#
# Exit status: 0; 2 used wrongly.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"
. "$(dirname "$0")/lib/progress.sh"
case ${1-} in --help) manual ;; --version) said_version ;; ?*) wrong "unknown argument '$1'" ;; esac
colours

partly=''
for lab in $(path_labs); do
    progress_of "$lab"
    case $state in
    solved) continue ;;
    partly) partly="$partly $lab"; continue ;;
    esac
    n=${lab%%-*}
    printf '%s%s  %s%s\n' "$bold" "$lab" "$(lab_says "$lab" title)" "$plain"
    [ "$line" -eq 0 ] || printf '  so far   %s\n' "$(tries_and_hints)"
    cat <<TEXT
  read     labs/$lab/README.md
  see      make crash LAB=$n
  repair   labs/$lab/map.c
  check    make check LAB=$n, or at each save: make watch LAB=$n
  stuck?   make hint LAB=$n
TEXT
    exit 0
done
if [ "$partly" ]; then
    echo "All labs are solved, as far as this machine can tell. Some tool could not run here for:$partly"
    echo 'make check says which, and what to do about it.'
else
    echo 'All labs are solved.'
fi
