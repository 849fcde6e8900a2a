#!/usr/bin/env bash
# doctor.sh - look for what would make labs fail through no fault of the learner.
#
# usage: scripts/doctor.sh [--json]
#
#   fine     as it should be
#   instead  not so; racelab does what follows the arrow
#   cure     not so; do what follows the arrow
#
# It changes nothing: no setting, no file outside of its temporary directory.
# Exit status: 0 nothing to cure, 2 used wrongly, 3 something to cure.
# For tests, DOCTOR_PROC names a directory to read in place of /proc.
set -uo pipefail
export LC_ALL=C

scripts=$(cd "$(dirname "$0")" && pwd)
for part in tools cores races; do
    # shellcheck source=/dev/null
    . "$scripts/lib/doctor-$part.sh"
done

die() { printf 'doctor.sh: %s\n' "$*" >&2; exit 2; }

# What a check calls, once, to say what it found.
fine() { report fine "$1" "$2" ''; }
instead() { report instead "$@"; }
cure() { report cure "$@"; }

report() { # STATE NAME DETAIL CURE, or what is done instead
    local detail=${3//[^[:print:]]/?} # a core pattern may hold anything
    count[$1]=$((count[$1] + 1))
    if [ "$json" ]; then
        printf '%s\n  {"name": "%s", "state": "%s", "detail": "%s", "cure": "%s"}' \
            "$comma" "$2" "$1" "$(escaped "$detail")" "$(escaped "$4")"
        comma=,
    else
        printf '%s%-7s%s  %-13s  ' "${colour[$1]}" "$1" "$plain" "$2"
        indented "$detail"
        [ -z "$4" ] || { printf '%24s' ''; indented "-> $4"; }
    fi
}

indented() { # TEXT: for 80 columns, its first line where the cursor is
    fold -s -w 55 <<<"$1" | sed "s/ *$//; 2,\$s/^/$(printf '%24s' '')/"
}

escaped() { # TEXT, printable, as JSON wants it between quotes
    local text=${1//\\/\\\\}
    printf '%s' "${text//\"/\\\"}"
}

json='' comma='' plain=''
declare -A count=([fine]=0 [instead]=0 [cure]=0) colour=([fine]='' [instead]='' [cure]='')
for arg; do
    case $arg in
    --json) json=yes ;;
    --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --version) echo 'doctor.sh (racelab) 1.0'; exit 0 ;;
    *) die "unknown argument '$arg': see --help" ;;
    esac
done
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    colour=([fine]=$'\e[32m' [instead]=$'\e[33m' [cure]=$'\e[31m') plain=$'\e[0m'
fi

export proc=${DOCTOR_PROC:-/proc} tmp
tmp=$(mktemp -d) || die 'no room for a temporary directory: set TMPDIR'
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

[ -z "$json" ] || printf '['
check_tools
check_cores
check_races
if [ "$json" ]; then
    printf '\n]\n'
else
    printf '\n%d fine, %d instead, %d to cure\n' "${count[fine]}" "${count[instead]}" "${count[cure]}"
fi
[ "${count[cure]}" -eq 0 ] || exit 3
