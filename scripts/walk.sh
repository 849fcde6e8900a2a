#!/usr/bin/env bash
# walk.sh - the whole story of one lab: it dies, and what is left of it is read.
#
# usage: scripts/walk.sh [LAB]          (01)
#
# What happened, who was where, the crossing, what each tool says, what the
# memory says, the repair, and the repair under the same tools. Every line is
# from a run made now; the evidence stays in build/evidence/LAB.
#
# Exit status: 0 all was as lab.txt says; 1 something was not; 2, 3, 124 as
# everywhere.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"
. "$(dirname "$0")/lib/page.sh"

case ${1-} in --help) manual ;; --version) said_version ;; -*) wrong "unknown argument '$1'" ;; esac
lab=$(lab_find "${1:-01}") || exit
needs gdb valgrind
colours
[ -t 1 ] && COLUMNS=$(tput cols 2>/dev/null) || COLUMNS=80
export COLUMNS
evidence=$root/build/evidence/$lab/racy
racy=$(program_of "$lab" racy plain) || exit
ok=0

# lab.sh's own remarks go to a file; they matter when it did not go as claimed
verb() { # VERB SIDE [OPTION...]: its output, indented; ok=1 when not as claimed
    waiting "$1, $2 side"
    RACELAB_COLOUR=${bold:+yes} "$root/scripts/lab.sh" "$1" "$lab" "${@:2}" >"$evidence/walk.out" 2>"$evidence/walk.err"
    local status=$?
    waited
    indent <"$evidence/walk.out" | sed '/^ *$/d'
    [ $status -eq 0 ] || { ok=1; tail -n 1 "$evidence/walk.err" | sed "s/^/  $red/; s/\$/$plain/"; }
}

in_gdb() { # COMMAND...: what GDB prints on the core from its own commands
    RACELAB_COLOUR=${bold:+yes} on_core "$racy" "$evidence/core/core" "$@" 2>"$evidence/gdb.txt"
}

mkdir -p "$evidence"
printf '%s%s  %s%s\n' "$bold" "$lab" "$(lab_says "$lab" title)" "$plain"
say "class: $(lab_says "$lab" class)"

section 'What happened'
say "\$ $(short "$racy")"
verb core racy >"$evidence/core.out"
if grep -q 'under GDB' "$evidence/core.out"; then
    verb crash racy
else # the run that left the core, so that all that follows is of one run
    IFS=$'\t' read -r _ _ signal seconds _ file < <(tail -n 1 "$evidence/core/runs.tsv")
    indent <"$file"
    say "died of $signal after $seconds s"
fi
[ $ok -eq 0 ] || cat "$evidence/core.out"
if [[ $(lab_says "$lab" says) =~ concurrent|panic ]]; then # the map's check found it
    waiting 'ten runs with the check off'
    HMAP_CHECK=0 runner --runs 10 --no-core --timeout 5 --out "$evidence" -- "$racy" >"$evidence/unchecked.tsv"
    waited
    echo
    say "With the map's own check off, as plain C (HMAP_CHECK=0), 10 runs: $(cut -f 2,3 "$evidence/unchecked.tsv" |
        sort | uniq -c | sort -rn | awk '{ $2 = ($2 == "exit") ? "lived" : ($2 == "timeout") ? "hung" : $3
                                           printf "%s%s %s", (NR > 1 ? ", " : ""), $2, $1 }')."
fi

section 'Who was where'
in_gdb team
section 'The crossing'
in_gdb crossing
[ "$(lab_says "$lab" class)" != deadlock ] || { echo; in_gdb locks; }

section 'What each tool says'
for tool in tsan helgrind drd; do
    verb "$tool" racy --runs 3
    for file in "$evidence/$tool"/run-*.txt; do
        awk -f "$root/scripts/lib/excerpt.awk" "$file" | head -n 18 >"$evidence/excerpt"
        [ ! -s "$evidence/excerpt" ] || { printf '%s' "$dim"; cat "$evidence/excerpt"; printf '%s' "$plain"; break; }
    done
    [ "$tool" = drd ] || echo
done
[ -z "$(lab_says "$lab" silent)" ] || echo; [ -z "$(lab_says "$lab" silent)" ] || say "$(lab_says "$lab" silent)"

section 'What the memory says'
IFS=';' read -ra looks <<<"$(lab_says "$lab" look)"
in_gdb "${looks[@]/#/look }"

section 'The repair'
"$root/scripts/lab.sh" diff "$lab" | sed "s/^-.*/$red&$plain/; s/^+.*/$green&$plain/; s/^@@.*/$dim&$plain/" | indent

section 'The repair under the same tools'
for tool in crash tsan helgrind drd; do verb "$tool" solution; done

printf '\n'
say "Your turn: labs/$lab/README.md. The evidence is in $(short "$root/build/evidence/$lab")."
exit $ok
