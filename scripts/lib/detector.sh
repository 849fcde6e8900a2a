# detector.sh - runs a program under one race detector, many times, and gives a
# verdict with its confidence. Sourced by tsan.sh, helgrind.sh and drd.sh, which
# say how their tool is started and how it says that it could not start.
#
# Before detector_main, set: tool, needed=(commands), command=(words to put before
# the program), runner_options=(), cure (for a tool that cannot start); and define
# check_program FILE and did_start OUTPUT.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/verdict.sh"

usage_of_detector() { # --runs and friends; leaves the program in argv
    runs=5 timeout=60 out=''
    while [ $# -gt 0 ]; do
        case $1 in
        --runs) runs=${2-}; number --runs "$runs" 1; shift 2 ;;
        --timeout) timeout=${2-}; number --timeout "$timeout" 0.01; shift 2 ;;
        --out) out=${2-}; [ -n "$out" ] || wrong '--out takes a directory'; shift 2 ;;
        --help) manual ;;
        --version) said_version ;;
        --) shift; break ;;
        *) wrong "unknown argument '$1'" ;;
        esac
    done
    [[ $runs =~ ^[0-9]+$ ]] || wrong "--runs takes a whole number, not '$runs'"
    runnable "${1-}"
    argv=("$@")
}

progress() { # lines of `run`, passed on; a counter on a terminal
    local line
    while IFS= read -r line; do
        printf '%s\n' "$line"
        [ ! -t 2 ] || printf '\r%s: %s of %s runs ' "$tool" "${line%%$'\t'*}" "$runs" >&2
    done
    [ ! -t 2 ] || printf '\r\e[K' >&2
}

detector_main() {
    usage_of_detector "$@"
    needs "${needed[@]}"
    check_program "$runnable"
    if [ -n "$out" ]; then writable "$out"; else out=$(evidence_in "$tool-$(basename "${argv[0]}")"); fi
    ulimit -S -c 0 # an instrumented core is of no use to anybody here
    runner --runs "$runs" --timeout "$timeout" --out "$out" --no-core "${runner_options[@]}" \
        -- "${command[@]}" "${argv[@]}" | progress >"$out/runs.tsv"
    local status=${PIPESTATUS[0]}
    [ "$status" -eq 0 ] || exit "$status"

    local started=0 found=0 late=0 died=0 n how value file
    : >"$out/findings.tsv"
    while IFS=$'\t' read -r n how value _ _ file; do
        did_start "$file" || continue
        started=$((started + 1))
        walk --format list "--$tool" "$file" >"$out/said.tsv"
        grep -v '^deadly signal' "$out/said.tsv" | sed "s/^/$n\t/" >"$out/one.tsv"
        if [ -s "$out/one.tsv" ]; then
            found=$((found + 1))
            cat "$out/one.tsv" >>"$out/findings.tsv"
        fi
        [ "$how" != timeout ] || late=$((late + 1))
        # both tools can end a run that a signal ended with an exit status of their own
        if [ "$how" = signal ] || grep -q '^deadly signal' "$out/said.tsv" ||
            grep -qa "^valgrind: the 'impossible'" "$file"; then
            died=$((died + 1))
        fi
    done <"$out/runs.tsv"
    rm -f "$out/one.tsv" "$out/said.tsv"
    verdict
}
