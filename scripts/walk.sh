#!/usr/bin/env bash
# walk.sh - the whole story of one lab: it dies, and what is left of it is read.
#
# usage: scripts/walk.sh [LAB] [OPTION]...          (01)
#
#   OPTION   of build/bin/walk: --explain, --width N, --format html …
#
# What happened; then the case, as build/bin/walk tells it from the core, from
# three runs under each detector and from 300 schedules; then the repair, and the
# repair under the same tools. With --format it is the case alone, in that form. Every line is from runs
# made now; the evidence stays in build/evidence/LAB.
#
# Exit status: 0 all was as lab.txt says; 1 something was not; 2, 3, 124 as
# everywhere.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"
. "$(dirname "$0")/lib/page.sh"

lab=01 options=()
for argument; do
    case $argument in
    --help) manual ;;
    --version) said_version ;;
    [0-9a-z]*) if [ ${#options[@]} -eq 0 ]; then lab=$argument; else options+=("$argument"); fi ;;
    *) options+=("$argument") ;;
    esac
done
walk "${options[@]}" --version >/dev/null || exit # whatever is wrong with them is said now
lab=$(lab_find "$lab") || exit
needs gdb valgrind
colours
[ -t 1 ] && COLUMNS=$(tput cols 2>/dev/null) || COLUMNS=80
export COLUMNS
evidence=$root/build/evidence/$lab/racy
racy=$(program_of "$lab" racy plain) || exit
ok=0

# lab.sh's own remarks go to a file; they matter when it did not go as claimed
verb() { # VERB SIDE [OPTION...]: its output stays in walk.out; ok=1 when not as claimed
    waiting "$1, $2 side"
    RACELAB_COLOUR=${bold:+yes} "$root/scripts/lab.sh" "$1" "$lab" "${@:2}" >"$evidence/walk.out" 2>"$evidence/walk.err"
    local status=$?
    waited
    [ $status -eq 0 ] || { ok=1; tail -n 1 "$evidence/walk.err" | sed "s/^/  $red/; s/\$/$plain/"; }
}
shown() { indent <"$evidence/walk.out" | sed '/^ *$/d'; }

mkdir -p "$evidence"
if [[ " ${options[*]} " == *" --format"* ]]; then
    for argument in core tsan helgrind drd explore; do verb "$argument" racy; done
    walk_lab "$lab" "${options[@]}"
    exit
fi
printf '%s%s  %s%s\n' "$bold" "$lab" "$(lab_says "$lab" title)" "$plain"
say "class: $(lab_says "$lab" class)"

section 'What happened'
say "\$ $(short "$racy")"
verb core racy
if grep -q 'under GDB' "$evidence/walk.out"; then
    verb crash racy
    shown
else # the run that left the core, so that all that follows is of one run
    IFS=$'\t' read -r _ _ signal seconds _ file < <(tail -n 1 "$evidence/core/runs.tsv")
    indent <"$file"
    say "died of $signal after $seconds s"
fi
if [[ $(lab_says "$lab" says) =~ concurrent|panic ]]; then # the map's check found it
    waiting 'ten runs with the check off'
    HMAP_CHECK=0 runner --runs 10 --no-core --timeout 5 --out "$evidence" -- "$racy" >"$evidence/unchecked.tsv"
    waited
    echo
    say "With the map's own check off, as plain C (HMAP_CHECK=0), 10 runs: $(cut -f 2,3 "$evidence/unchecked.tsv" |
        sort | uniq -c | sort -rn | awk '{ $2 = ($2 == "exit") ? "lived" : ($2 == "timeout") ? "hung" : $3
                                           printf "%s%s %s", (NR > 1 ? ", " : ""), $2, $1 }')."
fi

for tool in tsan helgrind drd; do verb "$tool" racy --runs 3; done
verb explore racy
walk_lab "$lab" --continue 1 ${bold:+--color always} "${options[@]}" >"$evidence/case.txt"
[ $? -le 1 ] || exit
cat "$evidence/case.txt"
step=$(sed 's/\x1b\[[0-9;]*m//g' "$evidence/case.txt" | sed -n 's/^\([0-9][0-9]*\)  .*/\1/p' | tail -n 1)

section 'The repair'
"$root/scripts/lab.sh" diff "$lab" | sed "s/^-.*/$red&$plain/; s/^+.*/$green&$plain/; s/^@@.*/$dim&$plain/" | indent

section 'The repair under the same tools'
for tool in crash tsan helgrind drd; do verb "$tool" solution; shown; done
verb explore solution --runs 2000
say "explore: $(tr '\n' ' ' <"$evidence/walk.out")"

printf '\n'
say "Your turn: labs/$lab/README.md. The evidence is in $(short "$root/build/evidence/$lab")."
exit $ok
