#!/usr/bin/env bash
# picture.sh - draw docs/walk.png, the picture in README.md: what `make` prints.
#
# usage: scripts/picture.sh        (or: make picture)
#
# The walk of lab 01 runs on a terminal of 84 columns (script, aha), up to the table of
# what each tool says; a browser without a screen takes the picture.
# `sh scripts/setup.sh picture` installs what it takes.
#
# Exit status: 0 drawn; 1 the walk failed; 3 a tool is missing.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
case ${1-} in --help) manual ;; --version) said_version ;; ?*) wrong "unknown argument '$1'" ;; esac
needs script aha chromium
cd "$root" || exit
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT

note 'walking lab 01'
script -qec 'stty cols 84; exec scripts/walk.sh 01 2>/dev/null' /dev/null </dev/null >"$tmp/all" || exit 1
{
    printf '\e[1m$ make\e[0m\n'
    # up to that table's end; the carriage returns of a terminal go
    sed 's/\r$//; /^  drd /q' "$tmp/all"
} >"$tmp/shown"
aha --black --title 'make' <"$tmp/shown" |
    sed 's/<pre>/<pre style="font: 15px\/1.35 monospace; padding: 16px 20px; margin: 0">/' >"$tmp/walk.html"
height=$(($(wc -l <"$tmp/shown") * 203 / 10 + 40))
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$tmp/profile" --force-device-scale-factor=1.5 \
    --window-size=840,$height --screenshot="$tmp/walk.png" "file://$tmp/walk.html" >/dev/null 2>&1
[ -s "$tmp/walk.png" ] || environment 'chromium took no picture: does it run here? (chromium --version)'
cp "$tmp/walk.png" docs/walk.png
echo "docs/walk.png, $(($(stat -c %s docs/walk.png) / 1024)) kB"
