#!/usr/bin/env bash
# watch.sh - check a lab at each save, until Ctrl-C.
#
# usage: scripts/watch.sh [--poll] LAB           (or: make watch LAB=01)
#
#   --poll   do not use inotify: look at the files twice a second
#   LAB      a number (01), a slug, a part of one, or the path of one of its files
#
# Watches the lab's folder, not map.c itself: editors write a new file and rename it.
# inotifywait tells of a save at once (sh scripts/setup.sh watch installs it); where it
# is missing or fails, the files are looked at instead. Either way it is what they are
# that counts, and not the event, so that no save is missed, whenever it comes. A save
# during a check cuts that one short: it was of a map.c that is no more.
#
# Exit status: 0 after Ctrl-C; 2 used wrongly.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"
. "$(dirname "$0")/lib/jobs.sh"

target='' poll=''
for argument; do
    case $argument in
    --help) manual ;;
    --version) said_version ;;
    --poll) poll=yes ;;
    -?*) wrong "unknown argument '$argument'" ;;
    *) [ -z "$target" ] || wrong "one lab at a time, not $target and $argument"
       target=$argument ;;
    esac
done
lab=$(lab_find "$target") || exit
colours
cd "$root" || exit
folder=labs/$lab

# Not exit: bash 5.2 may crash when that leaves a read. Not without &: the pipe may be full
ended=''
trap 'ended=0; echo signal >&7 &' INT
trap 'ended=143; echo signal >&7 &' TERM
trap 'ended=129; echo signal >&7 &' HUP

saved() { { stat -c '%n %i %s %y' "$folder"/*.[ch] && cat "$folder"/*.[ch]; } 2>/dev/null | cksum; }
waiting() { note "waiting for the next save of $folder/map.c; Ctrl-C ends it"; }
polling() { every=0.5; note "$1: looking twice a second instead"; }

# Some file systems (NFS, folders shared with a virtual machine) have no events: so
# there is a look of our own every two seconds, too.
every=${RACELAB_LOOK-2} checks=0 seen=''
if [ "$poll" ]; then polling 'as you wish'
elif ! command -v inotifywait >/dev/null; then polling 'inotifywait is missing (sh scripts/setup.sh watch installs it)'
else
    start events inotifywait -qm -e close_write,moved_to,moved_from,create,delete,attrib "$folder" >&7 2>/dev/null
fi
if as_shipped "$lab"; then seen=$(saved); waiting; fi

while [ -z "$ended" ]; do
    now=$(saved)
    if [ "$now" != "$seen" ] && [ -f "$folder/map.c" ]; then
        while sleep 0.1; again=$(saved); [ "$again" != "$now" ]; do now=$again; done # until it is whole
        [ -z "${job[check $checks]-}" ] || note 'saved again: the check begins anew'
        stop "check $checks"
        seen=$now checks=$((checks + 1))
        [ ! -t 1 ] || [ "${TERM-dumb}" = dumb ] || printf '\e[H\e[2J'
        note "$(date +%T) check $checks of $lab"
        start "check $checks" scripts/check.sh "$lab"
    fi
    what=''
    read -r -t "$every" -u 7 what
    case $what in
    'events ended') stop events; polling 'inotifywait ended' ;;
    "check $checks ended") stop "check $checks"; waiting ;;
    esac
done
trap '' INT TERM HUP
stop "check $checks"
stop events
exit "$ended"
