#!/usr/bin/env bash
# lab.sh - one verb on one lab, compared with what its lab.txt says is true.
#
# usage: scripts/lab.sh VERB LAB [SIDE] [--runs N]
#        scripts/lab.sh list
#
#   crash               run it until it dies, and show what it says
#   tsan, helgrind, drd run it under a detector (5 runs)
#   core                get a core and show what is in it
#   rules               run the tests of its contract, with one thread
#   diff, hint          the repair as a diff; the hints
#   LAB                 a number (01), a slug, or a part of one
#   SIDE                racy (as shipped), solution, or wrong/NAME
#
# The detectors run the racy side with HMAP_CHECK=0, because the map's own check
# would end the program before the second access, which is the one they report.
#
# Exit status: 0 what happened is what lab.txt says; 1 it is not; 2, 3 and 124 as
# everywhere.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"
colours

verb=${1-}
case $verb in
--help | '') manual ;;
--version) said_version ;;
list)
    for lab in $(all_labs); do
        printf '%s%-24s%s %-19s %s\n' "$bold" "$lab" "$plain" "$(lab_says "$lab" class)" "$(lab_says "$lab" title)"
    done
    exit 0 ;;
esac
lab=$(lab_find "${2-}") || exit
side=racy runs=''
shift 2
while [ $# -gt 0 ]; do
    case $1 in
    --runs) runs=${2-}; number --runs "$runs" 1; shift 2 ;;
    *) side=$1; shift ;;
    esac
done
sidedir=$(side_of "$lab" "$side") || exit
evidence=$root/build/evidence/$lab/${side//\//-}
mkdir -p "$evidence" 2>/dev/null || wrong 'cannot write to build/'

as_claimed() { note "as lab.txt says: $1"; exit 0; }
not_claimed() { note "lab.txt of $lab says, of the $side side: $1"; exit 1; }

detector() { # TOOL MODE
    local program claim status missing
    program=$(program_of "$lab" "$side" "$2") || exit
    [ "$side" = solution ] || export HMAP_CHECK=${HMAP_CHECK-0}
    "$root/scripts/$1.sh" --runs "${runs:-5}" --out "$evidence/$1" -- "$program"
    status=$?
    [ $status -lt 2 ] || exit $status
    claim=$(claimed "$lab" "$side" "$1")
    missing=$(findings_meet "$claim" "$evidence/$1/findings.tsv") || not_claimed "$missing"
    [ "$side" != solution ] || [ $status -eq 0 ] || not_claimed 'it lives'
    as_claimed "$1: $claim"
}

crash() {
    local program how value seconds file crash says
    program=$(program_of "$lab" "$side" plain) || exit
    runner --runs "${runs:-20}" --until-signal --no-core --timeout 20 --out "$evidence" -- "$program" >"$evidence/runs.tsv" || exit
    IFS=$'\t' read -r _ how value seconds _ file < <(tail -n 1 "$evidence/runs.tsv")
    cat "$file"
    echo "$how $value after $seconds s" | sed 's/^signal/died of/; s/^exit 0/ended well/'
    [ "$side" = solution ] && { [ "$how $value" = 'exit 0' ] || not_claimed 'it lives'; as_claimed 'it lives'; }
    crash=$(lab_says "$lab" crash) says=$(lab_says "$lab" says)
    [[ $how = signal && "|${crash/hang/SIGABRT}|" = *"|$value|"* ]] || not_claimed "it dies of $crash"
    [ -n "$says" ] && [ "$value" = SIGABRT ] && ! grep -qaF "${says// | /$'\n'}" "$file" && not_claimed "it says: $says"
    as_claimed "it dies of $crash"
}

core() {
    local program
    program=$(program_of "$lab" "$side" plain) || exit
    cd "$evidence" && "$root/scripts/core.sh" --out "$evidence/core" -- "$program"
    core_status=$?; cd "$root" || exit
    [ "$core_status" -eq 1 ] || not_claimed "it dies of $(lab_says "$lab" crash)"
    echo
    gdb -batch -nx -ex "source $root/scripts/gdb/racelab.py" -ex team -ex 'echo \n' -ex crossing -ex 'echo \n' -ex locks \
        -ex "case $evidence/core/core.json" "$program" "$evidence/core/core" 2>"$evidence/core/gdb.txt" | sed -n '/^  thread  /,$p'
    victim=$(sed -n '/"victim"/,/}/s/^ *"role": "\(.*\)".*/\1/p' "$evidence/core/core.json")
    [[ " | $(lab_says "$lab" victim) | " = *" | $victim | "* ]] || not_claimed "the victim is $(lab_says "$lab" victim), not $victim"
    as_claimed "the victim is $victim"
}

case $verb in
crash) crash ;;
core) core ;;
tsan) detector tsan tsan ;;
helgrind | drd) detector "$verb" plain ;;
rules) program=$(program_of "$lab" "$side" plain rules) && exec timeout 120 "$program" -j1 --timeout 20 ;;
diff) diff -u --label "labs/$lab/map.c" --label "solutions/$lab/map.c" "$root/labs/$lab/map.c" "$root/solutions/$lab/map.c"
      [ $? -lt 2 ] ;;
hint) cat "$root/labs/$lab/hints.md" ;;
*) wrong "unknown verb '$verb'" ;;
esac
