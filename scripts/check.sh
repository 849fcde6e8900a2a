#!/usr/bin/env bash
# check.sh - judge the learner's repair of one lab, and remember how it went.
#
# usage: scripts/check.sh [OPTION]... LAB        (or: make check LAB=01)
#
#   OPTION   of build/bin/judge: --all, --json FILE, --map FILE …
#   LAB      a number (01), a slug, a part of one, or the path of one of its files
#
# Judges labs/LAB/map.c. What is remembered, in .racelab/progress.txt: a repair that
# was judged is a try, until one is accepted. None is: the same bytes judged again, the
# map.c that was shipped (git knows it), one that does not compile. Nothing is remembered
# of --map FILE, which is not the learner's own; or when map.c was saved while it was
# judged: who knows which one that was.
#
# One check at a time in one checkout: two would disturb each other.
#
# Exit status: that of the judge: 0 accepted, 1 rejected, 2 used wrongly, 3 accepted
# by all tools that can run here, but some cannot, 124 out of time.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"
. "$(dirname "$0")/lib/progress.sh"

options=() target='' own=yes quiet=''
while [ $# -gt 0 ]; do
    [[ $1 != --*=* ]] || set -- "${1%%=*}" "${1#*=}" "${@:2}"
    case $1 in
    --help) manual ;;
    --version) said_version ;;
    --map | --json | --junit | --results)
        [ -n "${2-}" ] || wrong "$1 takes a file"
        [ "$1" != --map ] || own=''
        [ "$2" != - ] || quiet=yes # standard output is for that
        file=$2
        [[ $file = /* || $file = - ]] || file=$PWD/$file # the judge runs in the root
        options+=("$1" "$(short "$file")"); shift 2 ;;
    -?*) options+=("$1"); shift ;;
    *) [ -z "$target" ] || wrong "one lab at a time, not $target and $1"
       target=$1; shift ;;
    esac
done
lab=$(lab_find "$target") || exit
colours
map=$root/labs/$lab/map.c
fingerprint() { sha256sum 2>/dev/null <"$map" | cut -c 1-12; }

# The judge, and what it runs, do not hold the lock
{ mkdir -p "$root/build" && exec 8>>"$root/build/checking"; } || environment 'cannot write to build/'
flock -n 8 || { note 'another check is running: this one waits for it'; flock 8; }
if [ -z "${RACELAB_JUDGE-}" ]; then # a test has a judge of its own
    build build/bin/judge 8>&-
    (build build/bin/explore) 8>&- # which the judge runs, if it is there
    [ ! -t 2 ] || printf '\r\033[K' >&2
fi
cd "$root" || exit
as_shipped "$lab"
shipped=$?
[[ ! $own || $shipped -ne 0 ]] || note "labs/$lab/map.c is as it was shipped: this is no try"
before=$(fingerprint)
"${RACELAB_JUDGE:-build/bin/judge}" "${options[@]}" "$lab" 8>&-
status=$?

[[ $own && $status =~ ^(0|1|3|124)$ ]] || exit $status
if [ "$before" != "$(fingerprint)" ]; then
    note "labs/$lab/map.c was saved meanwhile: the verdict may be of either, and is not remembered"
    exit $status
fi
# as shipped, but accepted: a repair that was committed
[[ $shipped -ne 0 || $status -eq 0 ]] || exit $status
[ $status -ne 1 ] || (build "build/plain/labs/$lab/map.o") 8>&- 2>/dev/null || exit $status
progress_change "$lab" progress_judged "$status" "$before"
[ $status -eq 0 ] || exit $status
progress_of "$lab"
[ ! "$quiet" ] || exit $status
echo
[ "$line" -eq 0 ] || printf '%sSolved in %s.%s ' "$green" "$(tries_and_hints)" "$plain"
echo "Next: make diff LAB=${lab%%-*} compares, make next goes on."
