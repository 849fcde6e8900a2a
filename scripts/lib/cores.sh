# cores.sh - where cores come from, and whether they are any good. Sourced by
# core.sh, which sets out, runs, timeout, program.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/core-line.sh"

# For tests, RACELAB_CORE_PATTERN stands in for what the kernel has.
core_pattern() { echo "${RACELAB_CORE_PATTERN-$(cat /proc/sys/kernel/core_pattern)}"; }

# Would the kernel leave a file that we can read, and whole? (The runner raises
# the soft limit to the hard one; under 256 MiB a core may be cut off.)
kernel_writes_cores() {
    local pattern dir limit
    pattern=$(core_pattern) limit=$(ulimit -H -c)
    [[ -n $pattern && $pattern != '|'* ]] || return 1
    [[ $limit = unlimited || $limit -ge $((256 * 1024)) ]] || return 1
    dir=.
    [[ $pattern != */* ]] || dir=$(dirname "$pattern")
    [ -d "$dir" ] && [ -w "$dir" ]
}

# The names that the pattern can take, as a glob: %p is the process, the rest of
# the fields may be anything. core(5).
core_glob() { # PID
    local pattern
    pattern=$(core_pattern)
    [[ $pattern == *%[pP]* || $(cat /proc/sys/kernel/core_uses_pid) == 0 ]] || pattern+=.%p
    sed "s/%%/%/g; s/%[pP]/$1/g; s/%[a-zA-Z]/*/g" <<<"$pattern"
}

# Where the pattern does not tell processes apart, two that die at the same time write
# into one file, and what is left is half of each. So we wait for one another, until
# ours is moved away. The lock is that of the directory, and ends with us.
one_at_a_time() {
    local dir=.
    [[ $(core_glob PID) != *PID* ]] || return 0
    [[ $(core_pattern) != */* ]] || dir=$(dirname "$(core_pattern)")
    [ ! -r "$dir" ] || { exec 9<"$dir" && flock 9; }
}

# Somebody else's may be there all the same, of a process that nobody of us started.
is_of() { # CORE PID
    eu-readelf -n "$1" 2>/dev/null | grep "gid: [0-9]*, pid: $2," >/dev/null
}

by_kernel() { # PROGRAM ARG...: exits
    local last how value seconds pid aside='' file fixed=()
    one_at_a_time
    # a core that somebody has here already would be written over
    if [ -f core ]; then
        aside=$(mktemp ./core.kept.XXXXXX) && mv core "$aside"
        # shellcheck disable=SC2064
        trap "mv '$aside' core" EXIT INT TERM
    fi
    rm -f "$out/core"
    # ThreadSanitizer often cannot start at random addresses
    ! grep -aq __tsan_init "$program" || fixed=(--fixed-addresses)
    runner --until-signal "${fixed[@]}" --runs "$runs" --timeout "$timeout" --out "$out" -- "$@" >"$out/runs.tsv" 9<&- || exit
    last=$(tail -n 1 "$out/runs.tsv")
    IFS=$'\t' read -r n how value seconds pid _ <<<"$last"
    [ "$how" = signal ] || nobody_died
    for file in $(core_glob "$pid"); do
        is_of "$file" "$pid" || continue
        [ "$file" -ef "$out/core" ] || mv "$file" "$out/core"
        break
    done
    if [ -s "$out/core" ]; then
        died "$value" "in run $n of at most $runs, after $seconds s"
    fi
    note "the kernel left no core where core_pattern says ($(core_pattern)): GDB takes one"
    by_gdb "$@"
}

# A program under GDB dies as it does alone, if less often; GDB then writes the core.
by_gdb() { # PROGRAM ARG...: exits
    local i signal
    for ((i = 1; i <= runs; i++)); do
        runner --runs 1 --timeout "$timeout" --out "$out" -- gdb -batch -nx -q \
            -ex 'set confirm off' -ex 'set startup-with-shell off' -ex 'handle all nostop noprint pass' \
            -ex 'handle SIGSEGV SIGABRT SIGBUS SIGFPE SIGILL SIGSYS stop print' \
            -ex run -ex "generate-core-file $out/core" --args "$@" >>"$out/runs.tsv" || exit
        ! grep -q 'ptrace: Operation not permitted' "$out/run-1.txt" \
            || environment 'no core can be had here: the kernel writes none, and GDB may not trace (scripts/doctor.sh)'
        [ -s "$out/core" ] || continue
        signal=$(grep -aoE 'received signal SIG[A-Z]+' "$out/run-1.txt" | head -n 1)
        died "${signal##* }" "in run $i of at most $runs, under GDB"
    done
    nobody_died
}

nobody_died() {
    local late made
    late=$(grep -c $'\ttimeout\t' "$out/runs.tsv")
    made=$(wc -l <"$out/runs.tsv")
    if [ "$late" -gt 0 ]; then
        echo "core: none: out of time in $late of $made runs"
        note "to see where it hangs: start it, and scripts/core.sh --pid its process"
        exit 124
    fi
    echo "core: none: nobody died in $made of $made runs: rate below $(below "$made") at 95%"
    exit 0
}

died() { # SIGNAL WHEN
    echo "${red}core: $1${plain} $2"
    core_line "$out/core" "$program"
    exit 1
}
