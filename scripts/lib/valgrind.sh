# valgrind.sh - what helgrind.sh and drd.sh share. Sourced before detector_main.
# shellcheck shell=bash

valgrind_tool() { # helgrind | drd
    tool=$1
    needed=(valgrind)
    command=(valgrind "--tool=$1" --fullpath-after= --)
    runner_options=()
    failed_start="^valgrind: |^==[0-9]+== (Valgrind|.*Fatal error) (at startup|.*cannot)"
    cure="$(valgrind --version 2>&1 | head -n 1) did not run: scripts/doctor.sh says more"
}

check_program() {
    ! grep -aqE '__tsan_(init|func_entry)' "$1" \
        || wrong "$1 is built for ThreadSanitizer, which Valgrind cannot run: compile it without -fsanitize=thread"
}
