#!/usr/bin/env bash
# reset.sh - bring back the map.c of a lab as it was shipped.
#
# usage: scripts/reset.sh [--force] LAB     (or: make reset LAB=01 [FORCE=1])
#
#   --force  do not ask (without a terminal nobody can be asked)
#   LAB      a number (01), a slug, a part of one, or the path of one of its files
#
# Asks first. What is thrown away is kept in .racelab/kept/, as 01-slug.1.c, .2.c and
# so on: none of them is ever written over. What was shipped is what git has as HEAD.
# Progress stays as it is: delete the lab's line in .racelab/progress.txt to begin anew.
#
# Exit status: 0 done, or nothing to do, or the answer was no; 2 used wrongly; 3 git
# cannot tell what was shipped, or no copy can be kept.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"
. "$(dirname "$0")/lib/progress.sh"

target='' force=''
for argument; do
    case $argument in
    --help) manual ;;
    --version) said_version ;;
    --force) force=yes ;;
    -?*) wrong "unknown argument '$argument'" ;;
    *) [ -z "$target" ] || wrong "one lab at a time, not $target and $argument"
       target=$argument ;;
    esac
done
lab=$(lab_find "$target") || exit
cd "$root" || exit
map=labs/$lab/map.c kept=$home/kept

as_shipped "$lab"
case $? in
0)
    echo "$map is as it was shipped: nothing to reset."
    echo "Kept from earlier times: $(find "$kept" -name "$lab.*.c" 2>/dev/null | wc -l), in $(short "$kept")/"
    echo "If you committed yours: git log --oneline $map, then git checkout COMMIT $map"
    exit 0 ;;
2) environment "git cannot tell what $map was: this is no clone, or git is missing; take it from where you got racelab" ;;
esac

if [ ! "$force" ]; then
    [ -t 0 ] || wrong "nobody can be asked here: make reset LAB=${lab%%-*} FORCE=1 resets without asking"
    read -r added removed _ < <(git diff --numstat HEAD -- "$map")
    printf 'Throw away your %s (+%s -%s lines)? A copy is kept. [y/N] ' "$map" "$added" "$removed"
    read -r answer
    [[ $answer =~ ^[yY]([eE][sS])?$ ]] || { echo 'Nothing was changed.'; exit 0; }
fi

if [ -e "$map" ]; then
    not_kept() { environment "cannot keep a copy in $(short "$kept"): nothing was changed; make that folder writable"; }
    { mkdir -p "$kept" && [ -w "$kept" ]; } 2>/dev/null || not_kept
    n=1 # with -C the shell makes the file, or fails where there is one
    until (set -C; : >"$kept/$lab.$n.c") 2>/dev/null; do n=$((n + 1)); done
    if ! { cat "$map" >"$kept/$lab.$n.c" && sync "$kept/$lab.$n.c"; } 2>/dev/null; then
        rm -f "$kept/$lab.$n.c"
        not_kept
    fi
    echo "Kept: $(short "$kept/$lab.$n.c")"
fi
git checkout -q HEAD -- "$map" || environment "git could not restore $map: what is above says why"
echo "$map is as it was shipped."
