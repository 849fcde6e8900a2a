#!/usr/bin/env bash
# lint.sh - look over everything with tools that find what compilers let pass.
#
# usage: scripts/lint.sh        (or: make lint)
#
# clang-format (layout), clang-tidy and cppcheck (C), shellcheck (scripts).
# `sh scripts/setup.sh lint` installs them. The labs' racy side is looked over
# too: its bugs are such as no linter sees.
#
# Exit status: 0 clean; 1 something was found; 3 a tool is missing.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
case ${1-} in --help) manual ;; --version) said_version ;; ?*) wrong "unknown argument '$1'" ;; esac
needs clang-format clang-tidy cppcheck shellcheck
cd "$root" || exit
mapfile -t sources < <(git ls-files '*.c' '*.h')
mapfile -t compiled < <(git ls-files '*.c' | grep -v '/wrong/')
worst=0
try() { note "$1"; "$@" || worst=1; }

try clang-format --dry-run --Werror "${sources[@]}"
try shellcheck scripts/*.sh scripts/lib/*.sh
try cppcheck --quiet --error-exitcode=1 --enable=warning,portability --inline-suppr \
    --suppress=missingInclude --std=c11 -Ilabs/common "${compiled[@]}"
for source in "${compiled[@]}"; do
    lab=$(cut -d / -f 2 <<<"$source")
    clang-tidy --quiet "$source" -- -std=c11 -D_GNU_SOURCE -Ilabs/common -Iscripts/run "-Ilabs/$lab" 2>&1 |
        grep -E 'warning:|error:' && worst=1
done
exit $worst
