#!/usr/bin/env bash
# fuzz.sh - look for input that walk's readers crash or hang on.
#
# usage: scripts/fuzz.sh [--seconds S] [TARGET]...
#
#   --seconds S   how long each target runs (1800)
#   TARGET        sanitizer, valgrind, xml, facts, explored (all, two at a time)
#
# The targets are scripts/walk/fuzz/fuzz_TARGET.c, compiled with clang's libFuzzer,
# AddressSanitizer and UndefinedBehaviorSanitizer. They start from the corpus in
# scripts/walk/fuzz/seeds/TARGET; what they add stays in build/fuzz/TARGET, and an
# input that breaks a reader in build/fuzz/TARGET-crash-*: put it into the seeds when
# the reader is mended, and `make test` replays it from then on.
#
# Exit status: 0 nothing was found; 1 a reader broke; 2 used wrongly; 3 clang or its
# libFuzzer is missing.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"

seconds=1800 targets=()
while [ $# -gt 0 ]; do
    case $1 in
    --seconds) seconds=${2-}; number --seconds "$seconds" 1; shift 2 ;;
    --help) manual ;;
    --version) said_version ;;
    -*) wrong "unknown argument '$1'" ;;
    *) [ -f "$root/scripts/walk/fuzz/fuzz_$1.c" ] || wrong "no such target: $1"; targets+=("$1"); shift ;;
    esac
done
cd "$root" || exit
if [ ${#targets[@]} -eq 0 ]; then
    for file in scripts/walk/fuzz/fuzz_*.c; do file=${file##*/fuzz_}; targets+=("${file%.c}"); done
fi
needs clang
echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 9; }' |
    clang -x c -fsanitize=fuzzer - -o /dev/null 2>/dev/null \
    || environment "clang has no libFuzzer: sh scripts/setup.sh fuzz installs it"

for target in "${targets[@]}"; do build "build/fuzz/fuzz_$target"; done

fuzz() { # TARGET: its last lines; 1 when it broke
    local own=build/fuzz/$1 status
    mkdir -p "$own"
    "build/fuzz/fuzz_$1" -max_total_time="${seconds%.*}" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
        -artifact_prefix="build/fuzz/$1-" -print_final_stats=1 "$own" "scripts/walk/fuzz/seeds/$1" >"$own.log" 2>&1
    status=$?
    awk -v target="$1" '/number_of_executed_units/ { n = $2 } /DONE|cov:/ { for (i = 1; i < NF; i++) if ($i == "cov:") c = $(i + 1) }
        END { printf "%s: %d inputs, %d edges covered", target, n, c }' "$own.log"
    if [ $status -eq 0 ]; then echo ', nothing found'; return 0; fi
    echo ": BROKEN"
    grep -m 3 -E 'ERROR: |runtime error|SUMMARY' "$own.log" | sed 's/^/    /'
    return 1
}

worst=0 running=0
for target in "${targets[@]}"; do
    fuzz "$target" &
    running=$((running + 1))
    if [ $running -eq 2 ]; then wait -n || worst=1; running=1; fi
done
while [ $running -gt 0 ]; do wait -n || worst=1; running=$((running - 1)); done
note 'the corpora are in build/fuzz'
exit $worst
