#!/usr/bin/env bash
# answer.sh - hold a diagnosis of one lab against what the tools find.
#
# usage: scripts/answer.sh LAB [--functions F/G] [--victim ROLE] [--class CLASS]
#        (or: make answer LAB=01 [FUNCTIONS=f/g VICTIM=writer CLASS='data race'])
#
#   --functions F/G  the two functions that cross, in any order; from anywhere in the
#                    two stacks
#   --victim ROLE    the thread that dies or fails: writer, reader, main …
#   --class CLASS    data race, order, atomicity, lifetime, deadlock or lost wakeup
#   LAB              a number (01), a slug, a part of one, or a path in its folder
#
# What is not given is asked for. It is about the map.c that was shipped, whatever became
# of yours. Wrong answers are told what speaks against them, not what is right.
#
# Exit status: 0 all three are right; 1 one is not; 2 used wrongly; 3 the explorer cannot
# run here.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"

options=() target=''
while [ $# -gt 0 ]; do
    case $1 in
    --help) manual ;;
    --version) said_version ;;
    --functions | --victim | --class)
        [ -n "${2-}" ] || wrong "$1 takes a word"
        options+=("$1" "$2"); shift 2 ;;
    -?*) wrong "unknown argument '$1'" ;;
    *) [ -z "$target" ] || wrong "one lab at a time, not $target and $1"
       target=$1; shift ;;
    esac
done
lab=$(lab_find "$target") || exit
build build/bin/answer
build build/bin/explore
exec "$root/build/bin/answer" "${options[@]}" "$lab"
