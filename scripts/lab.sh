#!/usr/bin/env bash
# lab.sh - one verb on one lab, compared with what its lab.txt says is true.
#
# usage: scripts/lab.sh VERB LAB [SIDE] [--runs N] [--more N]
#
#   crash               run it until it dies, and show what it says
#   rate                run it 200 times, and count the deaths
#   tsan, helgrind, drd run it under a detector (5 runs; where they do not show
#                       what is claimed, 25 more)
#   explore             look for a schedule that makes it fail (20000; --runs N)
#   core                get a core and show what is in it
#   rules               run the tests of its contract, with one thread
#   diff                the repair as a diff
#   LAB                 a number (01), a slug, a part of one, or a path in its folder
#   SIDE                racy (as shipped), solution, wrong/NAME, right/NAME, or
#                       unannotated (the solution without its words to Valgrind)
#
# The detectors run the racy side with HMAP_CHECK=0, because the map's own check
# would end the program before the second access, which is the one they report.
#
# Exit status: 0 what happened is what lab.txt says; 1 it is not; 2, 3 and 124 as
# everywhere.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/labs.sh"
. "$(dirname "$0")/lib/lab-verbs.sh"
colours

verb=${1-}
case $verb in
--help | '') manual ;;
--version) said_version ;;
esac
lab=$(lab_find "${2-}") || exit
side=racy runs='' more=25
shift 2
while [ $# -gt 0 ]; do
    case $1 in
    --runs) runs=${2-}; number --runs "$runs" 1; shift 2 ;;
    --more) more=${2-}; number --more "$more" 0; shift 2 ;;
    *) side=$1; shift ;;
    esac
done
side_of "$lab" "$side" >/dev/null || exit
evidence=$root/build/evidence/$lab/${side//\//-}
mkdir -p "$evidence" 2>/dev/null || wrong 'cannot write to build/'

case $verb in
crash) crash ;;
rate) rate ;;
core) core ;;
explore) explore ;;
tsan) detector tsan tsan ;;
helgrind | drd) detector "$verb" plain ;;
rules) program=$(program_of "$lab" "$side" plain rules) && exec timeout 120 "$program" -j1 ;;
diff) diff -u --label "labs/$lab/map.c" --label "solutions/$lab/map.c" "$root/labs/$lab/map.c" "$root/solutions/$lab/map.c"
      [ $? -lt 2 ] ;;
*) wrong "unknown verb '$verb'" ;;
esac
