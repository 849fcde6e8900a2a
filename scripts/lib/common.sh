# common.sh - what every script here does the same way. Sourced, not run.
#
# Sets root (the project) and me (the script's name); makes its paths short.
# shellcheck shell=bash

export LC_ALL=C
me=$(basename "$0")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
version='(racelab) 1.0'

note() { printf '%s: %s\n' "$me" "$*" >&2; }
wrong() { note "$* (see $me --help)"; exit 2; }          # used wrongly
environment() { note "$*"; exit 3; }                     # cannot run here; says the cure

# The comment at the top of the script is its manual.
manual() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0; }
said_version() { echo "$me $version"; exit 0; }

# needs TOOL...: every one is there, or exit 3
needs() {
    local tool
    for tool; do
        command -v "$tool" >/dev/null || environment "$tool is missing: sh scripts/setup.sh installs it"
    done
}

# number OPTION TEXT LEAST: TEXT is a decimal of at least LEAST
number() {
    if ! [[ $2 =~ ^[0-9]+(\.[0-9]+)?$ ]] || awk "BEGIN { exit $2 >= $3 }"; then
        wrong "$1 takes a number of at least $3, not '$2'"
    fi
}

# runnable PROGRAM: can be started, or exit 2; its file is $runnable
runnable() {
    [ -n "${1-}" ] || wrong "which program? Put it after --"
    local path=$1
    [[ $path == */* ]] || path=$(type -P "$path") || wrong "no such program: $1"
    [ -e "$path" ] || wrong "no such program: $1"
    [[ -f $path && -x $path ]] || wrong "not executable: $1"
    runnable=$path
}

# build TARGET: what is built there already stays. Not as a part of the make that
# may have started us.
build() {
    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$root" "$1" >&2 \
        || environment "cannot build $1: what is above says why; sh scripts/setup.sh installs what is missing"
}

runner() {
    [ -x "$root/build/bin/run" ] || build build/bin/run
    "$root/build/bin/run" "$@"
}

walk() {
    [ -x "$root/build/bin/walk" ] || build build/bin/walk
    "$root/build/bin/walk" "$@"
}

# evidence_in NAME: makes an empty place under build/ for what a tool writes
evidence_in() {
    local dir=$root/build/evidence/$1
    { rm -rf "$dir" && mkdir -p "$dir"; } 2>/dev/null || wrong "cannot write to build/: give --out DIR"
    echo "$dir"
}

# writable DIR: made if need be, or exit 2
writable() {
    { mkdir -p "$1" && [ -w "$1" ]; } 2>/dev/null || wrong "--out: cannot write to $1"
}

short() { local path=${1#"$root"/}; echo "${path#./}"; }

# 0 of n runs showed it: how rare must it be? The rule of three (Hanley and
# Lippman-Hand, JAMA 1983): below 3/n, at 95%. Under ten runs that is too rough,
# and it is the exact bound, 1 - 0.05^(1/n).
below() { awk "BEGIN { n = $1; p = n >= 10 ? 3 / n : 1 - exp(log(0.05) / n); printf \"%.2g%%\", 100 * p }"; }

# Colours, on a terminal only.
colours() {
    bold='' dim='' red='' green='' yellow='' blue='' plain=''
    if { [ -t 1 ] || [ -n "${RACELAB_COLOUR-}" ]; } && [ -z "${NO_COLOR-}" ]; then
        bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m'
        yellow=$'\e[33m' blue=$'\e[36m' plain=$'\e[0m'
    fi
}
