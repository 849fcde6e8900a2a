# valgrind.sh - what helgrind.sh and drd.sh share. Sourced before detector_main.
# shellcheck shell=bash

valgrind_tool() { # helgrind | drd
    tool=$1
    needed=(valgrind)
    command=(valgrind "--tool=$1" --fullpath-after= --)
    runner_options=()
    cure="$(valgrind --version 2>&1 | head -n 1) did not run: scripts/doctor.sh says more"
}

# Its preamble is printed when it has started the program.
did_start() { grep -qaE '^==[0-9]+== Command: ' "$1"; }

check_program() {
    ! grep -aqE '__tsan_(init|func_entry)' "$1" \
        || wrong "$1 is built for ThreadSanitizer, which Valgrind cannot run: compile it without -fsanitize=thread"
}
