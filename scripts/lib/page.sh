# page.sh - writing for a terminal: numbered sections, folded text, and a word on
# what takes long. Sourced, after colours.
# shellcheck shell=bash

step=0
section() { step=$((step + 1)); printf '\n%s%d  %s%s\n\n' "$bold$blue" "$step" "$1" "$plain"; }
say() { fold -s -w $((COLUMNS > 84 ? 80 : COLUMNS - 4)) <<<"$*" | sed 's/^/  /; s/ *$//'; }
indent() { sed 's/^/  /'; }
waiting() { [ ! -t 2 ] || printf '%s  %s...%s\r' "$dim" "$1" "$plain" >&2; }
waited() { [ ! -t 2 ] || printf '\e[K' >&2; }
