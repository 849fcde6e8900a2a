#!/usr/bin/env bash
# core.sh - run a program until it dies, and keep its core, whatever the system
# does with cores; or take one of a process that hangs; or look whether one is good.
#
# usage: scripts/core.sh [OPTION]... -- PROGRAM [ARG]...
#        scripts/core.sh --pid PID [--out DIR]
#        scripts/core.sh --check CORE -- PROGRAM
#
#   --runs N       give up after N runs without a death (20)
#   --timeout S    seconds for one run (10)
#   --out DIR      where the core goes (build/evidence/core-PROGRAM)
#   --pid PID      the core of a living process, which goes on
#   --check CORE   only: is it complete, and of PROGRAM?
#
# The first line of the output is the verdict, the second the core. Where the
# kernel leaves no core (core_pattern is a pipe, a limit of 0, a directory that
# cannot be written), GDB runs the program and writes it. No setting is changed.
#
# Exit status: 0 nobody died, or the core asked for is good; 1 the program died
# and here is the core; 2 used wrongly, or the core is not usable; 3 no core can
# be had on this system; 124 nobody died, but a run was out of time.
set -uo pipefail
. "$(dirname "$0")/lib/common.sh"
. "$(dirname "$0")/lib/cores.sh"

runs=20 timeout=10 out='' pid='' check=''
while [ $# -gt 0 ]; do
    case $1 in
    --runs) runs=${2-}; number --runs "$runs" 1; shift 2 ;;
    --timeout) timeout=${2-}; number --timeout "$timeout" 0.01; shift 2 ;;
    --out) out=${2-}; [ -n "$out" ] || wrong '--out takes a directory'; shift 2 ;;
    --pid) pid=${2-}; [[ $pid =~ ^[0-9]+$ ]] || wrong "--pid takes a number, not '$pid'"; shift 2 ;;
    --check) check=${2-}; [ -n "$check" ] || wrong '--check takes a file'; shift 2 ;;
    --help) manual ;;
    --version) said_version ;;
    --) shift; break ;;
    *) wrong "unknown argument '$1'" ;;
    esac
done
needs gdb readelf eu-unstrip
colours

if [ -n "$pid" ]; then
    [ -e "/proc/$pid/exe" ] || wrong "no process $pid"
    program=$(readlink "/proc/$pid/exe") || environment "process $pid is not ours to look at: become its user, or root"
    if [ -n "$out" ]; then writable "$out"; else out=$(evidence_in "core-$(basename "$program")"); fi
    gdb -batch -nx -p "$pid" -ex "generate-core-file $out/core" >"$out/gdb.txt" 2>&1 </dev/null
    [ -s "$out/core" ] || environment "GDB cannot attach to process $pid: see ptrace in scripts/doctor.sh"
    echo "core: of process $pid, which goes on"
    core_line "$out/core" "$program"
    exit 0
fi

runnable "${1-}"
program=$runnable
if [ -n "$check" ]; then
    [ -f "$check" ] || wrong "no such core: $check"
    core_line "$check" "$program"
    exit 0
fi

if [ -n "$out" ]; then writable "$out"; else out=$(evidence_in "core-$(basename "$program")"); fi
if kernel_writes_cores; then by_kernel "$@"; else by_gdb "$@"; fi
