#!/usr/bin/env bash
# lint.sh - look over everything with tools that find what compilers let pass.
#
# usage: scripts/lint.sh        (or: make lint)
#
# clang-format (layout), clang-tidy and cppcheck (C), shellcheck (scripts).
# `sh scripts/setup.sh lint` installs them. The labs' racy side is looked over
# too: its bugs are such as no linter sees. Not so the programs that were made for
# detectors to report on (scripts/test/fixtures).
#
# Exit status: 0 clean; 1 something was found; 3 a tool is missing.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
case ${1-} in --help) manual ;; --version) said_version ;; ?*) wrong "unknown argument '$1'" ;; esac
needs clang-format clang-tidy cppcheck shellcheck
cd "$root" || exit
mapfile -t sources < <(git ls-files '*.c' '*.h')
mapfile -t compiled < <(git ls-files '*.c' | grep -v -e /wrong/ -e /fixtures/)
worst=0
try() { note "$1"; "$@" || worst=1; } # COMMAND...

# hmap_assign() on a nil map with HMAP_CHECK=0 is a NULL dereference, and meant to be
meant=labs/common/hmap.c

try clang-format --dry-run --Werror "${sources[@]}"
try shellcheck scripts/*.sh scripts/lib/*.sh
mapfile -t no_tests < <(printf '%s\n' "${compiled[@]}" | grep -v -e rules.c -e scripts/test/) # Criterion's macros
try cppcheck --quiet --library=scripts/lib/cppcheck.cfg --error-exitcode=1 --enable=warning,portability --inline-suppr --std=c11 \
    --suppress=missingInclude --suppress="nullPointerRedundantCheck:$meant" --suppress="ctunullpointer:$meant" \
    -Ilabs/common "${no_tests[@]}"
note clang-tidy
for source in "${compiled[@]}"; do
    lab=$(cut -d / -f 2 <<<"$source")
    clang-tidy --quiet "$source" -- -std=c11 -D_GNU_SOURCE -Ilabs/common -Iscripts/run -Ibuild/gen "-Ilabs/$lab" 2>/dev/null |
        grep -E 'warning:|error:' | grep -v "$meant.*core.NullDereference" | sed "s|^$root/||" | sort -u
done >build/lint.txt
[ ! -s build/lint.txt ] || { cat build/lint.txt; worst=1; }
exit $worst
